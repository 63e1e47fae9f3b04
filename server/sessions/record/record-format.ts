import { decode } from '../../codec/decode.ts';
import { encode } from '../../codec/encode.ts';

/** An encoded value where it lies in a larger buffer. */
export interface EncodedValue {
  readonly bytes: Buffer;
  readonly start: number;
  readonly end: number;
  /** Where the whole entry begins, key and lengths included as in record format 2, for a value that lies in a record. */
  readonly entryStart?: number;
}

/** A session's data, value by value, not decoded. */
export type EncodedData = ReadonlyMap<string, EncodedValue>;

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
  | { readonly kind: 'session'; readonly entries: EncodedData }
  | { readonly kind: 'ended' }
  | { readonly kind: 'moved'; readonly to: string }
);

/** How a record is written down, before it is sealed. A format that was ever used keeps its number and its meaning. */
export interface RecordFormat {
  /** 1 to 255; it stands in clear before the seal. A later format has a higher one. */
  readonly number: number;
  write(record: SessionRecord): Buffer;
  /** Throws where the bytes have not the shape of a record. */
  read(bytes: Buffer): SessionRecord;
}

/**
 * Format 2: 1 byte kind; created, last access, last change (0: never), written, kept until, each 6 bytes of milliseconds
 * since 1970; 4 bytes user generation; user, address and browser, each 1 byte length and UTF-8. Then, for a session, for
 * each entry 4 bytes length and the key, 4 bytes length and the value, both in the format of values.ts; for a moved one,
 * the new browser id in ASCII. Numbers are big-endian.
 *
 * Another kind, another header or another format of values makes another format of records.
 */
const format2: RecordFormat = { number: 2, write, read };

/** Every format that this program reads, the oldest first. It writes the newest that all who share the sessions read. */
export const RECORD_FORMATS: RecordFormat[] = [format2];

/** What a process reads that does not say so where processes sign: it is older than any other format. */
export const FIRST_SIGNED_FORMAT = 2;

export function newestFormat(): number {
  return RECORD_FORMATS.at(-1)!.number;
}

export function findFormat(number: number): RecordFormat | undefined {
  return RECORD_FORMATS.find((format) => format.number === number);
}

/** The newest format that those read who read nothing newer than this. */
export function formatUpTo(newest: number): RecordFormat {
  return RECORD_FORMATS.findLast(({ number }) => number <= newest) ?? RECORD_FORMATS[0]!;
}

const KINDS = ['session', 'ended', 'moved'] as const;
const TIME_BYTES = 6;
const MAX_LABEL_BYTES = 255;
const NO_KEYS: ReadonlyMap<string, Buffer> = new Map();
export const NO_ENTRIES: EncodedData = new Map();

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
  for (const encoded of record.entries.values()) room += encoded.end - (encoded.entryStart ?? encoded.start);
  return room;
}

/** The keys that are not there yet in the record that the entries come from. */
function newKeys(entries: EncodedData): ReadonlyMap<string, Buffer> {
  const keys = new Map<string, Buffer>();
  for (const [key, encoded] of entries) if (encoded.entryStart === undefined) keys.set(key, encode(key));
  return keys;
}

function writeEntries(bytes: Buffer, entries: EncodedData, keys: ReadonlyMap<string, Buffer>, from: number): number {
  let at = from;
  for (const [key, encoded] of entries) {
    const newKey = keys.get(key);
    if (newKey !== undefined) {
      at = put(bytes, newKey, bytes.writeUInt32BE(newKey.length, at));
      at = bytes.writeUInt32BE(encoded.end - encoded.start, at);
    }
    at += encoded.bytes.copy(bytes, at, encoded.entryStart ?? encoded.start, encoded.end);
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

function readEntries(bytes: Buffer, from: number): EncodedData {
  if (from === bytes.length) return NO_ENTRIES;
  const entries = new Map<string, EncodedValue>();
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
