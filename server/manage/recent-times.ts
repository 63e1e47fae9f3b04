import type { RecentTimes, Series } from '../../schema/endpoints/recent.ts';
import { Malformed } from '../base/errors.ts';
import type { Counts, Figures } from '../recent/figures.ts';
import type { Span } from '../recent/past.ts';
import { siteOf } from '../site/site.ts';
import type { TreeReader } from '../objects/reader.ts';
import { timeText } from './describe.ts';

/** What tabs show without being asked for more. */
const LATELY_S = 15 * 60;
/** Whoever asks may have a clock that is a little ahead. */
const AHEAD_S = 60;

/** What was recorded, as stretches of time. */
export interface RecentSpan extends Span {
  /** When each stretch begins, and what is known of it. */
  readonly stretches: readonly Stretch[];
}

interface Stretch {
  readonly at: number;
  /** How much of it lies in the span, in seconds. */
  readonly lastsS: number;
  readonly figures: Figures | undefined;
}

/** The span that a request asks for by `from` and `to`. */
export function spanIn(query: URLSearchParams, now: number): { readonly from: number; readonly to: number } {
  const to = timeIn(query, 'to') ?? now;
  const from = timeIn(query, 'from') ?? to - LATELY_S;
  if (to > now + AHEAD_S) throw new Malformed(`to=${query.get('to')} is in the future. The latest is now.`);
  if (from >= to) throw new Malformed(`from=${timeText(from * 1000)} is not before to=${timeText(to * 1000)}.`);
  return { from, to: Math.min(to, now) };
}

/** What all processes recorded in a span of time; the last minutes, unless another one is named. */
export async function recorded(
  of: { readonly tree: TreeReader },
  span?: { readonly from: number; readonly to: number },
): Promise<RecentSpan> {
  const { recording, clock } = siteOf(of);
  const now = Math.floor(clock() / 1000);
  const { from, to } = span ?? { from: now - LATELY_S, to: now };
  const found = await recording.past.span(from, to, now);
  return { ...found, stretches: stretchesOf(found) };
}

export function timesOf({ from, to, everyS, began, stretches }: RecentSpan): RecentTimes {
  return {
    from: textOf(from),
    to: textOf(to),
    everyS,
    began: began === undefined ? null : textOf(began),
    times: stretches.map(({ at }) => textOf(at)),
  };
}

/** Something for each stretch of which enough is known: of half of it at least, everybody has reported. */
export function seriesOf({ stretches }: RecentSpan, pick: (figures: Figures, index: number) => number | null): Series {
  return stretches.map(({ figures, lastsS }, index) => {
    const value = figures === undefined || figures.knownS < lastsS / 2 ? null : pick(figures, index);
    return value === null ? null : rounded(value);
  });
}

/** How often something happened, a second, by its place among what is counted of the subject. */
export function rateOf(span: RecentSpan, subject: string, place: number): Series {
  return seriesOf(span, ({ counts, knownS }) => countAt(counts[subject], place) / knownS);
}

export function countAt(counts: Counts | undefined, place: number): number {
  return counts?.[place] ?? 0;
}

/** To thousandths. */
export function rounded(value: number): number {
  return Math.round(value * 1_000) / 1_000;
}

/** What others have still to report at the end of it is left out: it is not missing. */
function stretchesOf({ from, to, everyS, figures }: Span): readonly Stretch[] {
  const newest = Math.max(...figures.keys());
  const stretches: Stretch[] = [];
  for (let at = Math.floor(from / everyS) * everyS; at <= newest; at += everyS) {
    const lastsS = Math.min(at + everyS, to) - Math.max(at, from);
    if (lastsS > 0) stretches.push({ at, lastsS, figures: figures.get(at) });
  }
  const isKnown = ({ figures: known }: Stretch) => known !== undefined && (known.knownS > 0 || hasServers(known));
  const last = stretches.findLastIndex(isKnown);
  const isOutstanding = stretches.length - 1 - last <= OUTSTANDING_S / everyS;
  return isOutstanding ? stretches.slice(0, last + 1) : stretches;
}

/** Whoever reports is at most so late. */
const OUTSTANDING_S = 90;

function hasServers({ servers }: Figures): boolean {
  return Object.keys(servers).length > 0;
}

function timeIn(query: URLSearchParams, name: string): number | undefined {
  const text = query.get(name);
  if (text === null) return undefined;
  const time = /^\d{4}-\d\d-\d\dT/.test(text) ? Date.parse(text) : NaN;
  if (!Number.isNaN(time)) return Math.floor(time / 1000);
  throw new Malformed(`${name}=${text.slice(0, 50)} is no time. Write it as 2026-12-01T14:00:00Z.`);
}

function textOf(seconds: number): string {
  return timeText(seconds * 1000);
}
