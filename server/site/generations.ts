import { RememberedTable } from '../storage/remembered-table.ts';
import type { Storage } from '../storage/storage.ts';

/** The key of the number that all sessions of a user are under, whichever container they are in. */
export function generationOfUser(name: string): string {
  return `user ${name}`;
}

/**
 * Numbers that end what was made under a lower one: sessions, kept answers. They are outside revisions, undo, copy and
 * export.
 */
export class Generations {
  readonly #numbers: RememberedTable<number>;

  constructor(storage: Storage) {
    this.#numbers = new RememberedTable(storage, 'generations');
  }

  of(key: string): number {
    return this.#numbers.get(key) ?? 0;
  }

  /** As a part of a step in which other tables are written: every process sees it at its next request. */
  raise(key: string): void {
    this.#numbers.table.update(key, (number) => (number ?? 0) + 1);
  }

  /** The same of several in a step of their own. It waits for other processes without holding up this one. */
  raiseWhenFree(...keys: readonly string[]): Promise<void> {
    return this.#numbers.table.whenFree(() => keys.forEach((key) => this.raise(key)));
  }
}
