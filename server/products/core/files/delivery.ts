import type { IncomingHttpHeaders } from 'node:http';
import type { TreeObject } from '../../../objects/object.ts';
import type { Request, Response } from '../../../publisher/request.ts';
import { NotFound } from '../../../base/errors.ts';
import { isShown } from './media-types.ts';
import { rangeOf } from './ranges.ts';

/** Answers with the bytes of a file: all of them, a range, or the word that the client has them already. */
export async function deliver(object: TreeObject, contentType: string, request: Request): Promise<Response> {
  const { content, tree } = object;
  if (content === undefined) throw new NotFound(`Nothing was uploaded to '${object.path}' yet.`);
  // Whatever is answered speaks of these bytes, also where none of them is sent.
  await tree.bytesOf(object, content);
  // The type is part of what is sent, and can change by itself.
  const etag = `"${content.hash}-${contentType.replace('/', '.')}"`;
  const modified = new Date(object.state.modified).toUTCString();
  const standing = { etag, 'last-modified': modified, 'accept-ranges': 'bytes' };
  const answer = (status: number, headers: Record<string, string>, body: Response['body']): Response => {
    return { status, headers: { ...standing, ...headers }, body, kind: 'file' };
  };
  if (hasItAlready(request.headers, etag, modified)) return answer(304, {}, null);
  const asked =
    request.method === 'GET' && isStillThat(request.headers, etag, modified) ? request.headers.range : undefined;
  const range = rangeOf(asked, content.size);
  if (range === 'none') {
    const headers = { 'content-range': `bytes */${content.size}`, 'content-type': 'text/plain; charset=utf-8' };
    return answer(416, headers, `There are no such bytes. Ask for one range within ${content.size} bytes.\n`);
  }
  const { from, to } = range === 'whole' ? { from: 0, to: content.size } : range;
  const headers = {
    'content-type': contentType === 'text/plain' ? 'text/plain; charset=utf-8' : contentType,
    'content-disposition': disposition(isShown(contentType) ? 'inline' : 'attachment', object.id),
    'content-length': String(to - from),
    ...(range === 'whole' ? {} : { 'content-range': `bytes ${from}-${to - 1}/${content.size}` }),
  };
  return answer(range === 'whole' ? 200 : 206, headers, tree.blobsOf(object).read(content, from, to));
}

/** If-None-Match decides where it is sent, If-Modified-Since else. */
function hasItAlready(headers: IncomingHttpHeaders, etag: string, modified: string): boolean {
  const tags = headers['if-none-match'];
  if (tags !== undefined) return tags.split(',').some((tag) => ['*', etag, `W/${etag}`].includes(tag.trim()));
  const since = Date.parse(headers['if-modified-since'] ?? '');
  return Date.parse(modified) <= since;
}

/** Whether a range belongs to the bytes that the client has the rest of. */
function isStillThat(headers: IncomingHttpHeaders, etag: string, modified: string): boolean {
  const wanted = headers['if-range'];
  return wanted === undefined || wanted === etag || wanted === modified;
}

/** RFC 6266: the name in ASCII for old clients, and as it is for the rest. */
function disposition(kind: 'inline' | 'attachment', name: string): string {
  const plain = name.replaceAll(/[^\w .-]/g, '_');
  const encode = (sign: string) => `%${sign.charCodeAt(0).toString(16).toUpperCase()}`;
  const exact = encodeURIComponent(name).replaceAll(/['()*]/g, encode);
  return `${kind}; filename="${plain}"; filename*=UTF-8''${exact}`;
}
