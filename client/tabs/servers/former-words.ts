import type { FormerServerMessage } from '../../../schema/endpoints/servers.ts';

/** What forgetting a server may lose. */
export function lossOf({ address, state }: FormerServerMessage, replicas: number): string {
  if (state === 'gone') return `Nobody listens at ${address}, so nothing is lost that is not lost already.`;
  const whose = replicas > 1 ? 'that is on no other server' : 'that is still there';
  return `It is asked no more, by any process or application. Every session ${whose} is lost: its browser begins a new one.`;
}
