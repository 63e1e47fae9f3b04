import type { FormerServerMessage } from '../../../schema/endpoints/servers.ts';
import { timeText } from '../../manage/describe.ts';
import type { FormerStatus } from '../../memcache/store.ts';
import { agoText, spanText } from './span-text.ts';

/** A server that was taken out, and what it costs. */
export function formerMessage(status: FormerStatus, replicas: number, now: number): FormerServerMessage {
  const { address, state, error } = status;
  return {
    address,
    state,
    error,
    removed: timeText(status.removedAt),
    until: timeText(status.until),
    text: `It was ${costOf(status, replicas, now)}`,
  };
}

/** One that is silent keeps people from their pages; nobody would look for it among the servers of today. */
export function formerWords(status: FormerStatus, replicas: number, now: number): string {
  return `${status.address} was ${costOf(status, replicas, now)} Bring it back, or forget it.`;
}

function costOf({ state, error, removedAt, until }: FormerStatus, replicas: number, now: number): string {
  const out = `taken out ${agoText(now - removedAt)}`;
  const rest = `for another ${spanText(until - now)}`;
  if (state === 'answers') return `${out}, and answers: what is found nowhere else is asked of it ${rest}.`;
  if (state === 'gone') return `${out}, and is gone (${error}): it holds nothing, and nobody waits for it.`;
  const cost =
    replicas > 1
      ? 'whoever may have a session there that no other server surely has is told so (503)'
      : 'whoever may have a session there is told so (503)';
  return `${out}, and is silent (${error}): ${cost} ${rest}.`;
}
