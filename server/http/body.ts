import type { IncomingMessage } from 'node:http';
import { Malformed, TooLarge, UnsupportedMediaType } from '../base/errors.ts';

/** Limits of a JSON body: bytes, levels of nesting, members and elements in all. */
export const MAX_BODY_BYTES = 1024 * 1024;
export const MAX_BODY_DEPTH = 20;
export const MAX_BODY_VALUES = 10_000;

/** Reads and parses a JSON body; `undefined` where none was sent. */
export async function readJson(message: IncomingMessage): Promise<unknown> {
  const bytes = await readBytes(message);
  const type = message.headers['content-type'];
  // A form in a published page, even an empty one, names the type of its body; whoever sends none names none.
  if (bytes.length === 0 && type === undefined) return undefined;
  if (type?.split(';')[0]?.trim().toLowerCase() !== 'application/json') {
    throw new UnsupportedMediaType(`The body must be application/json, not '${(type ?? '').slice(0, 100)}'.`);
  }
  return bytes.length === 0 ? undefined : parseJson(bytes);
}

async function readBytes(message: IncomingMessage): Promise<Buffer> {
  if (Number(message.headers['content-length'] ?? 0) > MAX_BODY_BYTES) throw bodyTooLarge();
  const chunks: Buffer[] = [];
  let size = 0;
  try {
    for await (const chunk of message as AsyncIterable<Buffer>) {
      size += chunk.length;
      if (size > MAX_BODY_BYTES) throw bodyTooLarge();
      chunks.push(chunk);
    }
  } catch (error) {
    throw error instanceof TooLarge ? error : new Malformed('The request ended before its body did.');
  }
  return chunks.length === 1 ? (chunks[0] as Buffer) : Buffer.concat(chunks);
}

function parseJson(bytes: Buffer): unknown {
  const text = decode(bytes);
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    throw new Malformed(`The body is not JSON: ${(error as Error).message.slice(0, 200)}`);
  }
  checkShape(value);
  return value;
}

function decode(bytes: Buffer): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    throw new Malformed('The body is not UTF-8. Send it in UTF-8.');
  }
}

/** Walks level by level, so that depth costs no stack. */
function checkShape(root: unknown): void {
  let level: unknown[] = [root];
  let count = 1;
  for (let depth = 0; level.length > 0; depth += 1) {
    if (depth > MAX_BODY_DEPTH) throw new Malformed(`The body is nested deeper than ${MAX_BODY_DEPTH} levels.`);
    const next: unknown[] = [];
    for (const value of level) {
      if (typeof value !== 'object' || value === null) continue;
      const members = Object.values(value);
      count += members.length;
      if (count > MAX_BODY_VALUES) throw new TooLarge(`The body holds more than ${MAX_BODY_VALUES} values.`);
      next.push(...members);
    }
    level = next;
  }
}

function bodyTooLarge(): TooLarge {
  return new TooLarge(`The body is larger than ${MAX_BODY_BYTES} bytes.`);
}
