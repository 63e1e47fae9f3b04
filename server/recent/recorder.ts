import type { ServerStatus } from '../memcache/store.ts';
import type { Json } from '../storage/storage.ts';
import type { DraftOf, KeyedTable, Tables } from '../storage/tables.ts';
import { BEGAN, going, type RecentEvent, type RecentEvents } from './events.ts';
import { serverName, splitServer, type Figures, type Seen, type ServerFigures } from './figures.ts';
import { COARSEST, FINEST, floorTo, inSeconds, MINUTES, timeIn, type Level } from './levels.ts';
import { LiveSessions, type CountedContainer, type SliceRow } from './live-sessions.ts';
import type { Past, ReportRow } from './past.ts';

/** A process that uses the tree now, as it signed. */
export interface Present {
  readonly id: string;
  readonly pid: number;
  readonly isServing: boolean;
  /** When it signed last, in milliseconds since 1970. */
  readonly signedMs: number;
}

/** What the recorder looks at beside what processes report: the tree knows where it is. */
export interface Sights {
  /** The servers of each store that there is, asked now, by the store's subject; nothing of one that cannot be asked. */
  servers(): Promise<Stores>;
  containers(): Promise<readonly CountedContainer[]>;
}

export type Stores = ReadonlyMap<string, readonly ServerStatus[] | undefined>;

interface RecorderOptions {
  readonly tables: Tables;
  readonly sights: Sights;
  readonly events: RecentEvents;
  readonly past: Past;
  readonly heartbeatS: number;
}

/** So much of the past is made coarser at once. */
const MOST_AT_ONCE = 20;
const LATENESS_S = 5;

/** What one of the processes does for all: asks servers, counts sessions, notes what happened, makes the past coarser. */
export class Recorder {
  readonly #options: RecorderOptions;
  readonly #live: LiveSessions;
  readonly #servers = new Map<string, ServerStatus>();
  readonly #coarser: readonly Coarser[];

  constructor(options: RecorderOptions) {
    const { tables, past, heartbeatS } = options;
    this.#options = options;
    // By then whoever was there has reported, also one that was a little late.
    const settledS = 2 * heartbeatS + LATENESS_S;
    this.#live = new LiveSessions(tables.keyed<SliceRow>('recent sessions'), settledS);
    this.#coarser = [
      new Coarser(past, tables.keyed<Figures>(MINUTES.name), FINEST, MINUTES, settledS),
      new Coarser(
        past,
        tables.keyed<Figures>(COARSEST.name),
        MINUTES,
        COARSEST,
        settledS + heartbeatS + MINUTES.everyS,
      ),
    ];
  }

  /** Looks at everything; `now` in seconds since 1970. `before` is who was there ten seconds ago. */
  async look(now: number, there: readonly Present[], before: readonly Present[]): Promise<Seen> {
    const { sights, events } = this.#options;
    const [stores, containers, told] = await Promise.all([sights.servers(), sights.containers(), events.all()]);
    if (!told.has(BEGAN)) events.note(BEGAN, { kind: 'began', at: floorTo(FINEST.everyS, now) - FINEST.everyS });
    const lost = await this.#noteLost(there, before, told, now);
    const seen: Seen = {
      // Whoever began meanwhile has reported what it knows, and whoever ended in good order, too.
      there: [...new Set([...before.map(({ id }) => id), ...lost])],
      sessions: await this.#live.countAll(containers, now),
      servers: this.#noteServers(stores, told, now),
    };
    for (const each of this.#coarser) await each.go(now);
    return seen;
  }

  /** Makes coarser what there is, also what is not whole yet: at an orderly end. */
  async finish(now: number): Promise<void> {
    for (const each of this.#coarser) await each.go(now, true);
  }

  /** Inside a step; what it gives is to be called once that is committed. */
  write(draftOf: DraftOf): () => void {
    const written = this.#coarser.map((each) => each.write(draftOf));
    return () => written.forEach((each) => each());
  }

  #noteServers(stores: Stores, told: Told, now: number) {
    this.#noteTakenOut(stores, told, now);
    const figures: Record<string, ServerFigures> = {};
    for (const [subject, statuses = []] of stores) {
      for (const status of statuses) {
        const server = serverName(subject, status.address);
        const before = this.#servers.get(server);
        figures[server] = figuresOf(status, before);
        this.#noteOutage(server, status, told, now);
        this.#noteRestart(server, status, before);
        // What it counted last is known while it is down.
        this.#servers.set(server, status.up || before === undefined ? status : { ...before, up: false });
      }
    }
    return figures;
  }

  /** Nobody waits any longer for what was taken out of its store, or went with it. */
  #noteTakenOut(stores: Stores, told: Told, now: number): void {
    for (const [name, event] of told)
      if (event.kind === 'down' && event.until === undefined && isTakenOut(event.server, stores))
        this.#options.events.note(name, { ...event, until: now });
  }

  /** Another recorder may have seen it go down. */
  #noteOutage(server: string, { up, downSince }: ServerStatus, told: Told, now: number): void {
    const open = [...told].find(([, event]) => event.kind === 'down' && event.server === server && !event.until);
    if (up && open !== undefined) this.#options.events.note(open[0], { ...open[1], until: now });
    if (up || open !== undefined) return;
    const at = downSince === null ? now : inSeconds(downSince);
    this.#options.events.note(`down ${server} ${at}`, { kind: 'down', at, server });
  }

  #noteRestart(server: string, status: ServerStatus, before: ServerStatus | undefined): void {
    if (before === undefined || !isRestarted(status, before)) return;
    const at = inSeconds(status.restartedAt!);
    this.#options.events.note(`restarted ${server} ${at}`, { kind: 'restarted', at, server });
  }

  /**
   * Whoever is gone and did not say that it ends was killed, or lost its machine. Gives those that may have counted in these
   * ten seconds.
   */
  async #noteLost(
    there: readonly Present[],
    before: readonly Present[],
    told: Told,
    now: number,
  ): Promise<readonly string[]> {
    const lately: string[] = [];
    for (const [name, event] of told) {
      if (event.kind !== 'process') continue;
      const id = name.split(' ')[1]!;
      const isThere = there.some((each) => each.id === id);
      // It was held up, and goes on.
      if (isThere && event.isLost === true) this.#options.events.note(name, going(event));
      if (isThere || event.until !== undefined) continue;
      const until = Math.max(event.at, await this.#lastSign(id, before, event.at, now));
      this.#options.events.note(name, { ...event, until, isLost: true });
      if (until >= floorTo(FINEST.everyS, now) - 2 * FINEST.everyS) lately.push(id);
    }
    return lately;
  }

  /** When a process that is gone was there last, as far as that is known. */
  async #lastSign(id: string, before: readonly Present[], from: number, now: number): Promise<number> {
    const seen = before.find((each) => each.id === id);
    if (seen !== undefined) return inSeconds(seen.signedMs);
    const { past } = this.#options;
    const rows = await past.rows<ReportRow>(FINEST, now - FINEST.keptS, now);
    const last = rows.findLast(([key]) => key.endsWith(`:${id}`));
    if (last !== undefined) return timeIn(last[0]) + last[1].length * FINEST.everyS;
    const [newest] = (await past.rows(COARSEST, from, now)).at(-1) ?? [];
    return newest === undefined ? from : timeIn(newest);
  }
}

type Told = ReadonlyMap<string, RecentEvent>;

/** What cannot be asked just now may still be there. */
function isTakenOut(server: string, stores: Stores): boolean {
  const { subject, address } = splitServer(server);
  if (!stores.has(subject)) return true;
  return stores.get(subject)?.every((status) => status.address !== address) ?? false;
}

function isRestarted({ restartedAt = null }: ServerStatus, before: ServerStatus): boolean {
  return restartedAt !== null && restartedAt !== before.restartedAt;
}

/** What a server did since it was asked before. */
function figuresOf(status: ServerStatus, before: ServerStatus | undefined): ServerFigures {
  const { up, bytes, limitBytes } = status;
  if (!up) return [1, 0, 0, 0, 0, 0, 0, null, null];
  const rises = (['hits', 'misses', 'evictions', 'refusals'] as const).map((name) => {
    const [earlier, later] = [before?.[name] ?? null, status[name]];
    return earlier === null || later === null || later < earlier ? null : later - earlier;
  });
  const isSame = before?.up === true && !status.isSeveral && !isRestarted(status, before);
  const isRated = isSame && rises.every((rise) => rise !== null);
  if (!isRated) return [1, 1, 0, 0, 0, 0, 0, bytes, limitBytes];
  const [hits = 0, misses = 0, evictions = 0, refusals = 0] = rises as number[];
  return [1, 1, 1, hits + misses, misses, evictions, refusals, bytes, limitBytes];
}

/** Makes one level of another, stretch by stretch. */
class Coarser {
  readonly #past: Past;
  readonly #table: KeyedTable<Figures>;
  readonly #from: Level;
  readonly #to: Level;
  readonly #settledS: number;
  readonly #pending = new Map<number, Figures>();
  #next: number | undefined;

  constructor(past: Past, table: KeyedTable<Figures>, from: Level, to: Level, settledS: number) {
    this.#past = past;
    this.#table = table;
    this.#from = from;
    this.#to = to;
    this.#settledS = settledS;
  }

  async go(now: number, isLast = false): Promise<void> {
    const { everyS } = this.#to;
    this.#next ??= await this.#begin(now);
    const end = isLast ? now : Math.min(now - this.#settledS, this.#next + MOST_AT_ONCE * everyS);
    const until = isLast ? end : floorTo(everyS, end);
    if (until <= this.#next) return;
    for (const [start, figures] of await this.#past.folded(this.#from, this.#to, this.#next, until))
      this.#pending.set(start, figures);
    this.#next = until;
  }

  write(draftOf: DraftOf): () => void {
    const draft = draftOf(this.#table);
    const { keptS } = this.#to;
    const rows = [...this.#pending];
    for (const [start, figures] of rows) draft.set(String(start), figures as Json as Figures, (start + keptS) * 1000);
    return () => {
      for (const [start, figures] of rows) if (this.#pending.get(start) === figures) this.#pending.delete(start);
    };
  }

  /**
   * Goes on where the newest stretch begins that there is: it may not be whole. Nor may those that the recorder before made at
   * its end, when others had not reported yet.
   */
  async #begin(now: number): Promise<number> {
    const oldest = now - this.#from.keptS;
    const newest = (await this.#past.rows(this.#to, oldest, now)).at(-1)?.[0];
    const unsure = newest === undefined ? oldest : Math.min(timeIn(newest), now - this.#settledS);
    return floorTo(this.#to.everyS, Math.max(oldest, unsure));
  }
}
