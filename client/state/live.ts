import type { ReactiveController, ReactiveControllerHost } from 'lit';
import { KINDS, type Kind } from '../../schema/live.ts';

type Follower = (kinds: ReadonlySet<Kind>) => void;

const followers = new Set<Follower>();

/** Something on the server is not as it was. */
export function tellChanges(kinds: Iterable<Kind>): void {
  const told = new Set(kinds);
  for (const follower of followers) follower(told);
}

/** What was missed nobody knows: everything may be otherwise. */
export function tellAnyChange(): void {
  tellChanges(KINDS);
}

/**
 * Looks again when something of these kinds changed on the server, while its element is on a page that is looked at. What
 * changes during a look leads to one more after it.
 */
export class Live implements ReactiveController {
  readonly #kinds: readonly Kind[];
  readonly #look: () => unknown;
  #isDue = false;
  #isLooking = false;

  constructor(host: ReactiveControllerHost, kinds: readonly Kind[], look: () => unknown) {
    this.#kinds = kinds;
    this.#look = look;
    host.addController(this);
  }

  hostConnected(): void {
    followers.add(this.#hear);
  }

  hostDisconnected(): void {
    followers.delete(this.#hear);
    this.#isDue = false;
  }

  readonly #hear: Follower = (kinds) => {
    if (!this.#kinds.some((kind) => kinds.has(kind))) return;
    this.#isDue = true;
    if (!this.#isLooking) void this.#lookUntilDone();
  };

  async #lookUntilDone(): Promise<void> {
    this.#isLooking = true;
    while (this.#isDue) {
      this.#isDue = false;
      // What fails is shown where it was asked for.
      await Promise.try(this.#look).catch(() => undefined);
    }
    this.#isLooking = false;
  }
}
