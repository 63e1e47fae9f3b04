import type { Background } from '../base/background.ts';
import type { Clock } from '../base/clock.ts';
import type { DraftOf, KeyedTable, TableEntries, Tables } from '../storage/tables.ts';
import { going, RecentEvents, type RecentEvent } from './events.ts';
import type { Counts, Report, Seen } from './figures.ts';
import { FINEST, floorTo, inSeconds } from './levels.ts';
import { sliceKey, type SliceRow } from './live-sessions.ts';
import type { Meter, SliceOfUses } from './meter.ts';
import { MOST_IN_ROW, Past, type ReportRow } from './past.ts';
import { Recorder, type Present, type Sights } from './recorder.ts';

interface RecordingOptions {
  readonly tables: Tables;
  /** The process as others know it, and everybody who is there now. */
  readonly id: string;
  readonly there: () => Promise<readonly Present[]>;
  readonly isServing: boolean;
  readonly clock: Clock;
  readonly background: Background;
  /** How often what is written here is committed. */
  readonly heartbeatS: number;
}

/** Who records what is the same for all. */
type Role = { readonly id: string };
const ROLE = 'recorder';
/** What cannot be written is kept for so long. */
const MOST_PENDING = 360;

/**
 * What this process counts, and where it says so: every ten seconds it takes a point of each of its meters, and with its
 * next heartbeat they are committed. One of the processes that serve is the recorder, and adds what is the same for all.
 */
export class Recording {
  readonly past: Past;
  readonly #options: RecordingOptions;
  readonly #reports: KeyedTable<ReportRow>;
  readonly #slices: KeyedTable<SliceRow>;
  readonly #role: KeyedTable<Role>;
  readonly #events: RecentEvents;
  /** By subject: a new one takes the place of the former. */
  readonly #meters = new Map<string, Meter>();
  readonly #pending = new Map<number, Report>();
  readonly #pendingSlices = new Set<SliceOfUses>();
  #sights: Sights | undefined;
  /** Who was there when the last ten seconds were over. */
  #present: readonly Present[] | undefined;
  #recorder: Recorder | undefined;
  #slot: number;
  #timer: NodeJS.Timeout | undefined;
  #underWay: Promise<void> = Promise.resolve();
  #isClosed = false;

  constructor(options: RecordingOptions) {
    const { tables, clock, isServing, id } = options;
    this.#options = options;
    this.#reports = tables.keyed(FINEST.name);
    this.#slices = tables.keyed('recent sessions');
    this.#role = tables.keyed(ROLE);
    this.#events = new RecentEvents(tables.keyed<RecentEvent>('recent events'));
    this.past = new Past(tables, this.#events, () => this.#rows());
    const now = inSeconds(clock());
    this.#slot = floorTo(FINEST.everyS, now);
    this.#events.note(`process ${id}`, { kind: 'process', at: now, pid: process.pid, isServing });
  }

  /** Whether this process records for all. */
  get isRecorder(): boolean {
    return this.#recorder !== undefined;
  }

  /** From now on a point is taken whenever ten seconds are over. */
  begin(): void {
    if (this.#isClosed) return;
    const periodMs = FINEST.everyS * 1000;
    const tick = () => {
      this.#options.background.do('record what was counted', () => (this.#underWay = this.tick()));
      this.begin();
    };
    this.#timer = setTimeout(tick, periodMs - (this.#options.clock() % periodMs)).unref();
  }

  /** From now on this process may be the recorder: it knows what there is to see. */
  look(sights: Sights): void {
    this.#sights = sights;
  }

  follow(meter: Meter): void {
    meter.turn?.(inSeconds(this.#options.clock()));
    this.#meters.set(meter.subject, meter);
  }

  unfollow(meter: Meter): void {
    if (this.#meters.get(meter.subject) === meter) this.#meters.delete(meter.subject);
  }

  /** Takes a point of the ten seconds that are over. */
  async tick(): Promise<void> {
    const now = inSeconds(this.#options.clock());
    const slot = this.#slot;
    if (now < slot + FINEST.everyS && now >= slot) return;
    this.#slot = floorTo(FINEST.everyS, now);
    const counts = this.#take(now);
    let seen: Seen | undefined;
    try {
      const before = this.#present;
      this.#present = this.#sights === undefined ? [] : await this.#options.there();
      await this.#elect();
      seen = await this.#recorder?.look(now, this.#present, before ?? this.#present);
    } finally {
      // What was counted over a longer time is not what happened in these ten seconds: nobody knows when.
      const isLate = now - slot >= 2 * FINEST.everyS;
      if (!isLate) this.#pending.set(slot, seen === undefined ? { counts } : { counts, seen });
      for (const old of [...this.#pending.keys()].slice(0, -MOST_PENDING)) this.#pending.delete(old);
    }
  }

  /** Writes what was not written yet, as a part of a commit; what it gives is to be called once that is made. */
  readonly write = (draftOf: DraftOf): (() => void) => {
    const { id } = this.#options;
    for (const meter of this.#meters.values())
      for (const slice of meter.takeSlices?.() ?? []) this.#pendingSlices.add(slice);
    const slices = [...this.#pendingSlices];
    const written = [...this.#pending.keys()];
    for (const [key, row] of this.#rows()) draftOf(this.#reports).set(key, row, expiryOf(Number(key.slice(0, 10))));
    for (const { scope, from, until, sketch, left } of slices)
      draftOf(this.#slices).set(sliceKey(scope, from, id), { uses: sketch.toText(), left }, until * 1000);
    const events = this.#events.write(draftOf);
    const recorded = this.#recorder?.write(draftOf);
    return () => {
      for (const slot of written) this.#pending.delete(slot);
      for (const slice of slices) this.#pendingSlices.delete(slice);
      this.#events.written(events);
      recorded?.();
    };
  };

  /** At an orderly end nothing is lost: what was counted until now is written, and the next recorder need not wait. */
  async close(): Promise<void> {
    clearTimeout(this.#timer);
    this.#isClosed = true;
    await this.#underWay.catch(() => undefined);
    const { id, clock } = this.#options;
    const now = inSeconds(clock());
    // Whoever looks in this moment expects a report of the next ten seconds, too.
    this.#pending.set(floorTo(FINEST.everyS, now), { counts: {} });
    const there = this.#present?.map((each) => each.id) ?? [];
    const seen = this.isRecorder ? { seen: { there, sessions: {}, servers: {} } } : {};
    this.#pending.set(this.#slot, { counts: this.#take(now), ...seen });
    const started = (await this.#events.all()).get(`process ${id}`);
    if (started?.kind === 'process') this.#events.note(`process ${id}`, { ...going(started), until: now });
    await this.#recorder?.finish(now);
    const written = await this.#role.update((draft, draftOf) => {
      if (draft.get(ROLE)?.id === id) draft.delete(ROLE);
      return this.write(draftOf);
    });
    written();
  }

  #take(now: number): Record<string, Counts> {
    const counts: Record<string, Counts> = {};
    for (const meter of this.#meters.values()) {
      const taken = meter.take();
      if (taken !== undefined) counts[meter.subject] = taken;
      meter.turn?.(now);
    }
    return counts;
  }

  /** Takes the place of the recorder where there is none, or it is gone. */
  async #elect(): Promise<void> {
    const { id } = this.#options;
    if (this.#sights === undefined) return;
    const present = new Set(this.#present?.map((each) => each.id));
    const isThere = (role: Role | undefined): role is Role => role !== undefined && present.has(role.id);
    let elected = await this.#role.get(ROLE);
    if (!isThere(elected)) {
      elected = await this.#role.update((draft) => {
        const now = draft.get(ROLE);
        if (isThere(now)) return now;
        draft.set(ROLE, { id });
        return { id };
      });
    }
    if (elected.id !== id) this.#recorder = undefined;
    else this.#recorder ??= this.#becomeRecorder(this.#sights);
  }

  #becomeRecorder(sights: Sights): Recorder {
    return new Recorder({ ...this.#options, sights, events: this.#events, past: this.past });
  }

  /** What was not written yet, as rows: consecutive points together. */
  #rows(): TableEntries<ReportRow> {
    const groups = Map.groupBy(
      [...this.#pending].toSorted(([one], [other]) => one - other),
      ([slot]) => floorTo(MOST_IN_ROW * FINEST.everyS, slot),
    );
    return Array.from(groups.values(), (group) => {
      const first = group[0]![0];
      const row: (Report | null)[] = [];
      for (const [slot, report] of group) {
        const index = (slot - first) / FINEST.everyS;
        while (row.length < index) row.push(null);
        row.push(report);
      }
      return [`${first}:${this.#options.id}`, row] as const;
    });
  }
}

function expiryOf(slot: number): number {
  return (slot + FINEST.keptS) * 1000;
}
