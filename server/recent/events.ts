import type { Draft, DraftOf, KeyedTable } from '../storage/tables.ts';
import { COARSEST } from './levels.ts';

/** Something that happened beside what is counted. Times are in seconds since 1970; without `until` it goes on. */
export type RecentEvent =
  | { readonly kind: 'began'; readonly at: number; readonly until?: number }
  /** A server did not answer. */
  | { readonly kind: 'down'; readonly at: number; readonly until?: number; readonly server: string }
  /** A server was started. */
  | { readonly kind: 'restarted'; readonly at: number; readonly until?: number; readonly server: string }
  /** A process ran, and how it ended. */
  | {
      readonly kind: 'process';
      readonly at: number;
      readonly until?: number;
      readonly pid: number;
      readonly isServing: boolean;
      readonly isLost?: boolean;
    };

type ProcessEvent = RecentEvent & { readonly kind: 'process' };

/** The same while it goes on: how it ended is not known, whatever was taken for its end. */
export function going({ kind, at, pid, isServing }: ProcessEvent): ProcessEvent {
  return { kind, at, pid, isServing };
}

export const BEGAN = 'began';

/** A server that flaps, or a process that fails at its start, fills no table: the oldest rows leave. */
const MOST = 2_000;

/** What happened, as it is kept. */
export class RecentEvents {
  readonly #table: KeyedTable<RecentEvent>;
  readonly #pending = new Map<string, RecentEvent>();

  constructor(table: KeyedTable<RecentEvent>) {
    this.#table = table;
  }

  /** Keeps it with the next commit, under a name by which it may be told again once more is known of it. */
  note(name: string, event: RecentEvent): void {
    this.#pending.set(name, event);
  }

  async all(): Promise<ReadonlyMap<string, RecentEvent>> {
    return new Map([...(await this.#table.entries()), ...this.#pending]);
  }

  /** Inside a step; gives what it wrote. */
  write(draftOf: DraftOf): readonly RecentEvent[] {
    const draft = draftOf(this.#table);
    for (const [name, event] of this.#pending) {
      if (event.kind === BEGAN) draft.add(name, event);
      else draft.set(name, event, (event.at + COARSEST.keptS) * 1000);
    }
    if (this.#pending.size > 0) dropOldest(draft);
    return [...this.#pending.values()];
  }

  written(events: readonly RecentEvent[]): void {
    for (const [name, event] of this.#pending) if (events.includes(event)) this.#pending.delete(name);
  }
}

function dropOldest(draft: Draft<RecentEvent>): void {
  const others = draft.entries().filter(([, { kind }]) => kind !== BEGAN);
  const oldest = others.toSorted(([, one], [, other]) => one.at - other.at).slice(0, Math.max(0, others.length - MOST));
  for (const [name] of oldest) draft.delete(name);
}
