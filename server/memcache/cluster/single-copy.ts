import type { Lifetime } from '../expiry.ts';
import type { Keeping } from './replication-strategy.ts';
import { MemberItem, type Member } from '../server/server-client.ts';
import type { Cas, Item, Outcome } from '../store.ts';

/** Keeps one copy of each value, at its key's first place: nothing to compare, nothing to repair. */
export class Single implements Keeping {
  readonly #memberOf: (key: string) => Member;

  constructor(memberOf: (key: string) => Member) {
    this.#memberOf = memberOf;
  }

  get(key: string): Promise<Item | undefined> {
    return this.#memberOf(key).get(key);
  }

  async getMulti(keys: readonly string[]): Promise<Map<string, Item>> {
    const byMember = Map.groupBy(keys, this.#memberOf);
    const found = await Promise.all([...byMember].map(([member, own]) => member.getMulti(own)));
    return new Map(found.flatMap((part) => [...part]));
  }

  async set(key: string, value: Buffer, lifetime: Lifetime, cas?: Cas): Promise<Outcome> {
    // A proof of another kind is from before the servers were changed.
    if (cas !== undefined && !(cas instanceof MemberItem)) return 'exists';
    return (await this.#memberOf(key).store('set', key, value, lifetime, cas)).outcome;
  }

  async add(key: string, value: Buffer, lifetime: Lifetime): Promise<Outcome> {
    return (await this.#memberOf(key).store('add', key, value, lifetime)).outcome;
  }

  async replace(key: string, value: Buffer, lifetime: Lifetime): Promise<Outcome> {
    return (await this.#memberOf(key).store('replace', key, value, lifetime)).outcome;
  }

  async delete(key: string, cas?: Cas): Promise<Outcome> {
    if (cas !== undefined && !(cas instanceof MemberItem)) return 'exists';
    return await this.#memberOf(key).delete(key, cas);
  }

  touch(key: string, lifetime: Lifetime): Promise<boolean> {
    return this.#memberOf(key).touch(key, lifetime.expiration);
  }

  async getAndTouch(key: string, lifetime: Lifetime): Promise<Buffer | undefined> {
    return (await this.#memberOf(key).getAndTouch(key, lifetime.expiration))?.value;
  }

  increment(key: string, by: number, initial: number, lifetime: Lifetime): Promise<number> {
    return this.#memberOf(key).increment(key, by, initial, lifetime.expiration);
  }
}
