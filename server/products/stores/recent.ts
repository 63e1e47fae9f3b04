import {
  recent,
  RECENT_TOTALS,
  SESSION_MEASURES,
  type RecentMessage,
  type RecentServer,
  type RecentTotal,
  type Series,
  type SessionMeasure,
} from '../../../schema/endpoints/recent.ts';
import { nothingIfUnavailable } from '../../base/errors.ts';
import { SEE } from '../../manage/describe.ts';
import { recorded, rounded, seriesOf, spanIn, timesOf, type RecentSpan } from '../../manage/recent-times.ts';
import type { TreeObject } from '../../objects/object.ts';
import { method, viewsOn } from '../../publisher/views.ts';
import { OF_SERVER, splitServer, sumOf, type Counts, type Figures, type ServerFigures } from '../../recent/figures.ts';
import { FINEST } from '../../recent/levels.ts';
import { subjectOf } from '../../recent/meter.ts';
import { siteOf } from '../../site/site.ts';
import { marksIn } from './recent-marks.ts';
import { scopeFor, type RecentScope } from './recent-scope.ts';
import { SESSION_CONTAINER } from './session-container.ts';
import { isWait, memoryIn, sumFor, waitIn } from './session-counting.ts';

/** What was recorded of an object: of a container with its store, of a store with its containers, of the root with all. */
export const recentMethod = method(recent, {
  permission: SEE,
  async run(call) {
    const scope = await scopeFor(call);
    const { from, to } = spanIn(call.request.query, Math.floor(siteOf(call).clock() / 1000));
    // Of what is not there yet, there is nothing to tell.
    const madeAt = call.object.parent === null ? 0 : Math.floor(call.object.state.created / 1000);
    const found = await recorded(call, { from: Math.min(Math.max(from, madeAt), to - 1), to });
    const span = { ...found, began: found.began && Math.max(found.began, madeAt) };
    const subjects = scope.containers.map(subjectOf);
    const counts = span.stretches.map(({ figures }) => countsIn(figures, subjects));
    return {
      ...timesOf(span),
      sessions: sessionsIn(span, await keepersAmong(scope.containers), counts),
      totals: totalsIn(span, counts, scope),
      unknownS: unknownIn(span),
      memory: memoryOver(span, counts),
      servers: scope.stores.flatMap((store) => serversOf(store, span)),
      marks: await marksIn(span, scope, call),
    };
  },
});

/** The same of the whole site. */
export const recentViews = viewsOn('root', recentMethod);

/** What all of them counted, for each stretch. */
type AllCounts = readonly (Counts | undefined)[];

function sessionsIn(span: RecentSpan, keepers: readonly Keeper[], counts: AllCounts): RecentMessage['sessions'] {
  const valueOf = (measure: SessionMeasure) => (figures: Figures, index: number) => {
    if (measure === 'sessions') return liveIn(figures, span.stretches[index]!.at, keepers);
    if (isWait(measure)) return waitIn(counts[index])[measure];
    return (sumFor(measure, counts[index]) ?? 0) / figures.knownS;
  };
  const all = SESSION_MEASURES.map((measure) => [measure, seriesOf(span, valueOf(measure))]);
  return Object.fromEntries(all) as Record<SessionMeasure, Series>;
}

interface Keeper {
  readonly subject: string;
  /** From when on it is told how many it has; never, where there is no way to its sessions now. */
  readonly since: number;
}

function keepersAmong(containers: readonly TreeObject[]): Promise<readonly Keeper[]> {
  return Promise.all(
    containers.map(async (object) => {
      const isReached = (await object.provide(SESSION_CONTAINER).catch(nothingIfUnavailable)) !== undefined;
      return { subject: subjectOf(object), since: isReached ? object.state.created / 1000 : Infinity };
    }),
  );
}

/** Of all together: unknown where it is of one of them. */
function liveIn({ sessions }: Figures, at: number, keepers: readonly Keeper[]): number | null {
  const there = keepers.filter(({ subject, since }) => since <= at || sessions[subject] !== undefined);
  if (there.length === 0) return null;
  return there.reduce<number | null>((sum, { subject }) => {
    const count = sessions[subject];
    return sum === null || count === undefined ? null : sum + count;
  }, 0);
}

function countsIn(figures: Figures | undefined, subjects: readonly string[]): Counts | undefined {
  const known = subjects.flatMap((subject) => {
    const counts = figures?.counts[subject];
    return counts === undefined ? [] : [counts];
  });
  return known.length === 0 ? undefined : known.reduce(sumOf);
}

function totalsIn({ stretches }: RecentSpan, counts: AllCounts, { stores }: RecentScope): RecentMessage['totals'] {
  const known = stretches.flatMap(({ figures }) => figures ?? []);
  const totals = RECENT_TOTALS.map((name) => {
    if (name === 'evictions') return [name, evictionsIn(known, stores)] as const;
    return [name, counts.reduce((sum, each) => sum + (sumFor(name, each) ?? 0), 0)] as const;
  });
  return Object.fromEntries(totals) as Record<RecentTotal, number>;
}

/** Nothing where none was used: the sessions are on servers, or there were none. */
function memoryOver(span: RecentSpan, counts: AllCounts): RecentMessage['memory'] {
  const of = (name: 'bytes' | 'limitBytes') =>
    seriesOf(span, ({ knownS }, index) => memoryIn(counts[index], knownS / FINEST.everyS)[name]);
  const [bytes, limitBytes] = [of('bytes'), of('limitBytes')];
  return bytes.some((value) => value !== null && value > 0) ? { bytes, limitBytes } : null;
}

function evictionsIn(known: readonly Figures[], stores: readonly TreeObject[]): number {
  const names = new Set(stores.map(subjectOf));
  const all = known.flatMap(({ servers }) => Object.entries(servers));
  const own = all.filter(([name]) => names.has(splitServer(name).subject));
  return own.reduce((sum, [, figures]) => sum + (figureOf(figures, 'evictions') ?? 0), 0);
}

function unknownIn({ stretches }: RecentSpan): number {
  return stretches.reduce((sum, { lastsS, figures }) => sum + Math.max(0, lastsS - (figures?.knownS ?? 0)), 0);
}

/** The servers that the store has now or had in the span, each as all its figures tell. */
function serversOf(store: TreeObject, span: RecentSpan): readonly RecentServer[] {
  const subject = subjectOf(store);
  const names = span.stretches.flatMap(({ figures }) => Object.keys(figures?.servers ?? {}));
  const own = [...new Set(names)].filter((name) => splitServer(name).subject === subject);
  return own.map((name) => {
    const of = (pick: (figures: ServerFigures) => number | null): Series =>
      span.stretches.map(({ figures }) => {
        const known = figures?.servers[name];
        const value = known === undefined ? null : pick(known);
        return value === null ? null : rounded(value);
      });
    const rate = (figure: (typeof OF_SERVER)[number]) =>
      of((figures) => quotient(figureOf(figures, figure), figureOf(figures, 'rated'), FINEST.everyS));
    return {
      address: splitServer(name).address,
      path: store.path,
      up: of((figures) => quotient(figureOf(figures, 'up'), figureOf(figures, 'asked'))),
      gets: rate('gets'),
      misses: rate('misses'),
      evictions: rate('evictions'),
      refusals: rate('refusals'),
      bytes: of((figures) => figureOf(figures, 'bytes')),
      limitBytes: of((figures) => figureOf(figures, 'limitBytes')),
    };
  });
}

function quotient(value: number | null, by: number | null, times = 1): number | null {
  return value === null || !by ? null : value / (by * times);
}

function figureOf(figures: ServerFigures, name: (typeof OF_SERVER)[number]): number | null {
  return figures[OF_SERVER.indexOf(name)] ?? null;
}
