import type { Expiry } from '../expiry.ts';
import type { Cas, Check, Item, Outcome } from '../store.ts';

/** How a cluster keeps values on its servers: one copy of each (single-copy.ts), or several (replicated.ts). Keys are whole. */
export interface ReplicationStrategy {
  get(key: string, check?: Check): Promise<Item | undefined>;
  getMulti(keys: readonly string[], checkFor?: (key: string) => Check): Promise<Map<string, Item>>;
  set(key: string, value: Buffer, expiry: Expiry, cas?: Cas): Promise<Outcome>;
  add(key: string, value: Buffer, expiry: Expiry, check?: Check): Promise<Outcome>;
  replace(key: string, value: Buffer, expiry: Expiry): Promise<Outcome>;
  delete(key: string, cas?: Cas): Promise<Outcome>;
  touch(key: string, expiry: Expiry, check?: Check): Promise<boolean>;
  getAndTouch(key: string, expiry: Expiry, check?: Check): Promise<Buffer | undefined>;
  increment(key: string, by: number, initial: number, expiry: Expiry): Promise<number>;
}
