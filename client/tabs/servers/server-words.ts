import type { ServerMessage } from '../../../schema/endpoints/servers.ts';
import { formatBytes, formatDuration, formatNumber } from '../../parts/format.ts';

const CLOCK_MATTERS_S = 2;

const UNITS = [
  [1024 ** 3, 'GiB'],
  [1024 ** 2, 'MiB'],
  [1024, 'KiB'],
  [1, 'B'],
] as const;

/** What a server used of its memory when it last said so. */
export interface Memory {
  readonly bytes: number;
  readonly limitBytes: number;
}

export function memoryOf({ bytes, limitBytes }: ServerMessage): Memory | undefined {
  return bytes === null || limitBytes === null || limitBytes === 0 ? undefined : { bytes, limitBytes };
}

/** `38.2 of 64 MiB`; what would be none of that unit keeps its own: `21.7 KiB of 64 MiB`. */
export function memoryText({ bytes, limitBytes }: Memory): string {
  const [size, unit] = UNITS.find(([least]) => limitBytes >= least) ?? UNITS[3];
  const tidy = (value: number) => Number((value / size).toFixed(1));
  const used = bytes > 0 && tidy(bytes) === 0 ? formatBytes(bytes) : tidy(bytes);
  return `${used} of ${tidy(limitBytes)} ${unit}`;
}

export function shareOf({ bytes, limitBytes }: Memory): number {
  return bytes / limitBytes;
}

/** memcached forgets items before their time or refuses new ones, or is about to. */
export function isTight({ memory }: ServerMessage): boolean {
  return memory !== 'ok';
}

/** What it does when its memory is full, as far as it says. */
export function whenFull({ evicts }: ServerMessage): string | undefined {
  if (evicts === null) return undefined;
  return evicts
    ? 'When full, it pushes items out: sessions end early'
    : 'When full, it refuses new items and drops none';
}

/** `97.8`; nothing while nobody has asked for anything. */
export function hitRate({ hits, misses }: ServerMessage): string | undefined {
  const asked = (hits ?? 0) + (misses ?? 0);
  return asked === 0 ? undefined : String(Number((((hits ?? 0) / asked) * 100).toFixed(1)));
}

/** `1.6.32, up 41 d 6 h` */
export function aboutProcess({ version, uptimeS }: ServerMessage): string {
  const up = uptimeS === null ? undefined : `up ${formatDuration(uptimeS)}`;
  return [version, up].filter(Boolean).join(', ');
}

/** `Restarted 8 s ago`; what that means stands in the notice of the page. */
export function restartText({ restarted }: ServerMessage, now: number): string | undefined {
  return restarted === null ? undefined : `Restarted ${formatDuration((now - Date.parse(restarted)) / 1_000)} ago`;
}

/** A difference of clocks that shortens or lengthens sessions, as a sentence. */
export function clockSentence({ clockDifferenceS, isClockOff }: ServerMessage): string | undefined {
  const seconds = clockDifferenceS ?? 0;
  if (Math.abs(seconds) <= CLOCK_MATTERS_S) return undefined;
  const where = seconds > 0 ? 'ahead of' : 'behind';
  const cost = isClockOff ? ': sessions may end early or late' : '';
  return `Its clock is ${formatDuration(Math.abs(seconds))} ${where} this server’s${cost}.`;
}

export function latencyText({ latencyMs }: ServerMessage): string | undefined {
  return latencyMs?.toFixed(1);
}

/** A count, or the dash that stands where a server said nothing. */
export function countText(count: number | null): string {
  return count === null ? '–' : formatNumber(count);
}

/** What the command that starts a memcached does, from its own options. */
export function explainCommand(command: string): string {
  const megabytes = Number(/ -m (\d+)/.exec(command)?.[1]);
  const where = / -s /.test(command) ? 'on this socket only' : 'on this address only';
  const memory = Number.isNaN(megabytes) ? '' : `takes ${formatBytes(megabytes * 1024 ** 2)} of memory, `;
  return `It ${memory}refuses new items when that is full instead of dropping sessions, and listens ${where}.`;
}
