import { Unavailable } from '../base/errors.ts';
import type { Store } from '../memcache/store.ts';
import type { SessionFinder } from './record/session-finder.ts';
import type { SessionRecords } from './record/records.ts';

const AT_ONCE = 100;
/** What could not be asked is asked again by whoever watches after so long. */
const AGAIN_MS = 5_000;
const LONGEST_MS = 10_000;
const NOTHING: ReadonlyMap<string, unknown> = new Map();

/**
 * Looks for the sessions that this process knows once a server was restarted or out of reach, for whoever watches what
 * becomes of them: in the background, one look for all, and none while nobody watches.
 */
export class LossWatch {
  readonly #store: Store;
  readonly #records: SessionRecords;
  readonly #finder: SessionFinder;
  #isLooking = false;
  /** The last trouble after which all that is known was looked for. */
  #settled = 0;
  #tried = { after: 0, at: -Infinity };

  constructor(store: Store, records: SessionRecords, finder: SessionFinder) {
    this.#store = store;
    this.#records = records;
    this.#finder = finder;
  }

  /** Somebody watches. */
  watch(): void {
    const after = this.#store.troubledAt ?? 0;
    if (this.#isLooking || after <= this.#settled) return;
    if (after === this.#tried.after && performance.now() - this.#tried.at < AGAIN_MS) return;
    this.#isLooking = true;
    this.#tried = { after, at: performance.now() };
    void this.#look().then((isWhole) => {
      this.#isLooking = false;
      if (isWhole) this.#settled = after;
    });
  }

  /** Whether all could be looked for. */
  async #look(): Promise<boolean> {
    const keys = this.#finder.knownKeys();
    const deadline = performance.now() + LONGEST_MS;
    let isWhole = true;
    for (let start = 0; start < keys.length; start += AT_ONCE) {
      if (performance.now() > deadline) return false;
      isWhole = (await this.#lookFor(keys.slice(start, start + AT_ONCE))) && isWhole;
    }
    return isWhole;
  }

  /** What is there is seen at one glance; what seems not to be is looked for as a request does. */
  async #lookFor(keys: readonly string[]): Promise<boolean> {
    // Where one server is out of reach nothing is found at one glance, though the others can be asked.
    const found = await this.#store.getMulti(keys, this.#records.checkFor).catch(() => NOTHING);
    const looks = keys.filter((key) => !found.has(key)).map((key) => this.#finder.recheck(key));
    // Whatever else it is, whoever needs one of these sessions is told of it.
    return !(await Promise.allSettled(looks)).some(
      (look) => look.status === 'rejected' && look.reason instanceof Unavailable,
    );
  }
}
