import { setImmediate as nextTurn } from 'node:timers/promises';
import type { Json } from '../storage/storage.ts';
import type { TableEntries, Tables } from '../storage/tables.ts';
import type { RecentEvent, RecentEvents } from './events.ts';
import { folded, united, type Figures, type Report } from './figures.ts';
import { FINEST, floorTo, LEVELS, rowsBetween, stepFor, timeIn, type Level } from './levels.ts';

/** Reports of one process, one for each ten seconds from the time in its key on; `null` where it has none. */
export type ReportRow = readonly (Report | null)[];

/** A row of reports is no longer. */
export const MOST_IN_ROW = 100;

/** After so many others have a turn. */
const FOLDED_AT_ONCE = 300;

/** What is known of a span of time. */
export interface Span {
  /** In seconds since 1970, as are all times here. */
  readonly from: number;
  readonly to: number;
  readonly everyS: number;
  /** Since when anything is recorded. */
  readonly began: number | undefined;
  /** By the time at which each stretch begins; nothing where nothing is known. */
  readonly figures: ReadonlyMap<number, Figures>;
  readonly events: readonly RecentEvent[];
}

/** What was recorded, by all processes. */
export class Past {
  readonly #tables: Tables;
  readonly #events: RecentEvents;
  readonly #pending: () => TableEntries<ReportRow>;

  constructor(tables: Tables, events: RecentEvents, pending: () => TableEntries<ReportRow>) {
    this.#tables = tables;
    this.#events = events;
    this.#pending = pending;
  }

  /** What is known from `from` up to `to`, as finely as it can be had. It begins when anything is known at all. */
  async span(from: number, to: number, now: number): Promise<Span> {
    const events = [...(await this.#events.all()).values()];
    const began = events.find(({ kind }) => kind === 'began')?.at;
    const oldest = now - LEVELS.at(-1)!.keptS;
    const first = Math.min(to, Math.max(from, oldest, began ?? to));
    const { everyS, level } = stepFor(first, to, now);
    const start = floorTo(everyS, first);
    const figures = began === undefined ? new Map() : await this.folded(level, { everyS }, start, to);
    const isWithin = ({ at, until = now }: RecentEvent) => at < to && until >= first;
    return { from: first, to, everyS, began, figures, events: events.filter(isWithin) };
  }

  /** The figures of a level in longer stretches. */
  async folded(
    level: Level,
    { everyS }: Pick<Level, 'everyS'>,
    from: number,
    to: number,
  ): Promise<ReadonlyMap<number, Figures>> {
    const found = [...(await this.#at(level, from, to))].toSorted(([one], [other]) => one - other);
    const groups = Map.groupBy(found, ([start]) => floorTo(everyS, start));
    const stretches = new Map<number, Figures>();
    let sinceTurn = FOLDED_AT_ONCE;
    for (const [start, parts] of groups) {
      if (sinceTurn >= FOLDED_AT_ONCE) {
        await nextTurn();
        sinceTurn = 0;
      }
      sinceTurn += parts.length;
      stretches.set(start, folded(parts.map(([, figures]) => figures)));
    }
    return stretches;
  }

  /** The rows of a level, by their keys. */
  async rows<Value extends Json = Figures>(level: Level, from: number, to: number): Promise<TableEntries<Value>> {
    return rowsBetween(this.#tables.keyed<Value>(level.name), level, from, to);
  }

  async #at(level: Level, from: number, to: number): Promise<ReadonlyMap<number, Figures>> {
    const finer = LEVELS[LEVELS.findIndex(({ name }) => name === level.name) - 1];
    if (finer === undefined) return this.#finest(from, to);
    const within = new Map<number, Figures>();
    for (const [key, figures] of await this.rows(level, from, to)) {
      const start = timeIn(key);
      if (start >= from && start < to) within.set(start, figures);
    }
    // What was not made coarser yet; the newest that there is may not have been whole.
    const next = Math.max(from, to - finer.keptS, ...within.keys());
    return new Map([...within, ...(await this.folded(finer, level, next, to))]);
  }

  async #finest(from: number, to: number): Promise<ReadonlyMap<number, Figures>> {
    const rows = await this.rows<ReportRow>(FINEST, from - MOST_IN_ROW * FINEST.everyS, to);
    const reports = new Map<number, Map<string, Report>>();
    for (const [key, row] of [...rows, ...this.#pending()]) {
      row.forEach((report, index) => {
        const start = timeIn(key) + index * FINEST.everyS;
        if (report === null || start < from || start >= to) return;
        const known = reports.get(start) ?? new Map<string, Report>();
        reports.set(start, known.set(key.slice(11), report));
      });
    }
    return new Map(Array.from(reports, ([start, each]) => [start, united(each)]));
  }
}
