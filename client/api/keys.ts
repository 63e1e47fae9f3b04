import type { KeyMessage, KeysMessage, KeyValue, RevealKeyRequest } from '../../schema/messages/keys.ts';
import { request, viewOf } from './request.ts';

export interface KeysQuery {
  readonly group?: string | undefined;
  readonly offset?: number;
  readonly limit?: number;
  readonly sort?: string;
  readonly order?: 'asc' | 'desc';
  readonly filter?: string;
}

/** Everything that lies on the servers of a proxy. */
export function getKeys(proxy: string, query: KeysQuery, signal?: AbortSignal): Promise<KeysMessage> {
  return request('GET', viewOf(proxy, 'keys'), { query: { ...query }, ...(signal && { signal }) });
}

export function getKey(proxy: string, key: string, signal?: AbortSignal): Promise<KeyMessage> {
  return request('GET', viewOf(proxy, 'key'), { query: { key }, ...(signal && { signal }) });
}

/** An obscured value as it is; the server writes down who asked. */
export function revealKey(proxy: string, body: RevealKeyRequest): Promise<KeyValue> {
  return request('POST', viewOf(proxy, 'reveal'), { body });
}
