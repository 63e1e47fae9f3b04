import { BoundedMap } from '../../base/bounded-map.ts';
import type { Header } from './record-format.ts';

/** Of the sessions that this process knows, those that are lost. */
export interface Losses {
  readonly lost: number;
  /** The lost ones are among them. */
  readonly known: number;
}

/** So many that were used last are remembered for sure, and up to twice as many. */
const REMEMBERED = 5_000;
const MOST_LOST = 10_000;

/**
 * The sessions of one container that this process read or wrote, by their keys, with their headers as it last saw them. A
 * session is lost that could still live by its times, was not ended, and is found nowhere.
 */
export class KnownSessions {
  readonly #headers = new BoundedMap<string, Header>(REMEMBERED);
  /** Those that were lost, and until when each could have lived, in milliseconds since 1970. */
  #lost: { readonly key: string; readonly until: number }[] = [];
  /** The same of those in whose place no other one was seen. */
  readonly #missed = new BoundedMap<string, number>(REMEMBERED);

  /** As it was last seen. */
  find(key: string): Header | undefined {
    return this.#headers.get(key);
  }

  /** It is there. */
  see(key: string, header: Header): void {
    this.#headers.set(key, header);
    this.#missed.delete(key);
  }

  /** It was ended, or is over. */
  forget(key: string): void {
    this.#headers.delete(key);
  }

  lose(key: string, until: number): void {
    this.forget(key);
    if (this.#lost.length === MOST_LOST) this.#lost.shift();
    this.#lost.push({ key, until });
    this.#missed.set(key, until);
  }

  /** Their keys, without those that are over by now. */
  keysOf(isLive: (key: string, header: Header) => boolean): readonly string[] {
    for (const [key, header] of this.#headers.entries()) if (!isLive(key, header)) this.forget(key);
    return this.#headers.keys();
  }

  /** The keys of the lost ones that could still live. */
  lostKeys(now: number): readonly string[] {
    this.#lost = this.#lost.filter(({ until }) => until > now);
    return this.#lost.map(({ key }) => key);
  }

  /** Whether it is lost and could still live, and no other one took its place. */
  isMissed(key: string, now: number): boolean {
    return (this.#missed.get(key) ?? -Infinity) > now;
  }
}
