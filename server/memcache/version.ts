import { randomFillSync } from 'node:crypto';

/** How many bytes at the beginning of a value are its version. */
export const VERSION_BYTES = 112;
const FORMAT = 2;
const COUNTER_HIGH = 1;
const COUNTER_LOW = 4;
const LINEAGE = 8;
const WRITER = 104;
const WRITER_BYTES = VERSION_BYTES - WRITER;
const MARK_BYTES = 3;
const GENERATIONS = (WRITER - LINEAGE) / MARK_BYTES;

const pool = Buffer.allocUnsafeSlow(512 * WRITER_BYTES);
let used = pool.length;

/**
 * The version for a value that replaces one that began with `previous`: a format byte, a counter one higher (7 bytes),
 * its lineage (3 bytes of each of the 32 versions before it, the latest first), and 8 random bytes, so that no two writes
 * ever share a version.
 */
export function nextVersion(previous?: Buffer): Buffer {
  const version = Buffer.alloc(VERSION_BYTES);
  version[0] = FORMAT;
  const low = previous === undefined ? 0 : previous.readUInt32BE(COUNTER_LOW);
  const high = previous === undefined ? 0 : previous.readUIntBE(COUNTER_HIGH, 3);
  version.writeUIntBE(low === 0xffffffff ? high + 1 : high, COUNTER_HIGH, 3);
  version.writeUInt32BE((low + 1) >>> 0, COUNTER_LOW);
  previous?.copy(version, LINEAGE, WRITER, WRITER + MARK_BYTES);
  previous?.copy(version, LINEAGE + MARK_BYTES, LINEAGE, WRITER - MARK_BYTES);
  if (used === pool.length) {
    randomFillSync(pool);
    used = 0;
  }
  pool.copy(version, WRITER, used, (used += WRITER_BYTES));
  return version;
}

/**
 * Orders two values (or versions) by their version: below 0 where `a` is older. The higher counter is newer; of two
 * with the same counter the rest decides, the same way everywhere. What begins with no version is oldest.
 */
export function compareVersions(a: Buffer, b: Buffer): number {
  const hasA = hasVersion(a);
  const hasB = hasVersion(b);
  if (!hasA || !hasB) return Number(hasA) - Number(hasB);
  return a.compare(b, COUNTER_HIGH, VERSION_BYTES, COUNTER_HIGH, VERSION_BYTES);
}

/** Whether two values have the same counter and know nothing of each other. */
export function isRival(a: Buffer, b: Buffer): boolean {
  if (!hasVersion(a) || !hasVersion(b)) return false;
  return a.compare(b, COUNTER_HIGH, LINEAGE, COUNTER_HIGH, LINEAGE) === 0 && compareVersions(a, b) !== 0;
}

/** Whether a value descends from `ancestor`, as far as its lineage goes back; wrong for one rival in 16 million. */
export function isMadeFrom(value: Buffer, ancestor: Buffer): boolean {
  if (!hasVersion(value) || !hasVersion(ancestor)) return false;
  const generation = Number(counterOf(value) - counterOf(ancestor));
  if (generation < 1 || generation > GENERATIONS) return false;
  const mark = LINEAGE + (generation - 1) * MARK_BYTES;
  return value.compare(ancestor, WRITER, WRITER + MARK_BYTES, mark, mark + MARK_BYTES) === 0;
}

function counterOf(value: Buffer): bigint {
  return value.readBigUInt64BE(0);
}

function hasVersion(value: Buffer): boolean {
  return value.length >= VERSION_BYTES && value[0] === FORMAT;
}

/**
 * The version for a value that replaces whatever is there, unread: its counter is the time, so that it is newer than what
 * was written so before, as far as the writers' clocks agree.
 */
export function versionAt(now: number): Buffer {
  const version = nextVersion();
  version.writeBigUInt64BE(BigInt(Math.max(0, Math.floor(now))) << 12n, 0);
  version[0] = FORMAT;
  return version;
}
