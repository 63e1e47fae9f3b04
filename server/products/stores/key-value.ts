import { isUtf8 } from 'node:buffer';
import type { KeyValue } from '../../../schema/endpoints/keys.ts';
import { Problem } from '../../base/errors.ts';
import type { KeyRing } from '../../base/key-ring.ts';
import { openSealed } from '../../caching/typed-store.ts';
import { decode } from '../../codec/decode.ts';
import { isSecretKey } from '../../base/secret-words.ts';
import { jsonOf, textOf, typeOf } from './shown-values.ts';

const HEX_BYTES = 4_096;
const HEX_LINE = 8;

/** Whether a key or what was stored under it speaks of a secret, so that it is shown to nobody who has not asked for it. */
export function isSecretValue(key: string, plain: Buffer): boolean {
  return isSecretKey(key) || isSecretKey(plain.toString('latin1'));
}

/** The plain bytes of a value that was sealed under this key by this installation; `undefined` for any other. */
export function unsealed(keyRing: KeyRing, storeKey: string, value: Buffer): Buffer | undefined {
  try {
    return openSealed(keyRing, storeKey, value);
  } catch (error) {
    if (error instanceof Problem) return undefined;
    throw error;
  }
}

/** A value in every form in which it may be read; one that was sealed, with what is sealed in it. */
export function keyValueOf(value: Buffer, plain?: Buffer): KeyValue {
  const text = isUtf8(value) ? value.toString() : null;
  const parsed = plain !== undefined ? { value: decode(plain) } : text === null ? undefined : parse(text);
  const decoded = parsed === undefined ? (text ?? value) : parsed.value;
  return {
    type: typeOf(decoded),
    decoded: textOf(decoded),
    json: parsed === undefined ? null : jsonOf(parsed.value),
    text: text === null ? null : textOf(text),
    hex: hexOf(value.subarray(0, HEX_BYTES)),
    hexBytes: Math.min(value.length, HEX_BYTES),
  };
}

/** A key as text for the eye: what cannot be seen, or would turn the line around, stands as its number. */
export function nameOf(key: string): string {
  if (/^[\x21-\x7e]*$/.test(key)) return key;
  const bytes = Buffer.from(key, 'latin1');
  const text = isUtf8(bytes) ? bytes.toString() : key;
  return text.replaceAll(/[\p{C}\p{Z}]/gu, (sign) => {
    return sign === ' ' ? sign : `\\u{${(sign.codePointAt(0) ?? 0).toString(16)}}`;
  });
}

function parse(text: string): { readonly value: unknown } | undefined {
  try {
    return { value: JSON.parse(text) as unknown };
  } catch {
    return undefined;
  }
}

/** Lines of eight bytes, which fit beside a list: where they are, what they are, and the letters among them. */
function hexOf(bytes: Buffer): string {
  const lines: string[] = [];
  for (let at = 0; at < bytes.length; at += HEX_LINE) {
    const part = bytes.subarray(at, at + HEX_LINE);
    const digits = Array.from(part, (byte) => byte.toString(16).padStart(2, '0')).join(' ');
    const letters = part.toString('latin1').replaceAll(/[^\x20-\x7e]/g, '.');
    lines.push(`${at.toString(16).padStart(4, '0')}  ${digits.padEnd(HEX_LINE * 3 - 1)}  ${letters}`);
  }
  return lines.join('\n');
}
