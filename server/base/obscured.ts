import { isSecretKey } from './secret-words.ts';

/** What stands in a secret value's place. */
export const OBSCURED = '<password obscured>';

const MAX_DEPTH = 4;

/** A value for the eye: what is under a secret key is not in it, at any depth, and what lies very deep neither. */
export function obscured(key: string, value: unknown, depth = 0): unknown {
  if (isSecretKey(key)) return OBSCURED;
  if (typeof value === 'bigint') return `${value}n`;
  if (typeof value !== 'object' || value === null || value instanceof Date || value instanceof Uint8Array) return value;
  if (depth === MAX_DEPTH) return '…';
  if (Array.isArray(value)) return value.map((member) => obscured('', member, depth + 1));
  if (value instanceof Set) return Array.from(value, (member) => obscured('', member, depth + 1));
  const members = value instanceof Map ? Array.from(value, named) : Object.entries(value);
  return Object.fromEntries(members.map(([name, member]) => [name, obscured(name, member, depth + 1)]));
}

function named([key, member]: [unknown, unknown]): [string, unknown] {
  return [typeof key === 'object' && key !== null ? '[object]' : String(key), member];
}
