import { backoffMs, Turns } from '../base/limits.ts';
import type { Address } from './addresses.ts';
import type { Allowlist } from './allowlist.ts';
import { REASONS, ServerUnreachable } from './errors.ts';
import { dumpKeys, DumpBusy, type Dump } from './key-dump.ts';
import { resolve } from './resolve.ts';
import type { KeyEntry, KeyListing } from './store.ts';

/** How long one server's walk may take, waiting for another walk's end included. */
const WALK_MS = 5_000;
const MAX_WAITING = 20;

interface Walked {
  readonly address: string;
  readonly dump: Dump | ServerUnreachable;
}

/** Walks over the keys of servers, one walk at a time for each. */
export class KeyWalk {
  readonly #allowlist: Allowlist;
  readonly #timeoutMs: number;
  readonly #turns = new Turns(WALK_MS, MAX_WAITING);

  constructor(allowlist: Allowlist, timeoutMs: number) {
    this.#allowlist = allowlist;
    this.#timeoutMs = timeoutMs;
  }

  /** Keys that begin with `prefix`, those with copies once, without the first `cut` characters. */
  async list(addresses: readonly Address[], prefix: string, limit: number, cut: number): Promise<KeyListing> {
    const walked = await Promise.all(addresses.map((address) => this.#walk(address, prefix, limit)));
    const keys = new Map<string, KeyEntry>();
    for (const { address, dump } of walked) {
      if (dump instanceof Error) continue;
      for (const { key, bytes, expires } of dump.keys) {
        const servers = [...(keys.get(key)?.servers ?? []), address];
        keys.set(key, { key: key.slice(cut), bytes, expires, servers });
      }
    }
    const hasMore = keys.size > limit || walked.some(({ dump }) => !(dump instanceof Error) && dump.hasMore);
    return {
      keys: [...keys.values()].slice(0, limit),
      hasMore,
      walked: walked.filter(({ dump }) => !(dump instanceof Error)).map(({ address }) => address),
      unreachable: walked.flatMap(({ dump }) => (dump instanceof Error ? [dump] : [])),
    };
  }

  async #walk(address: Address, prefix: string, limit: number): Promise<Walked> {
    try {
      return { address: address.text, dump: await this.#inTurn(address, prefix, limit) };
    } catch (error) {
      if (error instanceof ServerUnreachable) return { address: address.text, dump: error };
      throw error;
    }
  }

  async #inTurn(address: Address, prefix: string, limit: number): Promise<Dump> {
    const release = await this.#turns.take(address.text);
    if (release === undefined) throw new ServerUnreachable(address.text, REASONS.overloaded);
    try {
      return await this.#untilFree(address, prefix, limit);
    } finally {
      release();
    }
  }

  /** Another process may be walking over the same server. */
  async #untilFree(address: Address, prefix: string, limit: number): Promise<Dump> {
    const deadline = performance.now() + WALK_MS;
    for (let tries = 0; ; tries++) {
      const walkMs = Math.max(1, deadline - performance.now());
      const options = { address: address.text, prefix, limit, timeoutMs: this.#timeoutMs, walkMs };
      try {
        return await dumpKeys(resolve(address, this.#allowlist), options);
      } catch (error) {
        if (!(error instanceof DumpBusy) || performance.now() > deadline) throw error;
        await new Promise((proceed) => setTimeout(proceed, backoffMs(tries, 20, 200)));
      }
    }
  }
}
