import type { RecentMark, RecentMessage } from '../../../schema/endpoints/recent.ts';
import { formatDuration, formatMoment, plural } from '../../parts/format.ts';
import type { DotState } from '../../parts/dot.ts';
import { lastWords, type RecentSpan } from './spans.ts';

/** The answer to "Are sessions healthy?". */
export interface Health {
  readonly state: DotState;
  readonly text: string;
}

type Recorded = Pick<RecentMessage, 'from' | 'began' | 'times' | 'totals' | 'unknownS' | 'marks'>;

/** Somebody is always a little late; more than that is worth saying. */
const LEAST_UNKNOWN_S = 10;
const DAY_MS = 24 * 60 * 60 * 1000;

/** How sessions were over a span, by rules: what failed, what was refused or pushed out, who was away, what is not known. */
export function healthOf(recorded: Recorded, span: RecentSpan, now: Date): Health {
  const { began, times, totals, marks } = recorded;
  if (began === null || times.length === 0) return { state: 'off', text: beginning(recorded, now) };
  const troubles = troublesIn(totals);
  const away = outages(marks, now);
  const isDown = marks.some(({ kind, until }) => kind === 'down' && until === null);
  const others = [...away, ...restarts(marks, now), ...losses(marks, now), ...unknown(recorded)];
  const when = whenWords(recorded, span, now);
  const isIdle = totals.reads + totals.writes === 0;
  if (troubles.length > 0) {
    const text = `Sessions were not always healthy ${when}: ${[...troubles, ...others].join('; ')}.`;
    return { state: isDown ? 'down' : 'warn', text };
  }
  const well = isIdle ? `No session was used ${when}` : `Sessions were healthy ${when}: no error, no refusal`;
  const rest = others.length > 0 ? `; ${others.join('; ')}` : isIdle ? ', and nothing went wrong' : '';
  return { state: isDown ? 'down' : away.length > 0 ? 'warn' : 'ok', text: `${well}${rest}.` };
}

function beginning({ began }: Recorded, now: Date): string {
  if (began === null) return 'Recording begins now; the first figures come in 10 s.';
  const age = Math.max(0, Math.round((now.getTime() - Date.parse(began)) / 1000));
  return `Recording began ${formatDuration(age)} ago; the first figures come in 10 s.`;
}

function troublesIn({ errors, refusals, evictions }: RecentMessage['totals']): readonly string[] {
  return [
    ...(errors > 0 ? [`${plural(errors, 'request')} failed`] : []),
    ...(refusals > 0 ? [`${plural(refusals, 'change')} ${refusals === 1 ? 'was' : 'were'} refused`] : []),
    ...(evictions > 0 ? [`${plural(evictions, 'item')} ${evictions === 1 ? 'was' : 'were'} pushed out of memory`] : []),
  ];
}

/** Each server once, however often it was away. */
function outages(marks: readonly RecentMark[], now: Date): readonly string[] {
  const byServer = Map.groupBy(
    marks.filter(({ kind }) => kind === 'down'),
    ({ about }) => about,
  );
  return Array.from(byServer, ([server, all]) => {
    const last = all.at(-1)!;
    if (last.until === null) return `${server} has not answered since ${atWords(last.at, now, '')}`;
    const seconds = all.reduce((sum, { at, until }) => sum + (Date.parse(until ?? at) - Date.parse(at)) / 1000, 0);
    if (all.length === 1) return `${server} was away for ${formatDuration(seconds)} ${atWords(last.at, now)}`;
    return `${server} was away ${all.length} times, ${formatDuration(seconds)} in all, last ${atWords(last.at, now)}`;
  });
}

/** A server that was away and was restarted is told once. */
function restarts(marks: readonly RecentMark[], now: Date): readonly string[] {
  const away = new Set(marks.filter(({ kind }) => kind === 'down').map(({ about }) => about));
  const alone = marks.filter(({ kind, about }) => kind === 'restarted' && !away.has(about));
  return alone.slice(-1).map(({ about, at }) => {
    const more = alone.length > 1 ? `, with ${plural(alone.length - 1, 'more restart')} before` : '';
    return `${about} was restarted ${atWords(at, now)}${more}: what only it kept is gone`;
  });
}

function losses(marks: readonly RecentMark[], now: Date): readonly string[] {
  const lost = marks.filter(({ kind }) => kind === 'lost');
  const last = lost.at(-1);
  if (last === undefined) return [];
  const when = atWords(last.at, now);
  return [
    lost.length === 1
      ? `a process ended without a word ${when}`
      : `${lost.length} processes ended without a word, last ${when}`,
  ];
}

function unknown({ unknownS }: Recorded): readonly string[] {
  return unknownS < LEAST_UNKNOWN_S ? [] : [`for ${formatDuration(unknownS)} not everything is known`];
}

/** "over the last 7 days", "since 14:02". */
function whenWords({ from, began }: Recorded, span: RecentSpan, now: Date): string {
  if (from === began) return `since ${formatMoment(new Date(from), now)}`;
  return `over the ${lastWords(span).toLowerCase()}`;
}

/** "at 14:02", "on Tuesday at 14:02", "on 12 Nov at 14:02". */
function atWords(time: string, now: Date, preposition = 'at '): string {
  const date = new Date(time);
  const clock = date.toLocaleTimeString('en-GB', { hour: '2-digit', minute: '2-digit' });
  if (date.toDateString() === now.toDateString()) return `${preposition}${clock}`;
  const isThisWeek = now.getTime() - date.getTime() < 6 * DAY_MS;
  const day = isThisWeek
    ? date.toLocaleDateString('en-GB', { weekday: 'long' })
    : date.toLocaleDateString('en-GB', { day: 'numeric', month: 'short' });
  return preposition === '' ? `${day} at ${clock}` : `on ${day} at ${clock}`;
}
