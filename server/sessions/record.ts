import { Problem, Unavailable } from '../base/errors.ts';
import type { Sealer } from '../base/secrets.ts';
import { VERSION_BYTES } from '../memcache/version.ts';
import { decode } from './decode.ts';
import { encode } from './encode.ts';

/**
 * What one key of a store holds for one session:
 *
 *   112 bytes  the version, in clear, so that a store can tell the newer of two copies; authenticated
 *   1 byte     the format of the record (2), in clear; authenticated
 *   the rest   sealed with AES-256-GCM, the key's name authenticated too; as it is where the store is process memory
 *
 * Inside: 1 byte kind; created, last access, last change (0: never), written, kept until, each 6 bytes of milliseconds
 * since 1970; 4 bytes user generation; user, address and browser, each 1 byte length and UTF-8. Then, for a session, for
 * each entry 4 bytes length and the key, 4 bytes length and the value, both in the format of values.ts; for a moved one,
 * the new browser id in ASCII. Numbers are big-endian.
 */
export const RECORD_FORMAT = 2;
export const CLEAR_BYTES = VERSION_BYTES + 1;

const KINDS = ['session', 'ended', 'moved'] as const;
const TIME_BYTES = 6;
const MAX_LABEL_BYTES = 255;

/** An encoded value where it lies in a larger buffer. */
export interface Slot {
  readonly bytes: Buffer;
  readonly start: number;
  readonly end: number;
  /** Where the whole entry begins, key and lengths included, for a value that lies in a record. */
  readonly entryStart?: number;
}

/** A session's data, value by value, not decoded. */
export type Entries = ReadonlyMap<string, Slot>;

/** What a list of sessions shows of one. Times are milliseconds since 1970 by the writer's clock. */
export interface Header {
  readonly created: number;
  readonly lastAccess: number;
  readonly lastChange: number | null;
  readonly written: number;
  /** When the store may drop the record, as the writer meant it. */
  readonly keptUntil: number;
  readonly user: string | null;
  /** How often all sessions of the user had been ended when this was written. */
  readonly userGeneration: number;
  readonly address: string;
  readonly browser: string;
}

/** `ended` is a tombstone; `moved` points to the browser id that replaced this one. */
export type SessionRecord = {
  readonly header: Header;
} & (
  | { readonly kind: 'session'; readonly entries: Entries }
  | { readonly kind: 'ended' }
  | { readonly kind: 'moved'; readonly to: string }
);

/** A record that was not written by this installation for this key, or was damaged. */
export class UnreadableRecord extends Problem {
  constructor(key: string, what: string, cause?: unknown) {
    super(500, 'unreadable-record', `The session record ${key} ${what}.`, { cause });
  }
}

/** A record sealed with a key that this process was not given: the processes' key rings differ. */
export class SealedElsewhere extends Unavailable {
  constructor(key: string) {
    super(
      `The session record ${key} was sealed with a key that this process does not have. ` +
        'Give every process the same TRELLIS_SECRETS, the older keys included.',
    );
  }
}

/** Larger records are opened anew each time. */
const MAX_REMEMBERED_BYTES = 2_048;

/** Seals and opens the records of one session. */
export class RecordSeal {
  readonly key: string;
  readonly #sealer: Sealer | null;
  readonly #authenticated: Buffer;
  /**
   * The record sealed or opened last, and the bytes it was sealed to. The same bytes once more, compared one by one,
   * need no opening. They are kept as a string because a small Buffer may hold on to a large one.
   */
  #last: { readonly bytes: string; readonly plain: Buffer; record?: SessionRecord } | undefined;
  #sealedLast: { readonly value: Buffer; readonly plain: Buffer } | undefined;

  /** `null` for a sealer: in process memory there is nobody to seal against. */
  constructor(key: string, sealer: Sealer | null) {
    this.key = key;
    this.#sealer = sealer;
    this.#authenticated = Buffer.concat([Buffer.alloc(CLEAR_BYTES), Buffer.from(key)]);
  }

  seal(record: SessionRecord, version: Buffer): Buffer {
    const plain = write(record);
    const value = this.#sealer === null ? unsealed(plain) : this.#sealed(plain, version, this.#sealer);
    value.set(version);
    value[VERSION_BYTES] = RECORD_FORMAT;
    this.#sealedLast = isSmall(value) ? { value, plain } : undefined;
    return value;
  }

  /** Makes the next `open` of this value, which `seal` gave and the store now has, as cheap as a look. */
  remember(value: Buffer): void {
    const plain = this.#sealedLast?.value === value ? this.#sealedLast.plain : undefined;
    this.#sealedLast = undefined;
    if (plain !== undefined) this.#last = { bytes: value.toString('latin1'), plain };
  }

  open(value: Buffer): SessionRecord {
    if (value.length <= CLEAR_BYTES) throw new UnreadableRecord(this.key, `has only ${value.length} bytes`);
    const bytes = isSmall(value) ? value.toString('latin1') : '';
    const last = this.#last;
    if (bytes !== '' && bytes === last?.bytes) return (last.record ??= this.#read(last.plain));
    const plain = this.#plain(value);
    const record = this.#read(plain);
    if (bytes !== '') this.#last = { bytes, plain, record };
    return record;
  }

  #plain(value: Buffer): Buffer {
    const format = value[VERSION_BYTES];
    if (format !== RECORD_FORMAT)
      throw new UnreadableRecord(this.key, `is in format ${format}, which is not known here`);
    return this.#sealer === null ? value.subarray(CLEAR_BYTES) : this.#opened(value, this.#sealer);
  }

  #read(plain: Buffer): SessionRecord {
    try {
      return read(plain);
    } catch (cause) {
      throw new UnreadableRecord(this.key, 'does not have the shape of a record', cause);
    }
  }

  #sealed(plain: Buffer, version: Buffer, sealer: Sealer): Buffer {
    this.#authenticated.set(version);
    this.#authenticated[VERSION_BYTES] = RECORD_FORMAT;
    return sealer.seal(plain, this.#authenticated, CLEAR_BYTES);
  }

  #opened(value: Buffer, sealer: Sealer): Buffer {
    value.copy(this.#authenticated, 0, 0, CLEAR_BYTES);
    const plain = sealer.open(value, this.#authenticated, CLEAR_BYTES);
    if (plain !== undefined) return plain;
    if (!sealer.knowsKeyOf(value, CLEAR_BYTES)) throw new SealedElsewhere(this.key);
    throw new UnreadableRecord(this.key, 'was not sealed for this key by this installation, or was changed since');
  }
}

const NO_KEYS: ReadonlyMap<string, Buffer> = new Map();
export const NO_ENTRIES: Entries = new Map();

export function slotOf(bytes: Buffer): Slot {
  return { bytes, start: 0, end: bytes.length };
}

export function slotLength(slot: Slot): number {
  return slot.end - slot.start;
}

export function sameBytes(a: Slot | undefined, b: Slot | undefined): boolean {
  if (a === undefined || b === undefined) return a === b;
  return a.bytes.compare(b.bytes, b.start, b.end, a.start, a.end) === 0;
}

function isSmall(value: Buffer): boolean {
  return value.length <= MAX_REMEMBERED_BYTES;
}

function unsealed(plain: Buffer): Buffer {
  const value = Buffer.allocUnsafe(CLEAR_BYTES + plain.length);
  value.set(plain, CLEAR_BYTES);
  return value;
}

function write(record: SessionRecord): Buffer {
  const { header } = record;
  const keys = record.kind === 'session' ? newKeys(record.entries) : NO_KEYS;
  const bytes = Buffer.allocUnsafe(roomFor(record, keys));
  let at = bytes.writeUInt8(KINDS.indexOf(record.kind), 0);
  at = writeTime(bytes, header.created, at);
  at = writeTime(bytes, header.lastAccess, at);
  at = writeTime(bytes, header.lastChange ?? 0, at);
  at = writeTime(bytes, header.written, at);
  at = writeTime(bytes, header.keptUntil, at);
  at = bytes.writeUInt32BE(header.userGeneration, at);
  at = writeLabel(bytes, header.user ?? '', at);
  at = writeLabel(bytes, header.address, at);
  at = writeLabel(bytes, header.browser, at);
  if (record.kind === 'session') at = writeEntries(bytes, record.entries, keys, at);
  else if (record.kind === 'moved') at += bytes.write(record.to, at, 'latin1');
  return bytes.subarray(0, at);
}

/** At least what the record takes. */
function roomFor(record: SessionRecord, keys: ReadonlyMap<string, Buffer>): number {
  const { user, address, browser } = record.header;
  const labels = labelRoom(user ?? '') + labelRoom(address) + labelRoom(browser);
  let room = 1 + 5 * TIME_BYTES + 4 + labels;
  if (record.kind === 'moved') return room + record.to.length;
  if (record.kind === 'ended') return room;
  for (const key of keys.values()) room += 8 + key.length;
  for (const slot of record.entries.values()) room += slot.end - (slot.entryStart ?? slot.start);
  return room;
}

/** The keys that are not there yet in the record that the entries come from. */
function newKeys(entries: Entries): ReadonlyMap<string, Buffer> {
  const keys = new Map<string, Buffer>();
  for (const [key, slot] of entries) if (slot.entryStart === undefined) keys.set(key, encode(key));
  return keys;
}

function writeEntries(bytes: Buffer, entries: Entries, keys: ReadonlyMap<string, Buffer>, from: number): number {
  let at = from;
  for (const [key, slot] of entries) {
    const newKey = keys.get(key);
    if (newKey !== undefined) {
      at = put(bytes, newKey, bytes.writeUInt32BE(newKey.length, at));
      at = bytes.writeUInt32BE(slotLength(slot), at);
    }
    at += slot.bytes.copy(bytes, at, slot.entryStart ?? slot.start, slot.end);
  }
  return at;
}

function writeTime(bytes: Buffer, time: number, at: number): number {
  return bytes.writeUIntBE(Math.max(0, Math.floor(time)), at, TIME_BYTES);
}

/** No character takes more than three bytes for each of its units. */
function labelRoom(text: string): number {
  return 1 + Math.min(MAX_LABEL_BYTES, text.length * 3);
}

function writeLabel(bytes: Buffer, text: string, at: number): number {
  const isSurelyShort = text.length * 3 <= MAX_LABEL_BYTES;
  const length = isSurelyShort ? bytes.write(text, at + 1) : toLabel(text).copy(bytes, at + 1);
  bytes.writeUInt8(length, at);
  return at + 1 + length;
}

function put(bytes: Buffer, part: Buffer, at: number): number {
  bytes.set(part, at);
  return at + part.length;
}

/** UTF-8, cut where it is too long, between two characters. */
function toLabel(text: string): Buffer {
  const bytes = Buffer.from(text);
  if (bytes.length <= MAX_LABEL_BYTES) return bytes;
  let end = MAX_LABEL_BYTES;
  while ((bytes[end]! & 0xc0) === 0x80) end--;
  return bytes.subarray(0, end);
}

function read(bytes: Buffer): SessionRecord {
  const kind = KINDS[bytes.readUInt8(0)];
  if (kind === undefined) throw new RangeError(`${bytes[0]} is no kind of record`);
  const time = (index: number) => bytes.readUIntBE(1 + index * TIME_BYTES, TIME_BYTES);
  let at = 1 + 5 * TIME_BYTES;
  const userGeneration = bytes.readUInt32BE(at);
  at += 4;
  const label = () => {
    const length = bytes.readUInt8(at);
    const text = length === 0 ? '' : part(bytes, at + 1, length).toString();
    at += 1 + length;
    return text;
  };
  const user = label() || null;
  const header: Header = {
    created: time(0),
    lastAccess: time(1),
    lastChange: time(2) || null,
    written: time(3),
    keptUntil: time(4),
    user,
    userGeneration,
    address: label(),
    browser: label(),
  };
  if (kind === 'session') return { kind, header, entries: readEntries(bytes, at) };
  if (kind === 'moved') return { kind, header, to: bytes.toString('latin1', at) };
  return { kind, header };
}

function readEntries(bytes: Buffer, from: number): Entries {
  if (from === bytes.length) return NO_ENTRIES;
  const entries = new Map<string, Slot>();
  for (let at = from; at < bytes.length;) {
    const keyAt = at + 4;
    const keyEnd = keyAt + bytes.readUInt32BE(at);
    const start = keyEnd + 4;
    const end = start + bytes.readUInt32BE(keyEnd);
    if (end > bytes.length) throw new RangeError('an entry is cut off');
    entries.set(decode(bytes, keyAt, keyEnd) as string, { bytes, start, end, entryStart: at });
    at = end;
  }
  return entries;
}

function part(bytes: Buffer, from: number, length: number): Buffer {
  if (from + length > bytes.length) throw new RangeError('it is cut off');
  return bytes.subarray(from, from + length);
}
