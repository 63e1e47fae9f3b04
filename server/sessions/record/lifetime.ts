import type { Header } from './record-format.ts';

/** How long a container keeps its sessions. They are read anew at each use, so a change applies at once. */
export interface LifetimeSettings {
  /** A session that nobody used for so long is over; 0: never. */
  readonly timeoutMinutes: number;
  /** A session this old is over, however much it is used; 0: never. */
  readonly maxLifetimeMinutes: number;
  /** A session that is only looked at is written at most this often, so its last access is known only as exactly. */
  readonly resolutionSeconds: number;
}

const MINUTE_MS = 60_000;
/** Machines' clocks may differ by half of this. */
const GRACE_S = 60;
/** For sessions that never time out: as long as browsers keep a cookie. */
const LONGEST_S = 400 * 24 * 60 * 60;

/** How old something is. What seems to come from the future comes from a clock that is ahead: it is new. */
export function ageMs(time: number, now: number): number {
  return Math.max(0, now - time);
}

/** Whether a session is over, by its record's times and the settings of today. */
export function isOver(header: Header, lifetime: LifetimeSettings, now: number): boolean {
  return remainingMs(header.created, header.lastAccess, lifetime, now) < 0;
}

/** When a session will be over if nobody uses it again; `null`: never. */
export function endOf(header: Header, lifetime: LifetimeSettings, now: number): number | null {
  const remaining = remainingMs(header.created, header.lastAccess, lifetime, now);
  return remaining === Infinity ? null : now + remaining;
}

/** Whether it is time to write that the session was used. */
export function isTouchDue(header: Header, lifetime: LifetimeSettings, now: number): boolean {
  return ageMs(header.lastAccess, now) >= lifetime.resolutionSeconds * 1_000;
}

/** How long a store is to keep a record written now. */
export function keepSeconds(created: number, lifetime: LifetimeSettings, now: number): number {
  const remainingS = Math.max(0, remainingMs(created, now, lifetime, now)) / 1_000;
  return Math.ceil(Math.min(remainingS, LONGEST_S)) + lifetime.resolutionSeconds + GRACE_S;
}

/** A last access is known to within one resolution, and the session gets the benefit of it. */
function remainingMs(created: number, lastAccess: number, lifetime: LifetimeSettings, now: number): number {
  const { timeoutMinutes, maxLifetimeMinutes, resolutionSeconds } = lifetime;
  const idleMs = timeoutMinutes > 0 ? timeoutMinutes * MINUTE_MS + resolutionSeconds * 1_000 : Infinity;
  const totalMs = maxLifetimeMinutes > 0 ? maxLifetimeMinutes * MINUTE_MS : Infinity;
  return Math.min(idleMs - ageMs(lastAccess, now), totalMs - ageMs(created, now));
}
