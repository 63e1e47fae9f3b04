import type { PreviewMessage, PreviewRequest } from '../../schema/endpoints/templates.ts';
import { request, viewOf } from './request.ts';

/** The page that a text would make; nothing is kept. */
export function previewTemplate(path: string, body: PreviewRequest, signal?: AbortSignal): Promise<PreviewMessage> {
  return request('POST', viewOf(path, 'preview'), { body, ...(signal && { signal }) });
}
