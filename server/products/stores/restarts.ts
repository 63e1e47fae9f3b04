import type { ServerStatus } from '../../memcache/store.ts';
import { agoText } from './span-text.ts';

/** So long a restart is told of. */
const TOLD_MS = 10 * 60_000;

/** When a server was restarted, while that is still to be told; `undefined` where it was not. */
export function restartOf({ up, isSeveral, restartedAt }: ServerStatus, now: number): number | undefined {
  // Where an address leads to several servers, the next answer is from another one.
  if (!up || isSeveral === true || restartedAt === null || restartedAt === undefined) return undefined;
  return now - restartedAt < TOLD_MS ? restartedAt : undefined;
}

/** A restart as a fact, with what it means for sessions. */
interface RestartWords {
  readonly severity: 'warning' | 'info';
  readonly text: string;
  readonly short: string;
}

/** What there is to say of servers that were restarted lately, where each session has so many copies. */
export function restartWords(
  statuses: readonly ServerStatus[],
  replicas: number,
  now: number,
): readonly RestartWords[] {
  const copies = Math.min(replicas, statuses.length);
  const restarted = statuses.flatMap((status) => {
    const at = restartOf(status, now);
    return at === undefined ? [] : [{ address: status.address, at }];
  });
  const severity = restarted.length < copies ? 'info' : 'warning';
  return restarted.map(({ address, at }) => ({
    severity,
    text: `${address} was restarted ${agoText(now - at)}; ${costOf(restarted.length, copies)}`,
    short: 'A server was restarted',
  }));
}

function costOf(restarted: number, copies: number): string {
  if (copies === 1) return 'the sessions that only it kept are gone.';
  if (restarted >= copies) return 'sessions that had no copy on another server by then are gone.';
  return 'its sessions come from their copies on the other servers, and are copied to it again as they are used.';
}
