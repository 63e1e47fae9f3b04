import { inspect } from 'node:util';
import type { SessionValue } from '../../../schema/endpoints/sessions.ts';
import { encode } from '../../codec/encode.ts';
import { obscured, OBSCURED } from '../../base/obscured.ts';

const LONGEST = 10_000;
/** What others stored may be nested deeper than the stack goes: below this it is not shown. */
const DEEPEST = 50;

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

/** An item of somebody's session, what is secret in it obscured. */
export function shownValue(key: string, value: unknown): SessionValue {
  const shown = obscured(key, value);
  const json = jsonOf(shown);
  return { ...described(key, value), value: textOf(shown), json, obscured: json.includes(OBSCURED) };
}

/** An item as it is. */
export function openValue(key: string, value: unknown): SessionValue {
  return { ...described(key, value), value: textOf(value), json: jsonOf(value), obscured: false };
}

function described(key: string, value: unknown) {
  return { key, type: typeOf(value), bytes: bytesOf(value) };
}

/** As JSON for the eye: what JSON has no form for is written as its text. */
export function jsonOf(value: unknown): string {
  const ancestors: unknown[] = [];
  const text =
    JSON.stringify(
      value,
      function (this: unknown, _name, member: unknown) {
        while (ancestors.length > 0 && ancestors.at(-1) !== this) ancestors.pop();
        if (typeof member === 'bigint') return `${member}n`;
        if (typeof member !== 'object' || member === null) return member;
        if (ancestors.includes(member)) return '[the same again]';
        if (ancestors.length > DEEPEST) return '[more below]';
        const plain = member instanceof Map ? [...member] : member instanceof Set ? [...member] : member;
        ancestors.push(plain);
        return plain;
      },
      2,
    ) ?? 'null';
  return text.length > LONGEST ? `${text.slice(0, LONGEST)}…` : text;
}
