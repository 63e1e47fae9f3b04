import type { Expiry } from '../expiry.ts';
import type { ReplicationStrategy } from './replication-strategy.ts';
import { ServerItem, type ServerClient } from '../server/server-client.ts';
import type { Cas, Item, Outcome } from '../store.ts';

/** Keeps one copy of each value, at its key's first place: nothing to compare, nothing to repair. */
export class SingleCopy implements ReplicationStrategy {
  readonly #serverOf: (key: string) => ServerClient;

  constructor(serverOf: (key: string) => ServerClient) {
    this.#serverOf = serverOf;
  }

  get(key: string): Promise<Item | undefined> {
    return this.#serverOf(key).get(key);
  }

  async getMulti(keys: readonly string[]): Promise<Map<string, Item>> {
    const byServer = Map.groupBy(keys, this.#serverOf);
    const found = await Promise.all([...byServer].map(([server, own]) => server.getMulti(own)));
    return new Map(found.flatMap((part) => [...part]));
  }

  async set(key: string, value: Buffer, expiry: Expiry, cas?: Cas): Promise<Outcome> {
    // A proof of another kind is from before the servers were changed.
    if (cas !== undefined && !(cas instanceof ServerItem)) return 'exists';
    return (await this.#serverOf(key).store('set', key, value, expiry, cas)).outcome;
  }

  async add(key: string, value: Buffer, expiry: Expiry): Promise<Outcome> {
    return (await this.#serverOf(key).store('add', key, value, expiry)).outcome;
  }

  async replace(key: string, value: Buffer, expiry: Expiry): Promise<Outcome> {
    return (await this.#serverOf(key).store('replace', key, value, expiry)).outcome;
  }

  async delete(key: string, cas?: Cas): Promise<Outcome> {
    if (cas !== undefined && !(cas instanceof ServerItem)) return 'exists';
    return await this.#serverOf(key).delete(key, cas);
  }

  touch(key: string, expiry: Expiry): Promise<boolean> {
    return this.#serverOf(key).touch(key, expiry.expiration);
  }

  async getAndTouch(key: string, expiry: Expiry): Promise<Buffer | undefined> {
    return (await this.#serverOf(key).getAndTouch(key, expiry.expiration))?.value;
  }

  increment(key: string, by: number, initial: number, expiry: Expiry): Promise<number> {
    return this.#serverOf(key).increment(key, by, initial, expiry.expiration);
  }
}
