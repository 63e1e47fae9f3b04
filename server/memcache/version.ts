import { randomFillSync, randomInt } from 'node:crypto';

/** How many bytes at the beginning of a value are its version. */
export const VERSION_BYTES = 112;
const FORMAT = 3;
const COUNTER_HIGH = 1;
const COUNTER_LOW = 4;
const ANCESTORS = 8;
const WRITE = 104;
const MARK_BYTES = 4;
const MARKS_OF_ONE_WRITER = 4;
const WRITE_BYTES = VERSION_BYTES - WRITE;

/** Tells a process from most others. 0 is where there is no mark. */
const THIS_PROCESS = 1 + randomInt(255);

const pool = Buffer.allocUnsafeSlow(512 * WRITE_BYTES);
let used = pool.length;

/**
 * The version for a value that replaces one that began with `previous`: a format byte, a counter one higher (7 bytes), the
 * marks of 24 writes it was made from, and 8 bytes that are this write's own: one of the writer, the others random, so that
 * no two writes ever share a version. The first 4 are its mark. Of one writer 4 marks are kept at most: who was held up
 * still finds its own, however often others wrote meanwhile. What is damaged may be shorter than a version, or have the
 * highest counter: then it begins anew.
 */
export function nextVersion(previous?: Buffer, writer = THIS_PROCESS): Buffer {
  if (previous !== undefined && previous.length < VERSION_BYTES) return nextVersion(undefined, writer);
  const version = Buffer.allocUnsafe(VERSION_BYTES);
  version[0] = FORMAT;
  const low = previous === undefined ? 0 : previous.readUInt32BE(COUNTER_LOW);
  const high = previous === undefined ? 0 : previous.readUIntBE(COUNTER_HIGH, 3);
  version.writeUIntBE(low === 0xffffffff ? (high + 1) & 0xffffff : high, COUNTER_HIGH, 3);
  version.writeUInt32BE((low + 1) >>> 0, COUNTER_LOW);
  if (previous === undefined) version.fill(0, ANCESTORS, WRITE);
  else inheritMarks(version, previous);
  if (used === pool.length) {
    randomFillSync(pool);
    used = 0;
  }
  pool.copy(version, WRITE, used, (used += WRITE_BYTES));
  version[WRITE] = writer;
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
  return a.compare(b, COUNTER_HIGH, ANCESTORS, COUNTER_HIGH, ANCESTORS) === 0 && compareVersions(a, b) !== 0;
}

/** Whether two values are of one and the same write, as far as their versions can be trusted. */
export function isSameWrite(a: Buffer, b: Buffer): boolean {
  if (a.length < VERSION_BYTES || b.length < VERSION_BYTES) return false;
  return a.compare(b, COUNTER_HIGH, VERSION_BYTES, COUNTER_HIGH, VERSION_BYTES) === 0;
}

/** Whether a value descends from `ancestor`, as far as its marks go back; wrong for one rival in 4 million. */
export function isMadeFrom(value: Buffer, ancestor: Buffer): boolean {
  if (!hasVersion(value) || !hasVersion(ancestor) || compareVersions(value, ancestor) <= 0) return false;
  const mark = ancestor.readUInt32BE(WRITE);
  for (let at = ANCESTORS; at < WRITE; at += MARK_BYTES) if (value.readUInt32BE(at) === mark) return true;
  return false;
}

/** The mark of `previous` comes first. The oldest of its writer's goes where there are enough of them, else the oldest. */
function inheritMarks(version: Buffer, previous: Buffer): void {
  const dropped = droppedMark(previous);
  previous.copy(version, ANCESTORS, WRITE, WRITE + MARK_BYTES);
  previous.copy(version, ANCESTORS + MARK_BYTES, ANCESTORS, dropped);
  previous.copy(version, dropped + MARK_BYTES, dropped + MARK_BYTES, WRITE);
}

function droppedMark(previous: Buffer): number {
  let count = 0;
  for (let at = ANCESTORS; at < WRITE; at += MARK_BYTES) {
    if (previous[at] === previous[WRITE] && ++count === MARKS_OF_ONE_WRITER) return at;
  }
  return WRITE - MARK_BYTES;
}

/** Whether a value begins with a version in the format of this program. */
export function hasVersion(value: Buffer): boolean {
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
