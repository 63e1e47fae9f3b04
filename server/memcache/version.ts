import { randomFillSync } from 'node:crypto';

/** How many bytes at the beginning of a value are its version. */
export const VERSION_BYTES = 16;
const FORMAT = 1;
const COUNTER_HIGH = 1;
const COUNTER_LOW = 4;
const WRITER = 8;
const WRITER_BYTES = VERSION_BYTES - WRITER;
const PARENT = 13;
const PARENT_BYTES = VERSION_BYTES - PARENT;

const pool = Buffer.allocUnsafeSlow(512 * WRITER_BYTES);
let used = pool.length;

/**
 * The version for a value that replaces one that began with `previous`: a format byte, a counter one higher (7 bytes),
 * 5 random bytes, so that no two writes share a version, and the first 3 of the random bytes of `previous`.
 */
export function nextVersion(previous?: Buffer): Buffer {
  const version = Buffer.allocUnsafe(VERSION_BYTES);
  const low = previous === undefined ? 0 : previous.readUInt32BE(COUNTER_LOW);
  const high = previous === undefined ? 0 : previous.readUIntBE(COUNTER_HIGH, 3);
  version[0] = FORMAT;
  version.writeUIntBE(low === 0xffffffff ? high + 1 : high, COUNTER_HIGH, 3);
  version.writeUInt32BE((low + 1) >>> 0, COUNTER_LOW);
  if (used === pool.length) {
    randomFillSync(pool);
    used = 0;
  }
  pool.copy(version, WRITER, used, (used += WRITER_BYTES));
  previous?.copy(version, PARENT, WRITER, WRITER + PARENT_BYTES);
  return version;
}

/**
 * Orders two values (or versions) by their version: below 0 where `a` is older. The higher counter is newer; of two
 * with the same counter the random part decides, the same way everywhere. What begins with no version is oldest.
 */
export function compareVersions(a: Buffer, b: Buffer): number {
  const hasA = hasVersion(a);
  const hasB = hasVersion(b);
  if (!hasA || !hasB) return Number(hasA) - Number(hasB);
  return a.compare(b, COUNTER_HIGH, VERSION_BYTES, COUNTER_HIGH, VERSION_BYTES);
}

/** Whether two values were made from the same one and know nothing of each other. */
export function isRival(a: Buffer, b: Buffer): boolean {
  return hasVersion(a) && hasVersion(b) && counterOf(a) === counterOf(b) && compareVersions(a, b) !== 0;
}

/** Whether a value was made from the one that began with `parent`; wrong for one in 16 million that was not. */
export function isMadeFrom(value: Buffer, parent: Buffer): boolean {
  if (!hasVersion(value) || !hasVersion(parent)) return false;
  const isNext = counterOf(value) === counterOf(parent) + 1n;
  return isNext && value.compare(parent, WRITER, WRITER + PARENT_BYTES, PARENT, VERSION_BYTES) === 0;
}

function counterOf(value: Buffer): bigint {
  return value.readBigUInt64BE(0);
}

function hasVersion(value: Buffer): boolean {
  return value.length >= VERSION_BYTES && value[0] === FORMAT;
}
