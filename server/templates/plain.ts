import { Drop, toValue } from 'liquidjs';
import type { Allowance } from './allowance.ts';
import type { Plain } from './protocol.ts';
import { Seen, SeenObject } from './seen.ts';

const DEEPEST = 20;
const NO_OBJECTS = 'an object of the tree cannot be kept in a session. Keep its path, as in: here.path';
const NO_NAMES = 'what has names of its own cannot be kept in a session. Keep what it has under one, as in: user.name';

/**
 * What a value is as plain data: of a session, which applications may fill with more kinds than templates know, and for a
 * session. Lists and mappings are copied, so that what two of them share counts twice.
 */
export function plain(given: unknown, allowance: Allowance, depth = 0): Plain {
  allowance.check();
  if (given instanceof Seen) throw new Error(given instanceof SeenObject ? NO_OBJECTS : NO_NAMES);
  const value: unknown = given instanceof Drop ? toValue(given) : given;
  if (value === undefined || value === null) return null;
  if (typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean') return value;
  if (typeof value === 'bigint') return String(value);
  if (value instanceof Date) return Number.isNaN(value.getTime()) ? null : value.toISOString();
  if (depth === DEEPEST || ArrayBuffer.isView(value)) return null;
  const inner = (each: unknown) => plain(each, allowance, depth + 1);
  if (Array.isArray(value) || value instanceof Set) return Array.from(value, inner);
  const entries = value instanceof Map ? [...value] : Object.entries(value as object);
  return Object.fromEntries(entries.map(([name, each]) => [String(name), inner(each)]));
}
