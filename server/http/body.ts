import { formatBytes } from '../../schema/sizes.ts';
import type { IncomingMessage } from 'node:http';
import { Malformed, TooLarge, TooSlow, UnsupportedMediaType } from '../base/errors.ts';
import type { BodyRoom } from './body-room.ts';

/** What a body may be, and how long it may take. */
export interface BodyLimits {
  readonly bytes: number;
  readonly ms: number;
  /** When so little is taken, where more may be taken later. */
  readonly when?: string;
}

const JSON_LIMITS: BodyLimits = { bytes: 1024 * 1024, ms: 30_000 };
/** Before it is known who asks: enough to sign in. */
const STRANGERS_JSON_LIMITS: BodyLimits = { bytes: 16 * 1024, ms: 10_000, when: 'before signing in' };
/** A body that is no larger is taken whatever others send: nobody is kept from signing in. */
const SMALL_BYTES = 1024;
/** A body in more pieces has to come in ones of 16 bytes at least: each is work, however small. */
const MOST_PIECES = 1_000;
const LEAST_PIECE_BYTES = 16;
/** Levels of nesting, and members and elements in all. */
const MAX_DEPTH = 20;
const MAX_VALUES = 10_000;

const JSON_TYPE = 'application/json';
const FORM = 'application/x-www-form-urlencoded';
const FORM_LIMITS: BodyLimits = { bytes: 64 * 1024, ms: 30_000 };
const MAX_FIELDS = 100;

/** The type of a body without its parameters; `undefined` where none is named. */
export function bodyTypeOf(message: IncomingMessage): string | undefined {
  return message.headers['content-type']?.split(';')[0]?.trim().toLowerCase();
}

/**
 * The type of a body that is no JSON: what an address takes is said by who knows the address. A form in a published page, even
 * an empty one, names the type of its body; whoever sends none names none.
 */
export function otherTypeThanJson(message: IncomingMessage): string | undefined {
  const type = bodyTypeOf(message);
  if (type === JSON_TYPE) return undefined;
  return type ?? (announcedBytes(message) > 0 ? '' : undefined);
}

/**
 * Reads and parses a JSON body; `undefined` where none was sent. Who sends it is asked only where it is more than is taken
 * from anybody.
 */
export async function readJson(
  message: IncomingMessage,
  room: BodyRoom,
  isKnown: () => Promise<boolean>,
): Promise<unknown> {
  const isSmall = announcedBytes(message) <= STRANGERS_JSON_LIMITS.bytes;
  const limits = !isSmall && (await isKnown()) ? JSON_LIMITS : STRANGERS_JSON_LIMITS;
  const bytes = await gather(message, limits, room);
  return bytes.length === 0 ? undefined : parseJson(bytes);
}

/** Reads the fields of a form in a published page. */
export async function readForm(message: IncomingMessage, room: BodyRoom): Promise<URLSearchParams> {
  const bytes = await gather(message, FORM_LIMITS, room);
  const type = bodyTypeOf(message) ?? '';
  if (bytes.length > 0 && type !== FORM) {
    throw new UnsupportedMediaType(`The body must be ${FORM}, as forms in pages send it, not '${type.slice(0, 100)}'.`);
  }
  const form = new URLSearchParams(decode(bytes));
  if (form.size > MAX_FIELDS) throw new TooLarge(`The form has more than ${MAX_FIELDS} fields.`);
  return form;
}

/** Takes a whole body into memory. In one piece: thousands of single bytes would each be an object of its own. */
async function gather(message: IncomingMessage, limits: BodyLimits, room: BodyRoom): Promise<Buffer> {
  refuseTooLarge(message, limits);
  if (message.destroyed) throw brokenOff();
  return new Promise((resolve, reject) => {
    let held: Buffer = Buffer.alloc(0);
    let size = 0;
    let pieces = 0;
    // It is not paused: what still comes in of a body that is refused passes by, in place of being kept.
    const settle = (error?: unknown) => {
      clearTimeout(timer);
      message.off('data', take).off('end', settle).off('close', breakOff);
      room.give(held.length);
      if (error === undefined) resolve(held.subarray(0, size));
      else reject(error);
    };
    const take = (chunk: Buffer) => {
      try {
        held = withRoomFor(held, size + chunk.length, limits, room);
        size += chunk.copy(held, size);
        pieces += 1;
        if (pieces > MOST_PIECES && size < pieces * LEAST_PIECE_BYTES) throw tooManyPieces();
      } catch (error) {
        settle(error);
      }
    };
    const breakOff = () => settle(brokenOff());
    const timer = setTimeout(() => settle(tooSlow(limits)), limits.ms);
    message.on('data', take).on('end', settle).on('close', breakOff);
  });
}

/** The same bytes with room for so many in all, twice as much as before at the least, so that few are copied often. */
function withRoomFor(held: Buffer, size: number, limits: BodyLimits, room: BodyRoom): Buffer {
  if (size > limits.bytes) throw bodyTooLarge(limits);
  if (size <= held.length) return held;
  const grown = Math.min(limits.bytes, Math.max(size, 2 * held.length));
  room.take(grown - held.length, grown <= SMALL_BYTES);
  const bytes = Buffer.allocUnsafeSlow(grown);
  held.copy(bytes);
  return bytes;
}

/** A body as it comes in, for as long as it keeps to its limits. */
export async function* chunksOf(message: IncomingMessage, limits: BodyLimits): AsyncGenerator<Buffer> {
  refuseTooLarge(message, limits);
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
    throw error instanceof TooLarge ? error : brokenOff();
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

function refuseTooLarge(message: IncomingMessage, limits: BodyLimits): void {
  if (Number(message.headers['content-length'] ?? 0) > limits.bytes) throw bodyTooLarge(limits);
}

/** No end is announced where a body comes in chunks. */
function announcedBytes({ headers }: IncomingMessage): number {
  return headers['transfer-encoding'] === undefined ? Number(headers['content-length'] ?? 0) : Infinity;
}

function bodyTooLarge({ bytes, when }: BodyLimits): TooLarge {
  return new TooLarge(
    `The body is larger than ${formatBytes(bytes)}${when === undefined ? '' : `, which is all that is taken ${when}`}.`,
  );
}

function tooManyPieces(): TooLarge {
  return new TooLarge(`The body comes in more than ${MOST_PIECES} pieces that are too small. Send larger ones.`);
}

function tooSlow({ ms }: BodyLimits): TooSlow {
  return new TooSlow(`The body did not come to its end within ${ms / 1000} s.`);
}

function brokenOff(): Malformed {
  return new Malformed('The request ended before its body did.');
}
