import { Problem } from '../base/errors.ts';

/**
 * How one value of a session is written down: format 1. It depends on nothing but this page, so that every version of
 * Node and of this program that knows format 1 reads it alike.
 *
 * The first byte is the format. After it comes one value: a tag, then what the tag asks for.
 *
 *   Null, Undefined, False, True      nothing
 *   Integer                           a whole number of 32 bits, zigzag (0, -1, 1, -2 …), as varint
 *   Double                            8 bytes, IEEE 754, big-endian: every other number, -0, NaN and ±Infinity
 *   BigPositive, BigNegative          varint length, then the magnitude, big-endian
 *   Latin1                            varint length, then one byte a character: text without a character above U+00FF
 *   Utf8                              varint length in bytes, then UTF-8: other well-formed text
 *   Utf16                             varint length in bytes, then UTF-16, little-endian: text with lone surrogates
 *   List                              varint count, then the values
 *   Record, BareRecord                varint count, then for each member its name (a text) and its value; the second
 *                                     is an object without a prototype
 *   Dictionary                        a Map: varint count, then keys and values in turn
 *   Collection                        a Set: varint count, then the values
 *   Moment                            a Date: 8 bytes, IEEE 754, milliseconds since 1970 (NaN for an invalid one)
 *   Bytes, Octets                     a Buffer, a Uint8Array: varint length, then the bytes
 *   Again                             varint n: the nth object of this value once more, counted from 0 in the order in
 *                                     which they begin; this is how cycles and shared references are written
 *
 * A varint is LEB128: 7 bits a byte, lowest first, the high bit set on all but the last; at most 32 bits.
 */
export const FORMAT = 1;

export const Tag = {
  Null: 0,
  Undefined: 1,
  False: 2,
  True: 3,
  Integer: 4,
  Double: 5,
  BigPositive: 6,
  BigNegative: 7,
  Latin1: 8,
  Utf8: 9,
  Utf16: 10,
  List: 11,
  Record: 12,
  BareRecord: 13,
  Dictionary: 14,
  Collection: 15,
  Moment: 16,
  Bytes: 17,
  Octets: 18,
  Again: 19,
} as const;

/** Deep enough for data, shallow enough for the stack. */
export const MAX_DEPTH = 200;

/** A value that cannot be kept in a session: a mistake in the code that stored it. */
export class NotStorable extends Problem {
  constructor(detail: string) {
    super(500, 'not-storable', detail);
  }
}

/** Bytes that are not a value in a format known here. */
export class UnreadableValue extends Problem {
  /** `newer`: it is in a later format than this program knows. */
  constructor(detail: string, kind: 'broken' | 'newer' = 'broken') {
    const [status, options] = kind === 'newer' ? ([503, { retryAfterS: 1 }] as const) : ([500, {}] as const);
    super(status, 'unreadable-value', `A stored value cannot be read: ${detail}.`, options);
  }
}
