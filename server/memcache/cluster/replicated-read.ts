import type { Clock } from '../../base/clock.ts';
import type { Log } from '../../base/log.ts';
import {
  agreedItem,
  CopiedItem,
  isDisputed,
  isNewestKnown,
  isSameCopy,
  newestOf,
  withLikelyEnd,
  type Survey,
} from './replicated-item.ts';
import { Damage } from '../damage.ts';
import { isGone } from '../errors.ts';
import { remaining } from '../expiry.ts';
import { Inquiry } from './quorum-read.ts';
import { MemberItem, type Member } from '../server/server-client.ts';
import type { Check } from '../store.ts';
import { isRival } from '../version.ts';

export interface CopiedReadOptions {
  readonly key: string;
  readonly check: Check | undefined;
  /** All servers, in the order of the key's places. */
  readonly order: readonly Member[];
  /** Those of them that may hold the key. */
  readonly reach: readonly Member[];
  readonly replicas: number;
  readonly clock: Clock;
  /**
   * Servers that were in use until lately. They are asked for what is found nowhere else, and never written to. One that
   * was taken out and is gone has nothing: it was mistyped, or has been shut down since.
   */
  readonly former: () => readonly Member[];
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
export class CopiedRead {
  /** Whether somebody else wrote meanwhile: what was found then is no proof of anything. */
  isOvertaken = false;
  readonly #options: CopiedReadOptions;
  readonly #survey: Survey;
  readonly #damage: Damage;

  constructor(options: CopiedReadOptions) {
    const { key, reach, check } = options;
    this.#options = options;
    this.#survey = new Inquiry(reach, (member) => this.#look(member));
    this.#damage = new Damage(this.#survey, key, check);
  }

  /** The value, with the proof of each server that holds it. */
  async run(wanted: number): Promise<CopiedItem | undefined> {
    const { replicas, check } = this.#options;
    const survey = this.#survey;
    await survey.ask(wanted);
    const agreed = agreedItem(survey, replicas, check);
    if (agreed !== undefined) return agreed;
    await this.#widen();
    const newest = this.#newest;
    if (newest === undefined) return await this.#nothingSound();
    this.#damage.giveBack(newest);
    if (this.#targets.length === 0) throw survey.error;
    if (survey.unreachable.size > 0 && !(await this.#isNewestKnown())) throw survey.error;
    this.#damage.giveBack();
    return await this.#mend(newest);
  }

  /** The places of the key: the first servers that can be reached. */
  get #targets(): readonly Member[] {
    const { reach, replicas } = this.#options;
    return reach.filter((member) => this.#survey.answers.has(member)).slice(0, replicas);
  }

  get #newest(): MemberItem | undefined {
    const { order, clock, longestTtlMs } = this.#options;
    const newest = newestOf(this.#survey, order);
    const nowS = clock() / 1_000;
    return newest && withLikelyEnd(newest, this.#survey, nowS, nowS + longestTtlMs() / 1_000 + END_GRAIN_S);
  }

  async #look(member: Member): Promise<MemberItem | undefined> {
    try {
      return await member.get(this.#options.key);
    } catch (error) {
      if (isGone(error) && this.#options.former().includes(member)) return undefined;
      throw error;
    }
  }

  /** Where the places of the key hold nothing, or are in dispute, asks what any server holds. */
  async #widen(): Promise<void> {
    const { order, former } = this.#options;
    const [survey, damage] = [this.#survey, this.#damage];
    damage.sift();
    if (!(await this.#isNewestKnown()) || isDisputed(survey)) await survey.ask(Infinity);
    damage.sift();
    if ([...survey.answers.values()].some((item) => item !== undefined)) return;
    // It may be where it was before a server came, went or was out of reach.
    survey.add([...order, ...former()]);
    await survey.ask(Infinity);
    damage.sift();
  }

  /** The marks of servers that were asked for the first time just now are learned before. */
  async #isNewestKnown(): Promise<boolean> {
    const { order, replicas } = this.#options;
    for (const { comeback } of this.#survey.answers.keys()) if (!comeback.isKnown) await comeback.learned();
    return isNewestKnown(this.#survey, order, replicas);
  }

  async #nothingSound(): Promise<CopiedItem | undefined> {
    const { copies, isAll } = this.#damage;
    const [damaged] = copies.values();
    if (damaged !== undefined && isAll) return new CopiedItem(damaged.value, copies, this.#options.check);
    if (damaged !== undefined || (await this.#mayBeHidden())) throw this.#survey.error;
    return undefined;
  }

  /**
   * Whether a value that was found nowhere may exist all the same: every server with a copy would have to be out of
   * reach now, or to have been restarted or out of reach since the copy was made.
   */
  async #mayBeHidden(): Promise<boolean> {
    const { clock, longestTtlMs, replicas } = this.#options;
    const { unreachable, answers } = this.#survey;
    if (unreachable.size === 0) return false;
    // No copy is older than the longest lifetime, nor than the server it is on.
    const oldest = Math.min(...[...unreachable.keys()].map((member) => member.knownStart));
    const since = Math.max(oldest, clock() - longestTtlMs());
    const doubtful = await Promise.all([...answers.keys()].map((member) => isDoubtful(member, since)));
    return unreachable.size + doubtful.filter(Boolean).length >= replicas;
  }

  /** Brings every place, and every server with a rival, to the newest version. */
  async #mend(newest: MemberItem): Promise<CopiedItem> {
    const { key, check, log } = this.#options;
    const targets = this.#targets;
    const copies = new Map<Member, MemberItem>();
    const isToHold = ([member, item]: [Member, MemberItem | undefined]): boolean =>
      targets.includes(member) || (item !== undefined && isRival(item.value, newest.value));
    const mendOne = async ([member, item]: [Member, MemberItem | undefined]): Promise<boolean> => {
      const isSame = item !== undefined && isSameCopy(item, newest, check);
      const current = isSame && !member.comeback.mayHaveMissed(item) ? item : await this.#copyTo(member, newest, item);
      if (current instanceof MemberItem) copies.set(member, current);
      if (this.#damage.copies.has(member) && copies.has(member))
        log?.warn({ server: member.address.text, key }, 'A damaged copy was replaced by a good one.');
      return current !== 'changed';
    };
    const isMended = await Promise.all([...this.#survey.answers].filter(isToHold).map(mendOne));
    this.isOvertaken = isMended.includes(false);
    if (this.isOvertaken) return new CopiedItem(newest.value, new Map(), check);
    if (targets.every((member) => copies.has(member))) await this.#clear(targets);
    return new CopiedItem(newest.value, copies, check);
  }

  /** `undefined`: the server is out of reach, or the value is about to end. */
  async #copyTo(member: Member, newest: MemberItem, older?: MemberItem): Promise<MemberItem | 'changed' | undefined> {
    const { key, clock } = this.#options;
    const lifetime = remaining(newest.endsAtS, clock());
    if (lifetime === undefined) return undefined;
    try {
      const verb = older === undefined ? 'add' : 'set';
      return (await member.store(verb, key, newest.value, lifetime, older)).item ?? 'changed';
    } catch {
      return undefined;
    }
  }

  /** Old copies at places that are none any more would come back once the new ones are gone. */
  async #clear(targets: readonly Member[]): Promise<void> {
    const { answers } = this.#survey;
    const isAt = (member: Member): boolean => answers.get(member) !== undefined;
    if (targets.some(isAt)) return;
    const old = [...answers].filter(([member, item]) => item !== undefined && !targets.includes(member));
    await Promise.allSettled(old.map(([member, item]) => member.delete(this.#options.key, item)));
  }
}

/** Whether a server may miss what was written since. */
async function isDoubtful(member: Member, since: number): Promise<boolean> {
  if (member.health.troubledAt > since - UPTIME_GRAIN_MS) return true;
  return await member.startedAt().then(
    (startedAt) => startedAt > since + UPTIME_GRAIN_MS,
    () => true,
  );
}
