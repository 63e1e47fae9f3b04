import type { FormerServerMessage } from '../../../schema/messages/servers.ts';
import { formatMoment } from '../../parts/format.ts';

/** `Silent, did not answer within 250 ms` */
export function stateOf({ state, error }: FormerServerMessage): string {
  const word = { answers: 'Answers', silent: 'Silent', gone: 'Gone' }[state];
  return error === null ? word : `${word}, ${error}`;
}

/** What a server that was taken out costs, and until when. */
export function costOf({ state, until }: FormerServerMessage, replicas: number, now: Date): string {
  const end = formatMoment(new Date(until), now);
  if (state === 'gone') return 'It holds nothing, and nobody waits for it.';
  if (state === 'answers') return `What it holds is found until ${end}.`;
  return `Whoever may have a session there${elsewhere(replicas)} is told so (503) until ${end}.`;
}

/** What forgetting it may lose. */
export function lossOf({ address, state }: FormerServerMessage, replicas: number): string {
  if (state === 'gone') return `Nobody listens at ${address}, so nothing is lost that is not lost already.`;
  const whose = replicas > 1 ? 'that is on no other server' : 'that is still there';
  return `It is asked no more, by any process or application. Every session ${whose} is lost: its browser begins a new one.`;
}

function elsewhere(replicas: number): string {
  return replicas > 1 ? ', and surely on no other server,' : '';
}
