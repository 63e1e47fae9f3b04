import type { DraftOf, SmallTable } from '../storage/tables.ts';

/** The key of the number that all sessions of a user are under, whichever container they are in. */
export function generationOfUser(name: string): string {
  return `user ${name}`;
}

/**
 * Numbers that end what was made under a lower one: sessions, cached pages. They are outside revisions, undo, copy and
 * export.
 */
export class Generations {
  readonly #numbers: SmallTable<number>;

  constructor(numbers: SmallTable<number>) {
    this.#numbers = numbers;
  }

  of(key: string): number {
    return this.#numbers.get(key) ?? 0;
  }

  /** As a part of a step in which other tables are written: every process sees it at its next request. */
  raiseIn(draftOf: DraftOf, ...keys: readonly string[]): void {
    const numbers = draftOf(this.#numbers);
    for (const key of keys) numbers.set(key, (numbers.get(key) ?? 0) + 1);
  }

  /** The same in a step of their own. */
  raise(...keys: readonly string[]): Promise<void> {
    return this.#numbers.update((_, draftOf) => this.raiseIn(draftOf, ...keys));
  }
}
