import { Unavailable } from '../../base/errors.ts';
import type { ReplicaAnswers } from './replicated-item.ts';
import type { ServerClient, ServerItem } from '../server/server-client.ts';
import type { Check } from '../store.ts';
import { isSameWrite } from '../version.ts';

/** A server holds a damaged copy, and no other can tell whether what it holds instead is the newest. */
class DamagedCopy extends Unavailable {
  constructor(address: string, key: string) {
    super(`The memcached server ${address} holds a damaged copy of ${key}, and no other is known to be as new.`);
  }
}

/**
 * Copies that do not open. Until it is known which value counts, they are set aside, and their servers have as little to
 * say as those that do not answer.
 */
export class DamagedCopies {
  readonly copies = new Map<ServerClient, ServerItem>();
  readonly #quorum: ReplicaAnswers;
  readonly #key: string;
  readonly #check: Check | undefined;
  readonly #sound = new Set<ServerItem>();

  constructor(quorum: ReplicaAnswers, key: string, check: Check | undefined) {
    this.#quorum = quorum;
    this.#key = key;
    this.#check = check;
  }

  /** Sets aside what is damaged of what was found by now. Throws where a copy cannot be judged. */
  sift(): void {
    const check = this.#check;
    if (check === undefined) return;
    const doubtful: { readonly server: ServerClient; readonly item: ServerItem; readonly error: unknown }[] = [];
    for (const [server, item] of this.#quorum.answers) {
      if (item === undefined || this.#sound.has(item)) continue;
      try {
        if (check(item.value)) this.#sound.add(item);
        else this.#setAside(server, item);
      } catch (error) {
        doubtful.push({ server, item, error });
      }
    }
    for (const { server, item, error } of doubtful) {
      // No two values are of one write: what differs from a good one in its seal or its formats alone is damaged.
      if (!this.#sound.values().some((good) => isSameWrite(good.value, item.value))) throw error;
      this.#setAside(server, item);
    }
  }

  /** Has the servers of damaged copies of this write, or of any, count again: as holding something else. */
  giveBack(write?: ServerItem): void {
    for (const [server, item] of this.copies) {
      if (write !== undefined && !isSameWrite(item.value, write.value)) continue;
      this.#quorum.unreachable.delete(server);
      this.#quorum.answers.set(server, item);
    }
  }

  /** Whether every server that could be asked was, but for damage. */
  get isAll(): boolean {
    return [...this.#quorum.unreachable.keys()].every((server) => this.copies.has(server));
  }

  #setAside(server: ServerClient, item: ServerItem): void {
    this.copies.set(server, item);
    this.#quorum.answers.delete(server);
    this.#quorum.unreachable.set(server, new DamagedCopy(server.address.text, this.#key));
  }
}
