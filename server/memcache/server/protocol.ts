import type { Expiry } from '../expiry.ts';

/** What is used of memcached's binary protocol: requests as buffers, answers out of the bytes of one connection. */
export const OPCODES = {
  get: 0x00,
  set: 0x01,
  add: 0x02,
  replace: 0x03,
  delete: 0x04,
  increment: 0x05,
  noop: 0x0a,
  version: 0x0b,
  getKeyQuietly: 0x0d,
  stat: 0x10,
  touch: 0x1c,
  getAndTouch: 0x1d,
} as const;

export const STATUSES = {
  ok: 0x00,
  missing: 0x01,
  exists: 0x02,
  unauthorised: 0x20,
} as const;

export const HEADER_BYTES = 24;
const REQUEST_MAGIC = 0x80;
const ANSWER_MAGIC = 0x81;
const EMPTY = Buffer.alloc(0);

/** One answer. Its bytes are its own: they are not part of what is received next. */
export class Answer {
  readonly opcode: number;
  readonly status: number;
  readonly opaque: number;
  /** memcached's number for this state of the value, in two halves. */
  readonly casHigh: number;
  readonly casLow: number;
  /** Of a value that was read: what its writer put beside it. */
  readonly flags: number;
  readonly key: Buffer;
  readonly value: Buffer;

  constructor(header: Buffer, at: number, key: Buffer, value: Buffer) {
    this.opcode = header[at + 1] ?? 0;
    this.status = header.readUInt16BE(at + 6);
    this.opaque = header.readUInt32BE(at + 12);
    this.casHigh = header.readUInt32BE(at + 16);
    this.casLow = header.readUInt32BE(at + 20);
    this.flags = (header[at + 4] ?? 0) < 4 ? 0 : header.readUInt32BE(at + HEADER_BYTES);
    this.key = key;
    this.value = value;
  }

  /** Whether nothing more comes for its request. A multi-get ends with its no-op, statistics with an empty one. */
  get isLast(): boolean {
    if (this.opcode === OPCODES.getKeyQuietly) return false;
    return this.opcode !== OPCODES.stat || this.status !== STATUSES.ok || this.key.length === 0;
  }
}

/** A compare-and-set number as it travels. 0 and 0: whatever is there. */
export interface CasNumber {
  readonly casHigh: number;
  readonly casLow: number;
}

const ANY: CasNumber = { casHigh: 0, casLow: 0 };

/** A request without extras and value: get, delete, no-op, version, stat. */
export function bareRequest(opcode: number, opaque: number, key = '', cas = ANY): Buffer {
  return writeHeader(Buffer.allocUnsafe(HEADER_BYTES + key.length), opcode, opaque, key, 0, cas);
}

/** Set, add, replace. The flags say when the value ends. */
export function storeRequest(
  opcode: number,
  opaque: number,
  key: string,
  value: Buffer,
  expiry: Expiry,
  cas = ANY,
): Buffer {
  const request = Buffer.allocUnsafe(HEADER_BYTES + 8 + key.length + value.length);
  writeHeader(request, opcode, opaque, key, 8, cas);
  request.writeUInt32BE(expiry.endsAtS, HEADER_BYTES);
  request.writeUInt32BE(expiry.expiration, HEADER_BYTES + 4);
  value.copy(request, HEADER_BYTES + 8 + key.length);
  return request;
}

/** Touch, get-and-touch. */
export function touchRequest(opcode: number, opaque: number, key: string, expiration: number): Buffer {
  const request = writeHeader(Buffer.allocUnsafe(HEADER_BYTES + 4 + key.length), opcode, opaque, key, 4, ANY);
  request.writeUInt32BE(expiration, HEADER_BYTES);
  return request;
}

export function incrementRequest(opaque: number, key: string, by: number, initial: number, expiration: number): Buffer {
  const request = Buffer.allocUnsafe(HEADER_BYTES + 20 + key.length);
  writeHeader(request, OPCODES.increment, opaque, key, 20, ANY);
  request.writeBigUInt64BE(BigInt(by), HEADER_BYTES);
  request.writeBigUInt64BE(BigInt(initial), HEADER_BYTES + 8);
  request.writeUInt32BE(expiration, HEADER_BYTES + 16);
  return request;
}

/** Quiet gets, which answer only what is there, closed by a no-op, which always answers. */
export function multiGetRequest(opaque: number, keys: readonly string[]): Buffer {
  const gets = keys.map((key) => bareRequest(OPCODES.getKeyQuietly, opaque, key));
  return Buffer.concat([...gets, bareRequest(OPCODES.noop, opaque)]);
}

function writeHeader(
  request: Buffer,
  opcode: number,
  opaque: number,
  key: string,
  extras: number,
  cas: CasNumber,
): Buffer {
  request[0] = REQUEST_MAGIC;
  request[1] = opcode;
  request.writeUInt16BE(key.length, 2);
  request[4] = extras;
  request[5] = 0;
  request[6] = 0;
  request[7] = 0;
  request.writeUInt32BE(request.length - HEADER_BYTES, 8);
  request.writeUInt32BE(opaque, 12);
  request.writeUInt32BE(cas.casHigh, 16);
  request.writeUInt32BE(cas.casLow, 20);
  request.write(key, HEADER_BYTES + extras, 'latin1');
  return request;
}

/**
 * Puts answers together from chunks as they arrive. It belongs to one connection and dies with it, so that no byte of
 * one connection ever completes an answer of another.
 */
export class AnswerParser {
  readonly #maxBodyBytes: number;
  readonly #onAnswer: (answer: Answer) => void;
  readonly #header = Buffer.allocUnsafeSlow(HEADER_BYTES);
  #headerFilled = 0;
  #message: Buffer | undefined;
  #messageFilled = 0;

  constructor(maxBodyBytes: number, onAnswer: (answer: Answer) => void) {
    this.#maxBodyBytes = maxBodyBytes;
    this.#onAnswer = onAnswer;
  }

  /** Takes the first `length` bytes of a chunk, which may be overwritten afterwards. False: this is not memcached. */
  take(chunk: Buffer, length: number): boolean {
    let at = this.#message === undefined && this.#headerFilled === 0 ? 0 : this.#resume(chunk, length);
    while (at >= 0 && at < length) at = this.#next(chunk, at, length);
    return at >= 0;
  }

  /** Reads one answer at `at`, or stores its beginning. Gives where to go on, below 0 for what is no answer. */
  #next(chunk: Buffer, at: number, length: number): number {
    if (length - at < HEADER_BYTES) {
      this.#headerFilled = chunk.copy(this.#header, 0, at, length);
      return length;
    }
    const size = this.#size(chunk, at);
    if (size < 0) return -1;
    if (length - at >= size) {
      this.#onAnswer(readAnswer(chunk, at, size, copyOf));
      return at + size;
    }
    this.#message = Buffer.allocUnsafeSlow(size);
    this.#messageFilled = chunk.copy(this.#message, 0, at, length);
    return length;
  }

  /** Goes on with an answer that began in an earlier chunk. */
  #resume(chunk: Buffer, length: number): number {
    let at = 0;
    if (this.#message === undefined) {
      at = chunk.copy(this.#header, this.#headerFilled, 0, Math.min(length, HEADER_BYTES - this.#headerFilled));
      this.#headerFilled += at;
      if (this.#headerFilled < HEADER_BYTES) return at;
      const size = this.#size(this.#header, 0);
      if (size < 0) return -1;
      this.#message = Buffer.allocUnsafeSlow(size);
      this.#messageFilled = this.#header.copy(this.#message);
      this.#headerFilled = 0;
    }
    const message = this.#message;
    const copied = chunk.copy(message, this.#messageFilled, at, length);
    this.#messageFilled += copied;
    if (this.#messageFilled === message.length) {
      this.#message = undefined;
      this.#onAnswer(readAnswer(message, 0, message.length, viewOf));
    }
    return at + copied;
  }

  /** The size of the whole answer, below 0 where the header is not one of memcached's. */
  #size(header: Buffer, at: number): number {
    const body = header.readUInt32BE(at + 8);
    const parts = header.readUInt16BE(at + 2) + (header[at + 4] ?? 0);
    return header[at] === ANSWER_MAGIC && parts <= body && body <= this.#maxBodyBytes ? HEADER_BYTES + body : -1;
  }
}

function readAnswer(bytes: Buffer, at: number, size: number, part: typeof viewOf): Answer {
  const keyStart = at + HEADER_BYTES + (bytes[at + 4] ?? 0);
  const valueStart = keyStart + bytes.readUInt16BE(at + 2);
  const key = valueStart === keyStart ? EMPTY : part(bytes, keyStart, valueStart);
  return new Answer(bytes, at, key, valueStart === at + size ? EMPTY : part(bytes, valueStart, at + size));
}

function viewOf(bytes: Buffer, start: number, end: number): Buffer {
  return bytes.subarray(start, end);
}

function copyOf(bytes: Buffer, start: number, end: number): Buffer {
  const copy = Buffer.allocUnsafe(end - start);
  bytes.copy(copy, 0, start, end);
  return copy;
}
