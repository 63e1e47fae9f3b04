import { randomBytes, randomUUID } from 'node:crypto';
import { wallClock, type Clock } from '../base/clock.ts';
import { clockWords, isClockOff, SET_CLOCKS } from '../base/clock-words.ts';
import { Problem, Unavailable } from '../base/errors.ts';
import { ServerRefused, ServerUnreachable } from '../memcache/errors.ts';
import { LocalStore } from '../memcache/local-store.ts';
import { fullWords, sameWords, severalWords } from '../memcache/server-words.ts';
import type { ServerCopy, Store } from '../memcache/store.ts';
import { nextVersion } from '../memcache/version.ts';

/** One step of the way, done or not, in words. */
interface Step {
  readonly what: string;
  readonly detail: string;
  readonly tookMs: number;
  readonly isDone: boolean;
}

/** How the way to a store and back went. `warn`: it works, and there is something to mend. */
export interface RoundTrip {
  readonly state: 'ok' | 'warn' | 'down';
  /** That it works, or what does not and what to do. */
  readonly text: string;
  readonly steps: readonly Step[];
}

/** memcached's clock counts whole seconds and may lag. */
const GRAIN_S = 3;

/** Puts a probe where a session would go, asks each server for it over another connection, and takes it away. */
export async function roundTrip(store: Store, ttlS: number, clock: Clock = wallClock): Promise<RoundTrip> {
  const probe = new Probe(store, ttlS);
  try {
    await probe.step('Wrote a probe', () => probe.write());
    await probe.step('Read it back', () => probe.read());
    if (probe.holders.length > 0) await probe.step('Time to live', async () => probe.lifetime());
    await probe.step('Deleted it', () => probe.delete());
    const doubts = await probe.doubts(clock());
    const verdict = doubts === undefined ? probe.verdict() : ({ state: 'warn', text: doubts } as const);
    return { ...verdict, steps: probe.steps };
  } catch (error) {
    if (!(error instanceof Problem)) throw error;
    // Where that fails too, the probe ends by itself.
    await probe.delete().catch(() => undefined);
    return { state: 'down', text: `${error.message}${remedyFor(error)}`, steps: probe.steps };
  }
}

type Holder = ServerCopy & { readonly value: Buffer };

class Probe {
  readonly steps: Step[] = [];
  holders: readonly Holder[] = [];
  readonly #store: Store;
  readonly #ttlS: number;
  readonly #key = `probe-${randomUUID()}`;
  readonly #value = Buffer.concat([nextVersion(), randomBytes(32)]);
  #silent: readonly ServerUnreachable[] = [];

  constructor(store: Store, ttlS: number) {
    this.#store = store;
    this.#ttlS = ttlS;
  }

  async step(what: string, act: () => Promise<string>): Promise<void> {
    const begun = performance.now();
    const took = () => Math.round((performance.now() - begun) * 10) / 10;
    try {
      const detail = await act();
      this.steps.push({ what, detail, tookMs: took(), isDone: true });
    } catch (error) {
      this.steps.push({ what, detail: 'failed', tookMs: took(), isDone: false });
      throw error;
    }
  }

  async write(): Promise<string> {
    await this.#store.add(this.#key, this.#value, this.#ttlS);
    return this.#places.length > 0 ? `to ${inWords(this.#places)}` : this.#isHere ? 'in this process' : '';
  }

  async read(): Promise<string> {
    const copies = (await this.#store.copiesOf?.(this.#key)) ?? [];
    this.holders = copies.filter((each): each is Holder => each.value !== undefined);
    this.#silent = copies.flatMap(({ unreachable }) => unreachable ?? []);
    if (this.#silent.length === copies.length) return this.#readAgain();
    if (this.holders.length === 0) throw await this.#lost();
    const other = this.holders.find(({ value }) => !value.equals(this.#value));
    if (other !== undefined) throw new Unavailable(`${other.address} has another value than was written. ${CHANGED}`);
    return `on another connection, from ${inWords(this.holders.map(({ address }) => address))}`;
  }

  lifetime(): string {
    const isWrong = ({ ttlS = null }: Holder) => ttlS === null || Math.abs(ttlS - this.#ttlS) > GRAIN_S;
    const wrong = this.holders.find(isWrong);
    if (wrong === undefined) return `${this.#ttlS.toLocaleString('en')} s, as set`;
    const ttl = wrong.ttlS === null ? 'for ever' : `for ${wrong.ttlS} s`;
    throw new Unavailable(
      `${wrong.address} would keep it ${ttl} instead of ${this.#ttlS} s. Compare its clock with this server’s.`,
    );
  }

  async delete(): Promise<string> {
    await this.#store.delete(this.#key);
    return '';
  }

  /** What is wrong with the servers though the probe came back: where they lead, whether they are full, and what time it is there. */
  async doubts(now: number): Promise<string | undefined> {
    const statuses = await this.#store.servers();
    const several = statuses.find(({ isSeveral }) => isSeveral === true);
    if (several !== undefined) return severalWords(several.address);
    const twin = statuses.find(({ sameAs }) => sameAs);
    if (twin?.sameAs) return `Works, but ${sameWords(twin.address, twin.sameAs)}`;
    const full = statuses.find(({ refusesNow }) => refusesNow === true);
    if (full !== undefined) return `Works for the probe, but ${fullWords(full.address)}`;
    const off = statuses.find(({ clockDifferenceS }) => isClockOff(clockDifferenceS));
    if (off === undefined) return undefined;
    return `Works, but ${clockWords(off.address, off.clockDifferenceS, now)}: sessions may end early or late. ${SET_CLOCKS}`;
  }

  verdict(): Pick<RoundTrip, 'state' | 'text'> {
    if (this.#isHere) return { state: 'ok', text: HERE };
    const [held, wanted] = [this.holders.length, this.#places.length];
    if (held === 0 || held >= wanted) return { state: 'ok', text: 'Works.' };
    const why = this.#silent.map(({ address, reason }) => `${address} ${reason.clause}`);
    const missing = why.length > 0 ? why.join('; ') : 'the others did not keep theirs';
    return { state: 'warn', text: `Works, with ${held} of ${wanted} copies: ${missing}.` };
  }

  /** What is there over one connection and not over another is on one of several servers. */
  async #lost(): Promise<Unavailable> {
    const places = inWords(this.#places);
    const item = await this.#store.get(this.#key);
    if (item?.value.equals(this.#value) === true) return new Unavailable(severalWords(places));
    return new Unavailable(`${places} took the probe and lost it. ${LOST}`);
  }

  /** No server can be asked by itself: the store is asked the way it is asked for sessions. */
  async #readAgain(): Promise<string> {
    const item = await this.#store.get(this.#key);
    if (item === undefined) throw new Unavailable(`The probe was taken and lost. ${LOST}`);
    if (!item.value.equals(this.#value)) throw new Unavailable(`There is another value than was written. ${CHANGED}`);
    const [silent] = this.#silent;
    return silent === undefined ? '' : `on the same connection: ${silent.address} ${silent.reason.clause}`;
  }

  get #isHere(): boolean {
    return this.#store instanceof LocalStore;
  }

  get #places(): readonly string[] {
    return this.#store.placesOf(this.#key);
  }
}

const HERE = 'Works. Sessions are in this process: they end when it does, and no other process sees them.';
const LOST =
  'Memory is full, or another program deletes what is there: give it more memory (-m), and start it with -M.';
const CHANGED = 'Another program writes there: give this installation a key prefix of its own.';

function remedyFor(error: Problem): string {
  if (error instanceof ServerRefused && error.isFull) return ' Give it more memory (-m).';
  if (error instanceof ServerUnreachable) return ' Start it, or mend the servers of the proxy.';
  return '';
}

function inWords(names: readonly string[]): string {
  return new Intl.ListFormat('en').format(names);
}
