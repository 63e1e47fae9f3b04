import { Background } from '../base/background.ts';
import { openLog } from '../base/log.ts';
import type { ServerStatus } from '../memcache/store.ts';
import { MemoryStorage } from '../storage/memory/memory-storage.ts';
import type { Tables } from '../storage/tables.ts';
import { CountMeter } from './count-meter.ts';
import type { CountedContainer } from './live-sessions.ts';
import type { Present, Stores } from './recorder.ts';
import { Recording } from './recording.ts';

export const SLOT_S = 10;
const HEARTBEAT_S = 20;

/** Processes that record into one storage, and a clock that is moved by hand. */
export class RecordingWorld {
  readonly tables: Tables = new MemoryStorage({ clock: () => this.now * 1000 }).tables;
  readonly there: { -readonly [K in keyof Present]: Present[K] }[] = [];
  readonly #log = openLog('silent');
  /** In seconds; on a full ten minutes. */
  now: number;
  containers: readonly CountedContainer[] = [];
  servers = new Map<string, readonly ServerStatus[] | undefined>() satisfies Stores;

  constructor(now = Math.floor(Date.now() / 600_000) * 600) {
    this.now = now;
  }

  start(id: string, isServing = true): TestedProcess {
    const present = { id, pid: this.there.length + 1, isServing, signedMs: this.now * 1000 };
    this.there.push(present);
    const recording = new Recording({
      tables: this.tables,
      id,
      there: async () => this.there.map((each) => ({ ...each })),
      isServing,
      clock: () => this.now * 1000,
      background: new Background(this.#log),
      heartbeatS: HEARTBEAT_S,
    });
    if (isServing) recording.look({ servers: async () => this.servers, containers: async () => this.containers });
    return new TestedProcess(this, present, recording);
  }

  /** Ten seconds pass for everybody; every second time they send their heartbeats. */
  async pass(slots: number, ...processes: readonly TestedProcess[]): Promise<void> {
    for (let slot = 0; slot < slots; slot++) {
      this.now += SLOT_S;
      for (const { recording } of processes) await recording.tick();
      if (this.now % HEARTBEAT_S === 0) for (const each of processes) await each.beat();
    }
  }
}

/** One of them, with a subject that is counted. */
export class TestedProcess {
  readonly recording: Recording;
  readonly counts = { requests: 0 };
  readonly #world: RecordingWorld;
  readonly #present: RecordingWorld['there'][number];

  constructor(world: RecordingWorld, present: RecordingWorld['there'][number], recording: Recording) {
    this.recording = recording;
    this.#world = world;
    this.#present = present;
    recording.follow(new CountMeter('7', () => [this.counts.requests]));
  }

  async beat(): Promise<void> {
    const written = await this.#world.tables.keyed('processes').update((_, draftOf) => this.recording.write(draftOf));
    written();
    this.#present.signedMs = this.#world.now * 1000;
  }

  /** SIGKILL: nothing more is written, and the others notice some heartbeats later. */
  isForgotten(): void {
    this.#world.there.splice(this.#world.there.indexOf(this.#present), 1);
  }

  async end(): Promise<void> {
    await this.recording.close();
    this.isForgotten();
  }
}

export function statusOf(address: string, figures: Partial<ServerStatus> = {}): ServerStatus {
  const counted = { hits: 0, misses: 0, evictions: 0, refusals: 0, bytes: 1_000, limitBytes: 64_000, uptimeS: 100 };
  const rest = { latencyMs: 1, version: '1.6', items: 0, evicts: true, connections: 1, clockDifferenceS: 0 };
  return { address, up: true, ...rest, ...counted, error: null, downSince: null, ...figures };
}
