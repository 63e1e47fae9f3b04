import { wallClock, type Clock } from '../base/clock.ts';
import type { Address } from './addresses.ts';
import type { Allowlist } from './allowlist.ts';
import { BadKey, StoreClosed, ValueTooLarge } from './errors.ts';
import { toExpiration } from './expiry.ts';
import { checkKeys, checkPrefix, isKey } from './keys.ts';
import { Member, type MemberItem } from './member.ts';
import { Placement } from './placement.ts';
import { statusOf } from './status.ts';
import type { Cas, Item, Outcome, ServerStatus, Store } from './store.ts';

export interface ClusterOptions {
  readonly addresses: readonly Address[];
  readonly allowlist: Allowlist;
  /** How long a server may take for one answer. */
  readonly timeoutMs?: number;
  /** How long it may take until a connection stands; `timeoutMs` where nothing is said. */
  readonly connectTimeoutMs?: number;
  /** What every key begins with on the servers: one installation never sees another's values. */
  readonly prefix?: string;
  readonly maxValueBytes?: number;
  readonly clock?: Clock;
  readonly log?: Log;
}

/** Where a cluster says that a server went down or came back. */
export interface Log {
  info(fields: Readonly<Record<string, unknown>>, message: string): void;
  warn(fields: Readonly<Record<string, unknown>>, message: string): void;
}

const DEFAULT_TIMEOUT_MS = 250;
/** memcached's limit for one item, less what it and the longest key take. */
const DEFAULT_MAX_VALUE_BYTES = 1024 * 1024 - 512;
/** Beyond the value: a key, and what `stats` answers. */
const BODY_ROOM_BYTES = 64 * 1024;

/** Several memcached servers as one store. Each key has its place among them by rendezvous hashing. */
export class Cluster implements Store {
  readonly maxValueBytes: number;
  readonly #members: readonly Member[];
  readonly #placement: Placement;
  readonly #prefix: string;
  readonly #clock: Clock;
  #isClosed = false;

  constructor(options: ClusterOptions) {
    if (options.addresses.length === 0) throw new RangeError('A cluster needs at least one address.');
    checkPrefix(options.prefix ?? '');
    this.#prefix = options.prefix ?? '';
    this.#clock = options.clock ?? wallClock;
    this.maxValueBytes = options.maxValueBytes ?? DEFAULT_MAX_VALUE_BYTES;
    this.#members = options.addresses.map((address) => this.#join(address, options));
    this.#placement = new Placement(options.addresses.map((address) => address.text));
  }

  get(key: string): Promise<Item | undefined> {
    if (!isKey(key)) return Promise.reject(new BadKey(key));
    if (this.#isClosed) return Promise.reject(new StoreClosed());
    return this.#memberOf(key).get(this.#prefix + key);
  }

  async getMulti(keys: readonly string[]): Promise<Map<string, Item>> {
    this.#check(keys);
    const byMember = Map.groupBy(keys, (key) => this.#memberOf(key));
    const parts = [...byMember].map(([member, own]) => member.getMulti(own.map((key) => this.#prefix + key)));
    const found = await Promise.all(parts);
    return new Map(found.flatMap((part) => [...part].map(([key, item]) => [key.slice(this.#prefix.length), item])));
  }

  async set(key: string, value: Buffer, ttlS: number, cas?: Cas): Promise<Outcome> {
    this.#check([key], value);
    return await this.#store('set', key, value, ttlS, cas);
  }

  async add(key: string, value: Buffer, ttlS: number): Promise<Outcome> {
    this.#check([key], value);
    return await this.#store('add', key, value, ttlS);
  }

  async replace(key: string, value: Buffer, ttlS: number): Promise<Outcome> {
    this.#check([key], value);
    return await this.#store('replace', key, value, ttlS);
  }

  async delete(key: string, cas?: Cas): Promise<Outcome> {
    this.#check([key]);
    return await this.#memberOf(key).delete(this.#prefix + key, cas as MemberItem | undefined);
  }

  async touch(key: string, ttlS: number): Promise<boolean> {
    this.#check([key]);
    return await this.#memberOf(key).touch(this.#prefix + key, this.#expiration(ttlS));
  }

  async increment(key: string, by: number, initial: number, ttlS: number): Promise<number> {
    this.#check([key]);
    return await this.#memberOf(key).increment(this.#prefix + key, by, initial, this.#expiration(ttlS));
  }

  async servers(): Promise<readonly ServerStatus[]> {
    return await Promise.all(this.#members.map((member) => statusOf(member, this.#clock)));
  }

  placesOf(key: string): readonly string[] {
    return [this.#memberOf(key).address.text];
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    await Promise.all(this.#members.map((member) => member.drain()));
    for (const member of this.#members) member.close();
  }

  async #store(verb: 'set' | 'add' | 'replace', key: string, value: Buffer, ttlS: number, cas?: Cas): Promise<Outcome> {
    const member = this.#memberOf(key);
    const proof = cas as MemberItem | undefined;
    const written = await member.store(verb, this.#prefix + key, value, this.#expiration(ttlS), proof);
    return written.outcome;
  }

  #memberOf(key: string): Member {
    return this.#members[this.#members.length === 1 ? 0 : this.#placement.first(key)] as Member;
  }

  #expiration(ttlS: number): number {
    return toExpiration(ttlS, this.#clock());
  }

  #check(keys: readonly string[], value?: Buffer): void {
    if (this.#isClosed) throw new StoreClosed();
    checkKeys(...keys);
    if (value !== undefined && value.length > this.maxValueBytes) {
      throw new ValueTooLarge(value.length, this.maxValueBytes);
    }
  }

  #join(address: Address, options: ClusterOptions): Member {
    const timeoutMs = options.timeoutMs ?? DEFAULT_TIMEOUT_MS;
    return new Member(address, {
      allowlist: options.allowlist,
      timeoutMs,
      connectTimeoutMs: Math.min(options.connectTimeoutMs ?? timeoutMs, timeoutMs),
      maxBodyBytes: this.maxValueBytes + BODY_ROOM_BYTES,
      clock: this.#clock,
      onChange: (health) => {
        const fields = { server: address.text };
        if (health.state === 'up') options.log?.info(fields, 'A memcached server answers again.');
        else options.log?.warn({ ...fields, reason: health.error.reason.short }, 'A memcached server is out of reach.');
      },
    });
  }
}
