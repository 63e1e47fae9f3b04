import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import type { Background } from '../base/background.ts';
import type { Clock } from '../base/clock.ts';
import { clockWords, isClockOff, SET_CLOCKS } from '../base/clock-words.ts';
import type { Log } from '../base/log.ts';
import type { Present } from '../recent/recorder.ts';
import { FIRST_SIGNED_FORMAT, newestFormat } from '../sessions/record/record-format.ts';
import type { DraftOf, TableEntries, KeyedTable, SmallTable } from '../storage/tables.ts';

/** What a process signs with. It may grow: what another version does not sign is missing. */
export type Signature = {
  readonly pid: number;
  /** Which start of the machine `monotonicMs` counts from, where that is known. */
  readonly boot: string;
  /** When it signed, by the clock that all processes of a machine share, which nobody sets. */
  readonly monotonicMs: number;
  /** The same moment by its wall clock, in milliseconds since 1970. */
  readonly wallMs: number;
  /** How often it signs. Whoever does not sign it is taken to sign as often as we do. */
  readonly heartbeatMs?: number;
  /** The newest format of session records that it reads. Whoever does not sign it reads none after the first. */
  readonly recordFormat?: number;
};

/** A version that knew no signatures signed with the time alone. */
type Signed = Signature | number;

interface ProcessesOptions {
  readonly table: KeyedTable<Signed>;
  /** Where the processes sign that use the folder in another way. */
  readonly elsewhere: KeyedTable<Signed>;
  /** The newest format of session records that each of both kinds reads: to be known at once. */
  readonly formats: SmallTable<number>;
  readonly clock: Clock;
  readonly monotonicClock?: Clock;
  readonly background: Background;
  readonly log: Pick<Log, 'warn'>;
  /** How often a process signs. */
  readonly heartbeatMs: number;
}

/** Another process, and how far its clock is ahead of ours. */
export interface OtherClock {
  readonly pid: number;
  readonly aheadS: number;
}

/** Writes in the step of a heartbeat; what it gives is called once that is committed. */
type Part = (draftOf: DraftOf) => () => void;

/** For so many of its heartbeats a process counts after it signed. */
const HEARTBEATS_COUNTED = 3;
/** The table in which processes sign that serve the tree. */
const SERVING = 'processes';
/** A signature is kept for longer than it counts: by a clock that is off, it would be over too soon. */
const KEPT_MS = 24 * 60 * 60 * 1000;

/** Which processes serve one data folder right now: each signs in a table, and is forgotten a while after it stopped. */
export class Processes {
  readonly #options: ProcessesOptions;
  readonly #monotonicClock: Clock;
  readonly #boot = bootId();
  readonly #id = randomUUID();
  readonly #parts: Part[] = [];
  readonly #told = new Set<number>();
  /** Those of processes of older versions, which only sign, as of our last heartbeat. */
  #formatsSigned: readonly number[] = [];

  constructor(options: ProcessesOptions) {
    this.#options = options;
    this.#monotonicClock = options.monotonicClock ?? (() => Number(process.hrtime.bigint() / 1_000_000n));
    const task = 'note in the data file that this process serves it';
    options.background.every(options.heartbeatMs, task, () => this.sign());
  }

  /** By which the processes of a folder are told apart. */
  get id(): string {
    return shortOf(this.#id);
  }

  /** From now on a heartbeat writes this, too: one commit for all that a process says of itself. */
  add(part: Part): void {
    this.#parts.push(part);
  }

  /** Everybody who uses the folder now, this process first. */
  async there(): Promise<readonly Present[]> {
    const { table, elsewhere, clock } = this.#options;
    const [here, there] = await Promise.all([this.#others(table), this.#others(elsewhere)]);
    const isServing = table.name === SERVING;
    const own = { id: this.id, pid: process.pid, isServing, signedMs: clock() };
    return [own, ...here.map((each) => present(each, isServing)), ...there.map((each) => present(each, !isServing))];
  }

  /** Whether another process serves the same tree, as far as can be told. */
  async hasOthers(): Promise<boolean> {
    return (await this.#others(this.#options.table)).length > 0;
  }

  /** The newest format of session records that every process reads, serving or not: nobody may write a newer one yet. */
  newestRecordFormat(): number {
    const others = this.#options.formats.entries().filter(([id]) => id !== this.#id);
    return Math.min(newestFormat(), ...others.map(([, format]) => format), ...this.#formatsSigned);
  }

  /** Processes, serving or not, whose wall clock is too far from ours. Both are held against the clock that they share. */
  async clocksThatAreOff(): Promise<readonly OtherClock[]> {
    const { clock } = this.#options;
    const ourOffset = clock() - this.#monotonicClock();
    return (await this.#allOthers()).flatMap(([, signed]) => {
      if (typeof signed === 'number' || signed.boot !== this.#boot) return [];
      const aheadS = Math.round((signed.wallMs - signed.monotonicMs - ourOffset) / 1000);
      return isClockOff(aheadS) ? [{ pid: signed.pid, aheadS }] : [];
    });
  }

  /** A heartbeat: says that this process is there, and looks who else is. */
  async sign(): Promise<void> {
    const { table, elsewhere, formats, clock, heartbeatMs } = this.#options;
    const wallMs = clock();
    const signature: Signature = {
      pid: process.pid,
      boot: this.#boot,
      monotonicMs: this.#monotonicClock(),
      wallMs,
      heartbeatMs,
      recordFormat: newestFormat(),
    };
    const written = await table.update((signed, draftOf) => {
      signed.set(this.#id, signature, wallMs + KEPT_MS);
      for (const [id, each] of signed.entries()) if (!this.#isThere(each)) signed.delete(id);
      const noted = draftOf(formats);
      if (noted.get(this.#id) !== newestFormat()) noted.set(this.#id, newestFormat());
      const isSigned = (id: string) => signed.get(id) !== undefined || draftOf(elsewhere).get(id) !== undefined;
      for (const [id] of noted.entries()) if (!isSigned(id)) noted.delete(id);
      return this.#parts.map((part) => part(draftOf));
    });
    for (const each of written) each();
    const others = await this.#allOthers();
    this.#formatsSigned = others.filter(([id]) => formats.get(id) === undefined).map(([, each]) => formatIn(each));
    await this.#tellOfClocks();
  }

  /** Signs off. Where that cannot be written, the others forget this process a while later. */
  async close(): Promise<void> {
    const { table, formats, log, heartbeatMs } = this.#options;
    try {
      await table.update((signed, draftOf) => {
        signed.delete(this.#id);
        draftOf(formats).delete(this.#id);
      });
    } catch (error) {
      const forS = (HEARTBEATS_COUNTED * heartbeatMs) / 1000;
      const words = `Could not note in the data file that this process ends: it counts for up to ${forS} s more`;
      log.warn({ err: error }, words);
    }
  }

  async #allOthers(): Promise<TableEntries<Signed>> {
    const { table, elsewhere } = this.#options;
    return [...(await this.#others(table)), ...(await this.#others(elsewhere))];
  }

  async #others(table: KeyedTable<Signed>): Promise<TableEntries<Signed>> {
    return (await table.entries()).filter(([id, signed]) => id !== this.#id && this.#isThere(signed));
  }

  /** Whether a process has signed lately: by the shared clock, where it is one. */
  #isThere(signed: Signed): boolean {
    if (typeof signed === 'number') return true;
    const { clock, heartbeatMs } = this.#options;
    const isShared = signed.boot === this.#boot;
    const ageMs = isShared ? this.#monotonicClock() - signed.monotonicMs : Math.abs(clock() - signed.wallMs);
    return ageMs < HEARTBEATS_COUNTED * (signed.heartbeatMs ?? heartbeatMs);
  }

  async #tellOfClocks(): Promise<void> {
    const { clock, log } = this.#options;
    const off = await this.clocksThatAreOff();
    for (const { pid, aheadS } of off) {
      const words = `${clockWords(`Process ${pid}`, aheadS, clock(), 'this one')}. ${SET_CLOCKS}`;
      if (!this.#told.has(pid)) log.warn({ process: pid, aheadS }, words);
    }
    this.#told.clear();
    for (const { pid } of off) this.#told.add(pid);
  }
}

function present([id, signed]: readonly [string, Signed], isServing: boolean): Present {
  const { pid, wallMs } = typeof signed === 'number' ? { pid: 0, wallMs: signed } : signed;
  return { id: shortOf(id), pid, isServing, signedMs: wallMs };
}

function shortOf(id: string): string {
  return id.slice(0, 8);
}

function formatIn(signed: Signed): number {
  return (typeof signed === 'number' ? undefined : signed.recordFormat) ?? FIRST_SIGNED_FORMAT;
}

/** Names the start of the machine; empty where the system has no such name. */
function bootId(): string {
  try {
    return readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim();
  } catch {
    return '';
  }
}
