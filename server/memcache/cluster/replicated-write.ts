import type { ReplicatedItem } from './replicated-item.ts';
import type { Expiry } from '../expiry.ts';
import { errorOf } from './quorum-read.ts';
import type { ServerClient, ServerItem } from '../server/server-client.ts';
import type { Check, Outcome } from '../store.ts';
import { compareVersions, isMadeFrom, isRival } from '../version.ts';

export interface ReplicatedWriteOptions {
  readonly key: string;
  readonly value: Buffer;
  readonly expiry: Expiry;
  /** What was read; `undefined` to store only where nothing is. */
  readonly basis: ReplicatedItem | undefined;
  readonly check: Check | undefined;
  /** The servers that may hold the key, in the order of its places. */
  readonly reach: readonly ServerClient[];
  readonly replicas: number;
}

/** `disputed`: one server took the value and another holds one that was not made from the same basis. */
type Course = Outcome | 'disputed';

/** What a server was found to hold: our value, one made from it, what ours may replace, or what it may not. */
type Standing = 'ours' | 'built upon' | 'replaceable' | 'refused';

const ATTEMPTS = 5;

/**
 * One write to the first servers that can be reached, one after the other in the order of the key's places, each by
 * compare-and-set on the value that was read. What every one of them holds is known before the first is written to: a
 * value that could not go everywhere is not begun.
 */
export class ReplicatedWrite {
  readonly holders = new Set<ServerClient>();
  readonly #options: ReplicatedWriteOptions;
  /** What each server is known to hold; `undefined` for nothing. */
  readonly #present = new Map<ServerClient, ServerItem | undefined>();
  readonly #unreachable = new Map<ServerClient, Error>();
  /** Whether a server that did not answer may have taken the value. */
  #isDoubtful = false;

  constructor(options: ReplicatedWriteOptions) {
    this.#options = options;
    if (options.basis === undefined) return;
    for (const [server, item] of options.basis.copies) if (server.isProof(item)) this.#present.set(server, item);
  }

  async run(): Promise<Course> {
    const { reach, replicas } = this.#options;
    await this.#makeSure();
    if (!(await this.#mayBegin())) return 'exists';
    for (const server of reach) {
      if (this.holders.size === replicas) break;
      const course = this.#unreachable.has(server) ? undefined : await this.#writeTo(server);
      if (course !== undefined) return course;
    }
    if (this.holders.size === 0) throw errorOf([...this.#unreachable.values()]);
    return this.#isDoubtful && !(await this.#isKept()) ? 'disputed' : 'stored';
  }

  /** Before a value goes to fewer servers than it should, those that seem out of reach since just now are tried again. */
  async #makeSure(): Promise<void> {
    const { reach, replicas } = this.#options;
    if (replicas === 1 || reach.filter((server) => server.health.state !== 'down').length >= replicas) return;
    const doubted = reach.filter((server) => server.health.isNewlyDown);
    await Promise.allSettled(doubted.map((server) => server.ping()));
  }

  /** After a wait for a server that did not answer: whether those that took the value before have it still. */
  async #isKept(): Promise<boolean> {
    const standings = await Promise.all([...this.holders].map((server) => this.#look(server).catch(() => 'ours')));
    return standings.every((standing) => standing === 'ours' || standing === 'built upon');
  }

  /** Looks at what the servers hold of which nothing is known. */
  async #mayBegin(): Promise<boolean> {
    const { basis, reach, replicas } = this.#options;
    if (basis === undefined) return true;
    const first = reach.filter((server) => server.health.state !== 'down').slice(0, replicas);
    const unknown = first.filter((server) => !this.#present.has(server));
    if (unknown.length === 0) return true;
    const standings = await Promise.all(
      unknown.map((server) => this.#look(server).catch((error) => void this.#unreachable.set(server, error as Error))),
    );
    return !standings.includes('refused');
  }

  /** `undefined`: on to the next server. */
  async #writeTo(server: ServerClient): Promise<Course | undefined> {
    const known = server.health.error;
    try {
      return await this.#insist(server);
    } catch (error) {
      this.#unreachable.set(server, error as Error);
      // A server that is known to be out of reach was not sent anything.
      if (error !== known) this.#isDoubtful = true;
      return undefined;
    }
  }

  async #insist(server: ServerClient): Promise<Course | undefined> {
    const { key, value, expiry, basis } = this.#options;
    let standing: Standing = 'replaceable';
    if (basis !== undefined && !this.#present.has(server)) standing = await this.#look(server);
    for (let attempt = 0; standing === 'replaceable' && attempt < ATTEMPTS; attempt++) {
      const present = this.#present.get(server);
      const verb = present === undefined ? 'add' : 'set';
      const { outcome, item } = await server.store(verb, key, value, expiry, present);
      if (outcome === 'stored') standing = item === undefined ? 'built upon' : 'ours';
      else if (this.#isUntouched) return outcome;
      // What was there has been taken away, because the value is kept elsewhere by now.
      else if (outcome === 'missing') standing = 'refused';
      else standing = await this.#look(server);
    }
    if (standing === 'built upon') return 'stored';
    if (standing !== 'ours') return this.#isUntouched ? 'exists' : 'disputed';
    this.holders.add(server);
    return undefined;
  }

  /** Whether no server has taken the value. */
  get #isUntouched(): boolean {
    return this.holders.size === 0 && !this.#isDoubtful;
  }

  async #look(server: ServerClient): Promise<Standing> {
    const present = await server.get(this.#options.key);
    this.#present.set(server, present);
    return this.#standingOf(present);
  }

  /** What is damaged, or cannot be judged, is for whoever reads it next. */
  #isSound({ value }: ServerItem): boolean {
    try {
      return this.#options.check?.(value) ?? true;
    } catch {
      return false;
    }
  }

  #standingOf(present: ServerItem | undefined): Standing {
    const { value, basis } = this.#options;
    if (present === undefined) return 'replaceable';
    if (!this.#isSound(present)) return 'refused';
    if (compareVersions(present.value, value) === 0) return 'ours';
    if (isMadeFrom(present.value, value)) return 'built upon';
    if (basis === undefined) return 'refused';
    const isNewer = compareVersions(present.value, basis.value) > 0;
    return isNewer || isRival(present.value, basis.value) ? 'refused' : 'replaceable';
  }
}
