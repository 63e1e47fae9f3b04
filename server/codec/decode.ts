import { isUtf8 } from 'node:buffer';
import { FORMAT, MAX_DEPTH, Tag, UnreadableValue } from './values.ts';

/** Reads what `encode` wrote. The bytes may be anybody's: whatever is wrong with them throws UnreadableValue. */
export function decode(bytes: Buffer, start = 0, end = bytes.length): unknown {
  return new Reader(bytes, start, end).whole();
}

class Reader {
  readonly #bytes: Buffer;
  readonly #end: number;
  #at: number;
  #depth = 0;
  readonly #objects: object[] = [];

  constructor(bytes: Buffer, start: number, end: number) {
    this.#bytes = bytes;
    this.#at = start;
    this.#end = end;
  }

  whole(): unknown {
    const format = this.#byte();
    if (format !== FORMAT) throw ofFormat(format);
    const value = this.#value();
    if (this.#at !== this.#end) throw new UnreadableValue(`${this.#end - this.#at} bytes follow its end`);
    return value;
  }

  #value(): unknown {
    const tag = this.#byte();
    switch (tag) {
      case Tag.Null:
        return null;
      case Tag.Undefined:
        return undefined;
      case Tag.False:
        return false;
      case Tag.True:
        return true;
      case Tag.Integer:
        return this.#integer();
      case Tag.Double:
        return this.#double();
      case Tag.BigPositive:
        return this.#magnitude();
      case Tag.BigNegative:
        return -this.#magnitude();
      case Tag.Latin1:
      case Tag.Utf8:
      case Tag.Utf16:
        return this.#text(tag);
      case Tag.Again:
        return this.#again();
      default:
        return this.#object(tag);
    }
  }

  #object(tag: number): object {
    switch (tag) {
      case Tag.List:
        return this.#nested(this.#list);
      case Tag.Record:
        return this.#nested(this.#record);
      case Tag.BareRecord:
        return this.#nested(this.#bareRecord);
      case Tag.Dictionary:
        return this.#nested(this.#dictionary);
      case Tag.Collection:
        return this.#nested(this.#collection);
      case Tag.Moment:
        return this.#keep(new Date(this.#double()));
      case Tag.Bytes:
        return this.#keep(Buffer.from(this.#block()));
      case Tag.Octets:
        return this.#keep(new Uint8Array(this.#block()));
      default:
        throw new UnreadableValue(`${tag} is no tag`);
    }
  }

  #nested(read: (this: Reader) => object): object {
    if (++this.#depth > MAX_DEPTH) throw new UnreadableValue(`it is nested deeper than ${MAX_DEPTH} levels`);
    const value = read.call(this);
    this.#depth--;
    return value;
  }

  #list(): unknown[] {
    const list = this.#keep<unknown[]>([]);
    for (let left = this.#count(1); left > 0; left--) list.push(this.#value());
    return list;
  }

  #record(): object {
    return this.#members(this.#keep<Record<string, unknown>>({}));
  }

  #bareRecord(): object {
    return this.#members(this.#keep<Record<string, unknown>>(Object.create(null)));
  }

  #members(record: Record<string, unknown>): object {
    for (let left = this.#count(2); left > 0; left--) {
      const name = this.#text(this.#byte());
      const value = this.#value();
      // The one name whose assignment does something else than define a member.
      if (name === '__proto__') define(record, name, value);
      else record[name] = value;
    }
    return record;
  }

  #dictionary(): object {
    const map = this.#keep(new Map<unknown, unknown>());
    for (let left = this.#count(2); left > 0; left--) {
      const key = this.#value();
      map.set(key, this.#value());
    }
    return map;
  }

  #collection(): object {
    const set = this.#keep(new Set<unknown>());
    for (let left = this.#count(1); left > 0; left--) set.add(this.#value());
    return set;
  }

  #keep<Kind extends object>(object: Kind): Kind {
    this.#objects.push(object);
    return object;
  }

  #again(): object {
    const index = this.#varint();
    const object = this.#objects[index];
    if (object === undefined) throw new UnreadableValue(`it refers to object ${index}, which did not begin yet`);
    return object;
  }

  #text(tag: number): string {
    const length = this.#count(1);
    const from = this.#at;
    this.#at += length;
    if (tag === Tag.Latin1) return this.#bytes.toString('latin1', from, this.#at);
    if (tag === Tag.Utf8) return this.#utf8(from);
    if (tag !== Tag.Utf16) throw new UnreadableValue(`${tag} is no tag of a text`);
    if (length % 2 !== 0) throw new UnreadableValue('a text ends inside a character');
    return this.#bytes.toString('utf16le', from, this.#at);
  }

  #utf8(from: number): string {
    if (!isUtf8(this.#bytes.subarray(from, this.#at))) throw new UnreadableValue('a text is not UTF-8');
    return this.#bytes.toString('utf8', from, this.#at);
  }

  #magnitude(): bigint {
    return BigInt(`0x0${this.#block().toString('hex')}`);
  }

  #block(): Buffer {
    const length = this.#count(1);
    return this.#bytes.subarray(this.#at, (this.#at += length));
  }

  #integer(): number {
    const zigzag = this.#varint();
    return (zigzag >>> 1) ^ -(zigzag & 1);
  }

  #double(): number {
    if (this.#end - this.#at < 8) throw cutOff();
    const value = this.#bytes.readDoubleBE(this.#at);
    this.#at += 8;
    return value;
  }

  /** A number of things of which each takes at least `bytesEach`: more than are left is a lie. */
  #count(bytesEach: number): number {
    const count = this.#varint();
    if (count * bytesEach > this.#end - this.#at) throw cutOff();
    return count;
  }

  #varint(): number {
    let value = 0;
    for (let shift = 0; shift < 35; shift += 7) {
      const byte = this.#byte();
      value += (byte & 0x7f) * 2 ** shift;
      if (byte < 0x80) return this.#checked(value);
    }
    throw new UnreadableValue('a number in it has too many bytes');
  }

  #checked(value: number): number {
    if (value > 0xffffffff) throw new UnreadableValue('a number in it is too large');
    return value;
  }

  #byte(): number {
    if (this.#at >= this.#end) throw cutOff();
    return this.#bytes[this.#at++]!;
  }
}

function define(record: Record<string, unknown>, name: string, value: unknown): void {
  Object.defineProperty(record, name, { value, writable: true, enumerable: true, configurable: true });
}

function ofFormat(format: number): UnreadableValue {
  const known = `it is in format ${format}, and this program knows ${FORMAT}`;
  return format < FORMAT
    ? new UnreadableValue(known)
    : new UnreadableValue(`${known}: it was written by a newer Trellis`, 'newer');
}

function cutOff(): UnreadableValue {
  return new UnreadableValue('it is cut off');
}
