import type { Clock } from '../../base/clock.ts';
import type { Log } from '../../base/log.ts';
import {
  agreedItem,
  ReplicatedItem,
  isDisputed,
  isNewestKnown,
  isSameCopy,
  newestOf,
  withLikelyEnd,
  type ReplicaAnswers,
} from './replicated-item.ts';
import { DamagedCopies } from './damaged-copies.ts';
import { isGone } from '../errors.ts';
import { remaining } from '../expiry.ts';
import { QuorumRead } from './quorum-read.ts';
import { ServerItem, type ServerClient } from '../server/server-client.ts';
import type { Check } from '../store.ts';
import { isRival } from '../version.ts';

export interface ReplicatedReadOptions {
  readonly key: string;
  readonly check: Check | undefined;
  /** All servers, in the order of the key's places. */
  readonly order: readonly ServerClient[];
  /** Those of them that may hold the key. */
  readonly reach: readonly ServerClient[];
  readonly replicas: number;
  readonly clock: Clock;
  /**
   * Servers that were in use until lately. They are asked for what is found nowhere else, and never written to. One that
   * was taken out and is gone has nothing: it was mistyped, or has been shut down since.
   */
  readonly former: () => readonly ServerClient[];
  /** How long a value may live, at the longest. */
  readonly longestTtlMs: () => number;
  /** Told of every damaged copy that was replaced. */
  readonly log: Pick<Log, 'warn'> | undefined;
}

/** memcached tells its uptime in whole seconds of a clock that may lag. */
const UPTIME_GRAIN_MS = 3_000;
/** A value may live so much longer than was asked for. */
const END_GRAIN_S = 2;

/**
 * One look for a value: at the first servers that can be reached and, where they do not agree, at as many as it takes to
 * know what counts. It ends with every place holding that.
 */
export class ReplicatedRead {
  /** Whether somebody else wrote meanwhile: what was found then is no proof of anything. */
  isOvertaken = false;
  readonly #options: ReplicatedReadOptions;
  readonly #quorum: ReplicaAnswers;
  readonly #damage: DamagedCopies;

  constructor(options: ReplicatedReadOptions) {
    const { key, reach, check } = options;
    this.#options = options;
    this.#quorum = new QuorumRead(reach, (server) => this.#look(server));
    this.#damage = new DamagedCopies(this.#quorum, key, check);
  }

  /** The value, with the proof of each server that holds it. */
  async run(wanted: number): Promise<ReplicatedItem | undefined> {
    const { replicas, check } = this.#options;
    const quorum = this.#quorum;
    await quorum.ask(wanted);
    const agreed = agreedItem(quorum, replicas, check);
    if (agreed !== undefined) return agreed;
    await this.#widen();
    const newest = this.#newest;
    if (newest === undefined) return await this.#nothingSound();
    this.#damage.giveBack(newest);
    if (this.#targets.length === 0) throw quorum.error;
    if (quorum.unreachable.size > 0 && !(await this.#isNewestKnown())) throw quorum.error;
    this.#damage.giveBack();
    return await this.#mend(newest);
  }

  /** The places of the key: the first servers that can be reached. */
  get #targets(): readonly ServerClient[] {
    const { reach, replicas } = this.#options;
    return reach.filter((server) => this.#quorum.answers.has(server)).slice(0, replicas);
  }

  get #newest(): ServerItem | undefined {
    const { order, clock, longestTtlMs } = this.#options;
    const newest = newestOf(this.#quorum, order);
    const nowS = clock() / 1_000;
    return newest && withLikelyEnd(newest, this.#quorum, nowS, nowS + longestTtlMs() / 1_000 + END_GRAIN_S);
  }

  async #look(server: ServerClient): Promise<ServerItem | undefined> {
    try {
      return await server.get(this.#options.key);
    } catch (error) {
      if (isGone(error) && this.#options.former().includes(server)) return undefined;
      throw error;
    }
  }

  /** Where the places of the key hold nothing, or are in dispute, asks what any server holds. */
  async #widen(): Promise<void> {
    const { order, former } = this.#options;
    const [quorum, damage] = [this.#quorum, this.#damage];
    damage.sift();
    if (!(await this.#isNewestKnown()) || isDisputed(quorum)) await quorum.ask(Infinity);
    damage.sift();
    if ([...quorum.answers.values()].some((item) => item !== undefined)) return;
    // It may be where it was before a server came, went or was out of reach.
    quorum.add([...order, ...former()]);
    await quorum.ask(Infinity);
    damage.sift();
  }

  /** The marks of servers that were asked for the first time just now are learned before. */
  async #isNewestKnown(): Promise<boolean> {
    const { order, replicas } = this.#options;
    for (const { rejoinMark } of this.#quorum.answers.keys()) if (!rejoinMark.isKnown) await rejoinMark.learned();
    return isNewestKnown(this.#quorum, order, replicas);
  }

  async #nothingSound(): Promise<ReplicatedItem | undefined> {
    const { copies, isAll } = this.#damage;
    const [damaged] = copies.values();
    if (damaged !== undefined && isAll) return new ReplicatedItem(damaged.value, copies, this.#options.check);
    if (damaged !== undefined || (await this.#mayBeHidden())) throw this.#quorum.error;
    return undefined;
  }

  /**
   * Whether a value that was found nowhere may exist all the same: every server with a copy would have to be out of
   * reach now, or to have been restarted or out of reach since the copy was made.
   */
  async #mayBeHidden(): Promise<boolean> {
    const { clock, longestTtlMs, replicas } = this.#options;
    const { unreachable, answers } = this.#quorum;
    if (unreachable.size === 0) return false;
    // No copy is older than the longest lifetime, nor than the server it is on.
    const oldest = Math.min(...[...unreachable.keys()].map((server) => server.knownStart));
    const since = Math.max(oldest, clock() - longestTtlMs());
    const doubtful = await Promise.all([...answers.keys()].map((server) => isDoubtful(server, since)));
    return unreachable.size + doubtful.filter(Boolean).length >= replicas;
  }

  /** Brings every place, and every server with a rival, to the newest version. */
  async #mend(newest: ServerItem): Promise<ReplicatedItem> {
    const { key, check, log } = this.#options;
    const targets = this.#targets;
    const copies = new Map<ServerClient, ServerItem>();
    const isToHold = ([server, item]: [ServerClient, ServerItem | undefined]): boolean =>
      targets.includes(server) || (item !== undefined && isRival(item.value, newest.value));
    const mendOne = async ([server, item]: [ServerClient, ServerItem | undefined]): Promise<boolean> => {
      const isSame = item !== undefined && isSameCopy(item, newest, check);
      const current = isSame && !server.rejoinMark.isStale(item) ? item : await this.#copyTo(server, newest, item);
      if (current instanceof ServerItem) copies.set(server, current);
      if (this.#damage.copies.has(server) && copies.has(server))
        log?.warn({ server: server.address.text, key }, 'A damaged copy was replaced by a good one.');
      return current !== 'changed';
    };
    const isMended = await Promise.all([...this.#quorum.answers].filter(isToHold).map(mendOne));
    this.isOvertaken = isMended.includes(false);
    if (this.isOvertaken) return new ReplicatedItem(newest.value, new Map(), check);
    if (targets.every((server) => copies.has(server))) await this.#clear(targets);
    return new ReplicatedItem(newest.value, copies, check);
  }

  /** `undefined`: the server is out of reach, or the value is about to end. */
  async #copyTo(
    server: ServerClient,
    newest: ServerItem,
    older?: ServerItem,
  ): Promise<ServerItem | 'changed' | undefined> {
    const { key, clock } = this.#options;
    const expiry = remaining(newest.endsAtS, clock());
    if (expiry === undefined) return undefined;
    try {
      const verb = older === undefined ? 'add' : 'set';
      return (await server.store(verb, key, newest.value, expiry, older)).item ?? 'changed';
    } catch {
      return undefined;
    }
  }

  /** Old copies at places that are none any more would come back once the new ones are gone. */
  async #clear(targets: readonly ServerClient[]): Promise<void> {
    const { answers } = this.#quorum;
    const isAt = (server: ServerClient): boolean => answers.get(server) !== undefined;
    if (targets.some(isAt)) return;
    const old = [...answers].filter(([server, item]) => item !== undefined && !targets.includes(server));
    await Promise.allSettled(old.map(([server, item]) => server.delete(this.#options.key, item)));
  }
}

/** Whether a server may miss what was written since. */
async function isDoubtful(server: ServerClient, since: number): Promise<boolean> {
  if (server.health.troubledAt > since - UPTIME_GRAIN_MS) return true;
  return await server.startedAt().then(
    (startedAt) => startedAt > since + UPTIME_GRAIN_MS,
    () => true,
  );
}
