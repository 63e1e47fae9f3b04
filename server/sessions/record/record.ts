import { Problem } from '../../base/errors.ts';
import type { Sealer } from '../../base/key-ring.ts';
import { Envelope } from '../../memcache/envelope.ts';
import { VERSION_BYTES } from '../../memcache/version.ts';
import { findFormat, formatUpTo, newestFormat, type SessionRecord, type EncodedValue } from './record-format.ts';

/** A record that was not written by this installation for this key, or was damaged. */
export class UnreadableRecord extends Problem {
  constructor(key: string, what: string, cause?: unknown) {
    super(500, 'unreadable-record', `The session record ${key} ${what}.`, { cause });
  }
}

/** Larger records are opened anew each time. */
const MAX_REMEMBERED_BYTES = 2_048;

/** Seals and opens the records of one session: what one key of a store holds for it. The key's name is authenticated, too. */
export class RecordSeal extends Envelope {
  /**
   * The record sealed or opened last, and the bytes it was sealed to. The same bytes once more, compared one by one,
   * need no opening. They are kept as a string because a small Buffer may hold on to a large one.
   */
  #last: { readonly bytes: string; readonly plain: Buffer; record?: SessionRecord } | undefined;
  #sealedLast: { readonly value: Buffer; readonly plain: Buffer } | undefined;

  constructor(key: string, sealer: Sealer | null) {
    super(key, sealer, key);
  }

  /** In the newest format that this program knows, unless another is asked for. */
  seal(record: SessionRecord, version: Buffer, format = formatUpTo(newestFormat())): Buffer {
    const plain = format.write(record);
    const value = this.wrap(plain, version, format.number);
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
    const bytes = isSmall(value) ? value.toString('latin1') : '';
    const last = this.#last;
    if (bytes !== '' && bytes === last?.bytes) return (last.record ??= this.#read(last.plain, value));
    const plain = this.unwrap(value);
    const record = this.#read(plain, value);
    if (bytes !== '') this.#last = { bytes, plain, record };
    return record;
  }

  protected check(value: Buffer): SessionRecord {
    return this.open(value);
  }

  protected isKnown(format: number): boolean {
    return findFormat(format) !== undefined;
  }

  protected get what(): string {
    return `session record ${this.key}`;
  }

  protected unreadable(why: string, cause?: unknown): UnreadableRecord {
    return new UnreadableRecord(this.key, why, cause);
  }

  #read(plain: Buffer, value: Buffer): SessionRecord {
    try {
      return findFormat(value[VERSION_BYTES]!)!.read(plain);
    } catch (cause) {
      throw this.misshapen(cause);
    }
  }
}

/** What lists and logs call a session: the end of its key, which says nothing of its container or its browser id. */
export function idIn(key: string): string {
  return key.slice(key.lastIndexOf(':') + 1);
}

export function encodedOf(bytes: Buffer): EncodedValue {
  return { bytes, start: 0, end: bytes.length };
}

export function encodedLength(encoded: EncodedValue): number {
  return encoded.end - encoded.start;
}

export function sameBytes(a: EncodedValue | undefined, b: EncodedValue | undefined): boolean {
  if (a === undefined || b === undefined) return a === b;
  return a.bytes.compare(b.bytes, b.start, b.end, a.start, a.end) === 0;
}

function isSmall(value: Buffer): boolean {
  return value.length <= MAX_REMEMBERED_BYTES;
}
