import type { IncomingMessage } from 'node:http';
import { Malformed, TooLarge, UnsupportedMediaType } from '../base/errors.ts';

/** What a body may be, and how long it may take. */
export interface BodyLimits {
  readonly bytes: number;
  readonly ms: number;
}

const JSON_LIMITS: BodyLimits = { bytes: 1024 * 1024, ms: 30_000 };
/** Levels of nesting, and members and elements in all. */
const MAX_DEPTH = 20;
const MAX_VALUES = 10_000;

const FORM = 'application/x-www-form-urlencoded';
const FORM_LIMITS: BodyLimits = { bytes: 64 * 1024, ms: 30_000 };
const MAX_FIELDS = 100;

/** The type of a body without its parameters; `undefined` where none is named. */
export function bodyTypeOf(message: IncomingMessage): string | undefined {
  return message.headers['content-type']?.split(';')[0]?.trim().toLowerCase();
}

/** Reads and parses a JSON body; `undefined` where none was sent. */
export async function readJson(message: IncomingMessage): Promise<unknown> {
  const bytes = Buffer.concat(await Array.fromAsync(chunksOf(message, JSON_LIMITS)));
  const type = bodyTypeOf(message);
  // A form in a published page, even an empty one, names the type of its body; whoever sends none names none.
  if (bytes.length === 0 && type === undefined) return undefined;
  if (type !== 'application/json') {
    throw new UnsupportedMediaType(`The body must be application/json, not '${(type ?? '').slice(0, 100)}'.`);
  }
  return bytes.length === 0 ? undefined : parseJson(bytes);
}

/** Reads the fields of a form in a published page. */
export async function readForm(message: IncomingMessage): Promise<URLSearchParams> {
  const bytes = Buffer.concat(await Array.fromAsync(chunksOf(message, FORM_LIMITS)));
  const type = bodyTypeOf(message) ?? '';
  if (bytes.length > 0 && type !== FORM) {
    throw new UnsupportedMediaType(`The body must be ${FORM}, as forms in pages send it, not '${type.slice(0, 100)}'.`);
  }
  const form = new URLSearchParams(decode(bytes));
  if (form.size > MAX_FIELDS) throw new TooLarge(`The form has more than ${MAX_FIELDS} fields.`);
  return form;
}

/** A body as it comes in, for as long as it keeps to its limits. */
export async function* chunksOf(message: IncomingMessage, limits: BodyLimits): AsyncGenerator<Buffer> {
  if (Number(message.headers['content-length'] ?? 0) > limits.bytes) throw bodyTooLarge(limits);
  const timer = setTimeout(() => message.destroy(), limits.ms);
  // Not destroyed when it is left before its end: the answer goes out on the same connection.
  const chunks: AsyncIterable<Buffer> = message.iterator({ destroyOnReturn: false });
  let size = 0;
  try {
    for await (const chunk of chunks) {
      size += chunk.length;
      if (size > limits.bytes) throw bodyTooLarge(limits);
      yield chunk;
    }
  } catch (error) {
    throw error instanceof TooLarge ? error : new Malformed('The request ended before its body did.');
  } finally {
    clearTimeout(timer);
  }
}

function parseJson(bytes: Buffer): unknown {
  const text = decode(bytes);
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    throw malformed(`The body is not JSON: ${(error as Error).message.slice(0, 200)}`);
  }
  checkShape(value);
  return value;
}

function decode(bytes: Buffer): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    throw malformed('The body is not UTF-8. Send it in UTF-8.');
  }
}

/** Walks level by level, so that depth costs no stack. */
function checkShape(root: unknown): void {
  let level: unknown[] = [root];
  let count = 1;
  for (let depth = 0; level.length > 0; depth += 1) {
    if (depth > MAX_DEPTH) throw malformed(`The body is nested deeper than ${MAX_DEPTH} levels.`);
    const next: unknown[] = [];
    for (const value of level) {
      if (typeof value !== 'object' || value === null) continue;
      const members = Object.values(value);
      count += members.length;
      if (count > MAX_VALUES) throw new TooLarge(`The body holds more than ${MAX_VALUES} values.`);
      next.push(...members);
    }
    level = next;
  }
}

/** Of the body as a whole. */
function malformed(detail: string): Malformed {
  return new Malformed(detail, [{ pointer: '', detail }]);
}

function bodyTooLarge({ bytes }: BodyLimits): TooLarge {
  return new TooLarge(`The body is larger than ${bytes} bytes.`);
}
