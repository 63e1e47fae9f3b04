import type { ServerMessage } from '../../../schema/messages/servers.ts';
import type { ServerStatus } from '../../memcache/store.ts';

const FILLING_SHARE = 0.9;

/** What a server's memory means for the sessions on it. */
export function memoryOf({ evictions, refusals, bytes, limitBytes }: ServerStatus): ServerMessage['memory'] {
  if ((evictions ?? 0) > 0) return 'evicting';
  if ((refusals ?? 0) > 0) return 'refusing';
  return (bytes ?? 0) >= FILLING_SHARE * (limitBytes || Infinity) ? 'filling' : 'ok';
}

/** What to say of a server whose memory is tight, and what to do; `undefined` where it is not. */
export function memoryWarning(status: ServerStatus): { readonly text: string; readonly short: string } | undefined {
  const { address } = status;
  const count = (what: number | null) => (what ?? 0).toLocaleString('en');
  switch (memoryOf(status)) {
    case 'evicting':
      return {
        short: 'Memory is full',
        text: `Memory of ${address} is full: ${count(status.evictions)} items were pushed out since it started. Sessions may end early. Start it with -M and more memory.`,
      };
    case 'refusing':
      return {
        short: 'Memory is full',
        text: `Memory of ${address} is full: it refused ${count(status.refusals)} values since it started, and dropped none. Whoever needs a new or larger session there is told so (503). Give it more memory (-m).`,
      };
    case 'filling':
      return {
        short: 'Memory is nearly full',
        text: `Memory of ${address} is nearly full. ${whenFull(status)} Give it more memory (-m).`,
      };
    case 'ok':
      return undefined;
  }
}

function whenFull({ evicts }: ServerStatus): string {
  if (evicts === false) return 'Then it refuses new sessions (503).';
  return 'Then it pushes out items, and sessions end early, unless it is started with -M.';
}
