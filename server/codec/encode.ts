import { FORMAT, MAX_DEPTH, NotStorable, Tag } from './values.ts';

const FIRST_BYTES = 1_024;
/** Far above every limit on a session; it only keeps a mistake from filling the memory. */
const MAX_BYTES = 64 * 1024 * 1024;
const SHORT_TEXT = 32;
const BEYOND_LATIN1 = /[^\x00-\xff]/;

/** Writes a value down in the format of values.ts. A refusal calls it by its key: `The value session["cart"][2] is …`. */
export function encode(value: unknown, key?: string): Buffer {
  const writer = spare ?? new Writer();
  spare = undefined;
  try {
    return writer.whole(value, key);
  } finally {
    spare = writer;
  }
}

/** One writer is kept for reuse; a getter that encodes while it is being encoded finds none and makes another. */
let spare: Writer | undefined;

class Writer {
  #bytes = Buffer.allocUnsafeSlow(FIRST_BYTES);
  #at = 0;
  #depth = 0;
  #key: string | undefined;
  readonly #path: unknown[] = [];
  #first: object | undefined;
  #seen: Map<object, number> | undefined;

  whole(value: unknown, key: string | undefined): Buffer {
    this.#key = key;
    this.#bytes[0] = FORMAT;
    this.#at = 1;
    try {
      this.#value(value);
      return Buffer.from(this.#bytes.subarray(0, this.#at));
    } finally {
      this.#forget();
    }
  }

  #forget(): void {
    this.#depth = 0;
    this.#path.length = 0;
    this.#first = undefined;
    this.#seen = undefined;
    if (this.#bytes.length > FIRST_BYTES * 64) this.#bytes = Buffer.allocUnsafeSlow(FIRST_BYTES);
  }

  #value(value: unknown): void {
    switch (typeof value) {
      case 'string':
        return this.#text(value);
      case 'number':
        return this.#number(value);
      case 'boolean':
        return this.#byte(value ? Tag.True : Tag.False);
      case 'undefined':
        return this.#byte(Tag.Undefined);
      case 'bigint':
        return this.#bigint(value);
      case 'object':
        return value === null ? this.#byte(Tag.Null) : this.#object(value);
      default:
        throw this.#refusal(`is a ${typeof value}`);
    }
  }

  #number(value: number): void {
    if ((value | 0) === value && !Object.is(value, -0)) {
      this.#byte(Tag.Integer);
      this.#varint(((value << 1) ^ (value >> 31)) >>> 0);
    } else {
      this.#double(Tag.Double, value);
    }
  }

  #double(tag: number, value: number): void {
    this.#room(9);
    this.#bytes[this.#at] = tag;
    this.#at = this.#bytes.writeDoubleBE(value, this.#at + 1);
  }

  #bigint(value: bigint): void {
    const digits = (value < 0n ? -value : value).toString(16);
    const magnitude = Buffer.from(digits.length % 2 === 0 ? digits : `0${digits}`, 'hex');
    this.#block(value < 0n ? Tag.BigNegative : Tag.BigPositive, magnitude);
  }

  #text(text: string): void {
    if (
      text.length <= SHORT_TEXT ? this.#shortLatin1(text) : !BEYOND_LATIN1.test(text) && this.#encoded(text, 'latin1')
    ) {
      return;
    }
    this.#encoded(text, text.isWellFormed() ? 'utf8' : 'utf16le');
  }

  #shortLatin1(text: string): boolean {
    this.#room(text.length + 2);
    const bytes = this.#bytes;
    let at = this.#at;
    bytes[at++] = Tag.Latin1;
    bytes[at++] = text.length;
    for (let i = 0; i < text.length; i++) {
      const code = text.charCodeAt(i);
      if (code > 0xff) return false;
      bytes[at++] = code;
    }
    this.#at = at;
    return true;
  }

  #encoded(text: string, encoding: 'latin1' | 'utf8' | 'utf16le'): true {
    const length = encoding === 'latin1' ? text.length : Buffer.byteLength(text, encoding);
    this.#head(encoding === 'latin1' ? Tag.Latin1 : encoding === 'utf8' ? Tag.Utf8 : Tag.Utf16, length);
    this.#room(length);
    this.#at += this.#bytes.write(text, this.#at, length, encoding);
    return true;
  }

  #object(value: object): void {
    const earlier = this.#meet(value);
    if (earlier !== undefined) return this.#head(Tag.Again, earlier);
    if (Array.isArray(value)) return this.#nested(value, this.#list);
    const prototype: unknown = Object.getPrototypeOf(value);
    if (prototype === Object.prototype || prototype === null) return this.#nested(value, this.#record);
    if (prototype === Date.prototype) return this.#double(Tag.Moment, (value as Date).getTime());
    if (prototype === Map.prototype) return this.#nested(value as Map<unknown, unknown>, this.#dictionary);
    if (prototype === Set.prototype) return this.#nested(value as Set<unknown>, this.#collection);
    if (prototype === Buffer.prototype) return this.#block(Tag.Bytes, value as Buffer);
    if (prototype === Uint8Array.prototype) return this.#block(Tag.Octets, value as Uint8Array);
    throw this.#refusal(`is an instance of ${className(value)}`);
  }

  /** Gives the number of an object met before, and numbers one that is new. */
  #meet(value: object): number | undefined {
    if (this.#first === undefined) {
      this.#first = value;
      return undefined;
    }
    if (this.#first === value) return 0;
    this.#seen ??= new Map();
    const earlier = this.#seen.get(value);
    if (earlier === undefined) this.#seen.set(value, this.#seen.size + 1);
    return earlier;
  }

  #nested<Kind extends object>(value: Kind, write: (this: Writer, value: Kind) => void): void {
    if (++this.#depth > MAX_DEPTH) throw this.#refusal(`is nested deeper than ${MAX_DEPTH} levels`);
    write.call(this, value);
    this.#depth--;
  }

  #list(list: readonly unknown[]): void {
    if (Object.keys(list).length !== list.length) throw this.#refusal('is a list with holes or named members');
    this.#head(Tag.List, list.length);
    for (let i = 0; i < list.length; i++) this.#member(i, list[i]);
  }

  #record(record: object): void {
    if (Object.getOwnPropertySymbols(record).length > 0) throw this.#refusal('has a symbol as a key');
    const names = Object.keys(record);
    this.#head(Object.getPrototypeOf(record) === null ? Tag.BareRecord : Tag.Record, names.length);
    for (const name of names) {
      this.#text(name);
      this.#member(name, (record as Record<string, unknown>)[name]);
    }
  }

  #dictionary(map: ReadonlyMap<unknown, unknown>): void {
    this.#head(Tag.Dictionary, map.size);
    for (const [key, value] of map) {
      this.#member('<key>', key);
      this.#member(key, value);
    }
  }

  #collection(set: ReadonlySet<unknown>): void {
    this.#head(Tag.Collection, set.size);
    for (const value of set) this.#member('<member>', value);
  }

  #member(key: unknown, value: unknown): void {
    this.#path.push(key);
    this.#value(value);
    this.#path.pop();
  }

  #block(tag: number, bytes: Uint8Array): void {
    this.#head(tag, bytes.length);
    this.#room(bytes.length);
    this.#bytes.set(bytes, this.#at);
    this.#at += bytes.length;
  }

  #head(tag: number, count: number): void {
    this.#byte(tag);
    this.#varint(count);
  }

  #byte(byte: number): void {
    this.#room(1);
    this.#bytes[this.#at++] = byte;
  }

  #varint(value: number): void {
    this.#room(5);
    while (value > 0x7f) {
      this.#bytes[this.#at++] = (value & 0x7f) | 0x80;
      value >>>= 7;
    }
    this.#bytes[this.#at++] = value;
  }

  #room(more: number): void {
    const needed = this.#at + more;
    if (needed > this.#bytes.length) this.#grow(needed);
  }

  #grow(needed: number): void {
    if (needed > MAX_BYTES) throw this.#refusal(`takes more than ${MAX_BYTES / 1024 / 1024} MiB`);
    const larger = Buffer.allocUnsafeSlow(Math.max(needed, this.#bytes.length * 2));
    larger.set(this.#bytes.subarray(0, this.#at));
    this.#bytes = larger;
  }

  #refusal(what: string): NotStorable {
    const root = this.#key === undefined ? 'value' : `session[${JSON.stringify(cut(this.#key))}]`;
    const path = this.#path.map(pathStep).join('');
    return new NotStorable(
      `The value ${root}${path} ${what}, which a session cannot keep. It keeps null, undefined, booleans, numbers, ` +
        'texts, BigInt, Date, Map, Set, Buffer, Uint8Array, lists and plain objects.',
    );
  }
}

/** How a step is spelled in a refusal: `.size`, `[2]`, `["a b"]`. Long ones are cut. */
function pathStep(key: unknown): string {
  if (typeof key === 'number') return `[${key}]`;
  if (typeof key !== 'string') return `[${typeof key}]`;
  if (/^[A-Za-z_$][\w$]{0,60}$/.test(key)) return `.${key}`;
  return `[${JSON.stringify(cut(key))}]`;
}

function cut(key: string): string {
  return key.length > 60 ? `${key.slice(0, 60)}…` : key;
}

function className(value: object): string {
  const maker: unknown = value.constructor;
  return typeof maker === 'function' && maker.name !== '' ? maker.name : 'a class';
}
