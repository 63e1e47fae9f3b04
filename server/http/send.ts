import { Readable } from 'node:stream';
import type { Context } from 'koa';
import { isInPieces, type Response } from '../publisher/request.ts';
import type { HeadersByKind } from './headers.ts';

type Body = Exclude<Response['body'], AsyncIterable<Buffer>>;

/** Writes an answer with the headers of its kind, its own in their place, and further ones of the connection. */
export function send(
  context: Context,
  response: Response,
  kinds: HeadersByKind,
  further?: Readonly<Record<string, string>>,
): void {
  const headers: Record<string, string | string[]> = { ...kinds[response.kind], ...response.headers, ...further };
  if (response.cookies !== undefined) headers['set-cookie'] = [...response.cookies];
  const { body, status } = response;
  if (isInPieces(body)) {
    context.status = status;
    context.set(headers);
    // No piece is asked for before the one before it was taken: what is held for a client that does not read is one piece.
    context.body = Readable.from(body, { highWaterMark: 0 });
  } else sendWhole(context, status, headers, body);
}

/** In one step and past Koa, whose setters look at every header again: that takes longer than all else of a small answer. */
function sendWhole(context: Context, status: number, headers: Record<string, string | string[]>, body: Body): void {
  const { req, res } = context;
  context.respond = false;
  const isHead = req.method === 'HEAD';
  if (body !== null) headers['content-length'] = String(Buffer.byteLength(body));
  else if (!isHead && status !== 204 && status !== 304) headers['content-length'] = '0';
  res.writeHead(status, headers).end(isHead ? null : body);
}
