export { formatBytes, overLimit } from '../../schema/sizes.ts';

/** `5,391` */
export function formatNumber(value: number): string {
  return value.toLocaleString('en');
}

/** `41 d 6 h`, `19 min 56 s`, `4 s`: the two largest units. */
export function formatDuration(seconds: number): string {
  const whole = Math.max(0, Math.round(seconds));
  const parts = [
    [Math.floor(whole / 86_400), 'd'],
    [Math.floor(whole / 3600) % 24, 'h'],
    [Math.floor(whole / 60) % 60, 'min'],
    [whole % 60, 's'],
  ] as const;
  const first = parts.findIndex(([count]) => count > 0);
  if (first === -1) return '0 s';
  return parts
    .slice(first, first + 2)
    .filter(([count]) => count > 0)
    .map(([count, unit]) => `${count} ${unit}`)
    .join(' ');
}

/** `8 s ago`, `3 h ago`, `yesterday`, `12 Nov`, `12 Nov 2025`. */
export function formatAge(time: Date, now: Date): string {
  const seconds = Math.round((now.getTime() - time.getTime()) / 1000);
  if (seconds < 5) return 'just now';
  if (seconds < 60) return `${seconds} s ago`;
  if (seconds < 3600) return `${Math.floor(seconds / 60)} min ago`;
  const days = Math.round((startOfDay(now) - startOfDay(time)) / 86_400_000);
  if (days === 0) return `${Math.floor(seconds / 3600)} h ago`;
  if (days === 1) return 'yesterday';
  return dayText(time, now);
}

/** `14:39`, `19 Nov, 16:02`, `12 Nov 2025, 09:14`: the shortest that still says which day. */
export function formatMoment(time: Date, now: Date): string {
  const clock = time.toLocaleTimeString('en-GB', { hour: '2-digit', minute: '2-digit' });
  if (startOfDay(time) === startOfDay(now)) return clock;
  return `${dayText(time, now)}, ${clock}`;
}

/** `12 Nov 2026, 09:14:03` */
export function formatExact(time: Date): string {
  return time.toLocaleString('en-GB', {
    day: 'numeric',
    month: 'short',
    year: 'numeric',
    hour: '2-digit',
    minute: '2-digit',
    second: '2-digit',
  });
}

/** `14:36:51`; with its day where that is not today. */
export function formatTime(time: Date, now = new Date()): string {
  const clock = time.toLocaleTimeString('en-GB');
  if (startOfDay(time) === startOfDay(now)) return clock;
  return `${time.toLocaleDateString('en-GB', { day: 'numeric', month: 'short' })}, ${clock}`;
}

/** `1 item`, `14 items` */
export function plural(count: number, one: string, many = `${one}s`): string {
  return `${formatNumber(count)} ${count === 1 ? one : many}`;
}

function dayText(time: Date, now: Date): string {
  const year = time.getFullYear() === now.getFullYear() ? {} : ({ year: 'numeric' } as const);
  return time.toLocaleDateString('en-GB', { day: 'numeric', month: 'short', ...year });
}

function startOfDay(time: Date): number {
  return new Date(time.getFullYear(), time.getMonth(), time.getDate()).getTime();
}
