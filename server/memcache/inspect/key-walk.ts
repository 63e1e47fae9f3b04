import type { Clock } from '../../base/clock.ts';
import { backoffMs } from '../../base/backoff.ts';
import { Turns } from '../../base/turns.ts';
import type { Address } from '../server/addresses.ts';
import type { Allowlist } from '../server/allowlist.ts';
import {
  MAX_LOOKED_AT_BYTES,
  type InspectedKey,
  type InspectedKeys,
  type InspectedValue,
  type InspectedValues,
} from '../store-inspector.ts';
import { asUnreachable, REASONS, ServerUnreachable } from '../errors.ts';
import { dumpKeys, DumpBusy, type Dump } from './key-dump.ts';
import { lookAt } from './key-look.ts';
import { resolve } from '../server/resolve.ts';

/** How long one server's walk may take, waiting for another walk's end included. */
const WALK_MS = 5_000;
const MAX_WAITING = 20;

/** Walks over the keys of servers, one walk at a time for each, and looks at single ones. */
export class KeyWalk {
  readonly #allowlist: Allowlist;
  readonly #timeoutMs: number;
  readonly #clock: Clock;
  readonly #turns = new Turns(WALK_MS, MAX_WAITING);

  constructor(allowlist: Allowlist, timeoutMs: number, clock: Clock) {
    this.#allowlist = allowlist;
    this.#timeoutMs = timeoutMs;
    this.#clock = clock;
  }

  /** Keys that begin with `prefix`, those with copies once, without the first `cut` characters. */
  async list(addresses: readonly Address[], prefix: string, limit: number, cut = 0): Promise<InspectedKeys> {
    const walk = async (address: Address) => ({
      address: address.text,
      dump: await this.#inTurn(address, prefix, limit).catch(asUnreachable),
    });
    const walked = await Promise.all(addresses.map(walk));
    const keys = new Map<string, InspectedKey>();
    for (const { address, dump } of walked) {
      if (dump instanceof Error) continue;
      for (const { key, ...figures } of dump.keys) {
        const servers = [...(keys.get(key)?.servers ?? []), address];
        keys.set(key, { ...figures, key: key.slice(cut), servers });
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

  /** What each server holds under a whole key. */
  async look(addresses: readonly Address[], key: string): Promise<InspectedValues> {
    const looks = await Promise.all(addresses.map((address) => this.#lookAt(address, key).catch(asUnreachable)));
    return {
      found: looks.flatMap((look) => (look === undefined || look instanceof Error ? [] : [look])),
      unreachable: looks.filter((look) => look instanceof Error),
    };
  }

  async #lookAt(address: Address, key: string): Promise<InspectedValue | undefined> {
    const timeoutMs = this.#timeoutMs;
    const options = { address: address.text, key, maxBytes: MAX_LOOKED_AT_BYTES, timeoutMs, wholeMs: WALK_MS };
    const found = await lookAt(resolve(address, this.#allowlist), options);
    if (found === undefined) return undefined;
    const { unusedS, ...held } = found;
    return { ...held, server: address.text, lastAccess: this.#clock() - unusedS * 1_000 };
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
      const wholeMs = Math.max(1, deadline - performance.now());
      const options = { address: address.text, prefix, limit, timeoutMs: this.#timeoutMs, wholeMs };
      try {
        return await dumpKeys(resolve(address, this.#allowlist), options);
      } catch (error) {
        if (!(error instanceof DumpBusy) || performance.now() > deadline) throw error;
        await new Promise((proceed) => setTimeout(proceed, backoffMs(tries, 20, 200)));
      }
    }
  }
}
