import { BadKey } from './errors.ts';

const KEY = /^[A-Za-z0-9:_-]{1,200}$/;
const PREFIX = /^[A-Za-z0-9:_-]{0,40}$/;

/** memcached answers a bad key by closing the connection, with everybody's requests on it: so none gets that far. */
export function isKey(key: string): boolean {
  return KEY.test(key);
}

export function checkKeys(...keys: readonly string[]): void {
  const bad = keys.find((key) => !KEY.test(key));
  if (bad !== undefined) throw new BadKey(bad);
}

/** What stands before every key of one installation. */
export function checkPrefix(prefix: string): void {
  if (!PREFIX.test(prefix)) {
    throw new RangeError(`The prefix '${prefix}' is not at most 40 letters, digits, ":", "_" and "-".`);
  }
}
