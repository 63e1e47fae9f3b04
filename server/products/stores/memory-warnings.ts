import type { Warning } from '../../../schema/endpoints/objects.ts';
import type { ServerMessage } from '../../../schema/endpoints/servers.ts';
import type { Log } from '../../base/log.ts';
import { TOLD_AND_TO_DO } from '../../memcache/server-words.ts';
import type { MemoryUse, ServerStatus } from '../../memcache/store.ts';

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
        text: `Memory of ${address} is full: it refused ${count(status.refusals)} values since it started, and dropped none. ${TOLD_AND_TO_DO}`,
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
  if (evicts === false) return 'When it is full, it refuses new sessions (503).';
  return 'When it is full, it pushes out items, and sessions end early, unless it is started with -M.';
}

/** What to do about process memory that is full, and where. */
export interface Remedy {
  readonly text: string;
  readonly link: Warning['link'] & {};
}

/** What to say of process memory that is nearly full or full. */
export function processMemoryWarnings(use: MemoryUse, { text, link }: Remedy): readonly Warning[] {
  if (use.state === 'ok') return [];
  const severity = use.state === 'refusing' ? 'danger' : 'warning';
  const short = SHORT[use.state];
  return [{ severity, short, text: `${short}: ${inWords(use)} ${text}`, link }];
}

/** Says in the log that process memory is nearly full, full, or has room again. */
export function logProcessMemory(log: Log, path: string, use: MemoryUse, remedy: string): void {
  const what = { path, ...use };
  if (use.state === 'ok') log.warn(what, 'The memory for sessions has room again');
  else log.warn(what, `The memory for sessions: ${SHORT[use.state]}, ${inWords(use)} ${remedy}`);
}

const SHORT = { filling: 'Memory is nearly full', evicting: 'Memory is full', refusing: 'Memory is full' } as const;

function inWords({ state, usedBytes, limitBytes, evictions, refusals }: MemoryUse): string {
  const mib = (bytes: number) => Number((bytes / 1024 ** 2).toFixed(1));
  const sizes = `${mib(usedBytes)} of ${mib(limitBytes)} MiB.`;
  const [gone, refused] = [evictions, refusals].map((count) => count.toLocaleString('en'));
  switch (state) {
    case 'refusing':
      return `${sizes} New and growing sessions are refused (503), ${refused} so far; those in use stay.`;
    case 'evicting':
      return `${sizes} Sessions that no browser came back to make room, ${gone} so far; those in use stay.`;
    default:
      return `${sizes} When it is full, sessions that no browser came back to make room, then new ones are refused (503).`;
  }
}
