import { inspect } from 'node:util';
import { encode } from '../../sessions/encode.ts';

const LONGEST = 10_000;

/** A session's value as text for the eye. */
export function textOf(value: unknown): string {
  const text = typeof value === 'string' ? value : inspect(value, { depth: 6, breakLength: 100, maxArrayLength: 100 });
  return text.length > LONGEST ? `${text.slice(0, LONGEST)}…` : text;
}

/** The kind of a value in a word: "string", "Date", "list". */
export function typeOf(value: unknown): string {
  if (value === null) return 'null';
  if (Array.isArray(value)) return 'list';
  if (typeof value !== 'object') return typeof value;
  const name = Object.prototype.toString.call(value).slice('[object '.length, -1);
  return name === 'Uint8Array' ? 'Buffer' : name === 'Object' ? 'mapping' : name;
}

/** What a value takes: the text of a string, everything else as it is kept. */
export function bytesOf(value: unknown): number {
  return typeof value === 'string' ? Buffer.byteLength(value) : encode(value).length;
}
