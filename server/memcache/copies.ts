import type { Clock } from '../base/clock.ts';
import type { Log } from '../base/log.ts';
import { Turns } from '../base/limits.ts';
import { remaining, type Lifetime } from './expiry.ts';
import type { Keeping } from './keeping.ts';
import {
  agreedItem,
  CopiedItem,
  isDisputed,
  isNewestKnown,
  isSameCopy,
  newestOf,
  toCopied,
  withLikelyEnd,
  type Survey,
} from './copied-item.ts';
import { CopiedWrite, type CopiedWriteOptions } from './copied-write.ts';
import { Damage } from './damage.ts';
import { isGone } from './errors.ts';
import { Inquiry } from './inquiry.ts';
import { MemberItem, type Member, type Verb } from './member.ts';
import type { Cas, Check, Item, Outcome } from './store.ts';
import { compareVersions, isMadeFrom, isRival } from './version.ts';

export interface CopiesOptions {
  readonly replicas: number;
  readonly clock: Clock;
  readonly members: readonly Member[];
  /** The members in the order of their places for a key. */
  readonly orderOf: (key: string) => readonly Member[];
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

type Writing = Omit<CopiedWriteOptions, 'reach' | 'replicas'>;

/** What servers were found to hold, and what they are to hold. */
interface Mending {
  readonly key: string;
  readonly newest: MemberItem;
  readonly targets: readonly Member[];
  readonly survey: Survey;
  readonly damage: Damage;
  readonly check: Check | undefined;
}

const LONGEST_WRITE_MS = 10_000;
const AGREE_ATTEMPTS = 10;
/** memcached tells its uptime in whole seconds of a clock that may lag. */
const UPTIME_GRAIN_MS = 3_000;
/** A value may live so much longer than was asked for. */
const END_GRAIN_S = 2;

/**
 * Keeps each value on several servers. Reads ask all places of a key, the newest version wins, and a value is given only
 * once every place that answers holds it. Writes go from place to place in one order, each by compare-and-set on what was
 * read there, and are acknowledged once every place that answers took them: of two writers who share a server one is
 * refused there. What the refused one left elsewhere is a rival, and rivals are settled the same way by everyone
 * (`newestOf`): the one on more servers wins, then the one at the later place.
 *
 * Where a server is out of reach, a value is given only if somebody who answers can tell that there is no newer one
 * (`isNewestKnown`).
 *
 * A copy that does not open (`Check`) never counts: the good one is put back over it. Where no copy opens, one of them is
 * given as it is, with the proofs of all, and whoever reads it finds out.
 *
 * What can still happen:
 * - Of two writers who share no server (each takes the other's for dead) both store, and the newer value wins.
 * - A value refused at its second place may be read for a moment, before it is settled that it lost.
 * - After the loss of the one server that two rivals shared, before they were settled, the refused one may win.
 * - What a frozen server had received before it froze it may store when it wakes: an older version, or a rival, as above.
 * - A delete does not reach a server that is out of reach: what must stay ended is ended by writing a newer value over it.
 */
export class Copies implements Keeping {
  readonly #options: CopiesOptions;
  /** A version remembers the last writes of each process: one write of a value at a time can tell how it ended. */
  readonly #turns = new Turns(LONGEST_WRITE_MS, Infinity);

  constructor(options: CopiesOptions) {
    this.#options = options;
  }

  get(key: string, check?: Check): Promise<CopiedItem | undefined> {
    return this.#read(key, this.#options.replicas, check);
  }

  async getMulti(keys: readonly string[], checkFor?: (key: string) => Check): Promise<Map<string, Item>> {
    const items = await Promise.all(keys.map(async (key) => [key, await this.get(key, checkFor?.(key))] as const));
    return new Map(items.flatMap(([key, item]) => (item === undefined ? [] : [[key, item]])));
  }

  async set(key: string, value: Buffer, lifetime: Lifetime, cas?: Cas): Promise<Outcome> {
    if (cas === undefined) return await this.#everywhere('set', key, value, lifetime);
    const basis = toCopied(cas);
    const outcome = await this.#write({ key, value, lifetime, basis, check: basis.check });
    if (outcome !== 'missing') return outcome;
    return (await this.get(key, basis.check)) === undefined ? 'missing' : 'exists';
  }

  async add(key: string, value: Buffer, lifetime: Lifetime, check?: Check): Promise<Outcome> {
    return await this.#write({ key, value, lifetime, basis: undefined, check });
  }

  async replace(key: string, value: Buffer, lifetime: Lifetime): Promise<Outcome> {
    return await this.#everywhere('replace', key, value, lifetime);
  }

  async delete(key: string, cas?: Cas): Promise<Outcome> {
    const order = this.#options.orderOf(key);
    const copies = cas === undefined ? undefined : toCopied(cas).copies;
    const first = order.find((member) => copies?.has(member));
    if (cas !== undefined && first === undefined) return 'exists';
    const outcome = await first?.delete(key, copies?.get(first));
    if (outcome === 'exists') return outcome;
    const others = [...order, ...this.#options.former()].filter((member) => member !== first);
    const outcomes = await this.#ask(others, Infinity, (member) => member.delete(key));
    return [outcome, ...outcomes].includes('stored') ? 'stored' : 'missing';
  }

  /** Writes the same value with another lifetime: its flags change with it. */
  async touch(key: string, lifetime: Lifetime, check?: Check): Promise<boolean> {
    const item = await this.get(key, check);
    return item !== undefined && (await this.set(key, item.value, lifetime, item.cas)) !== 'missing';
  }

  /** On one server alone: a counter has no versions that copies could be compared by. */
  async increment(key: string, by: number, initial: number, lifetime: Lifetime): Promise<number> {
    const order = this.#options.orderOf(key);
    const member = order.find((each) => each.health.state !== 'down') ?? (order[0] as Member);
    return await member.increment(key, by, initial, lifetime.expiration);
  }

  /** With one copy, only its own place will do: what was written elsewhere would not be found. */
  #reach(order: readonly Member[]): readonly Member[] {
    return this.#options.replicas === 1 ? order.slice(0, 1) : order;
  }

  /** The places of a key: the first servers that can be reached. */
  #targets(order: readonly Member[], survey: Survey): readonly Member[] {
    return this.#reach(order)
      .filter((member) => survey.answers.has(member))
      .slice(0, this.#options.replicas);
  }

  /** Reads until all servers that count hold the same value, and gives it with the proof of each. */
  async #read(key: string, wanted: number, check: Check | undefined): Promise<CopiedItem | undefined> {
    const { replicas } = this.#options;
    const order = this.#options.orderOf(key);
    for (let attempt = 1; ; attempt++) {
      const survey: Survey = new Inquiry(this.#reach(order), (member) => this.#look(member, key));
      await survey.ask(wanted);
      const agreed = agreedItem(survey, replicas, check);
      if (agreed !== undefined) return agreed;
      const damage = new Damage(survey, key, check);
      await this.#widen(survey, order, damage);
      const newest = this.#newestOf(survey, order);
      if (newest === undefined) {
        const [damaged] = damage.copies.values();
        if (damaged !== undefined && damage.isAll) return new CopiedItem(damaged.value, damage.copies, check);
        if (damaged !== undefined || (await this.#mayBeHidden(survey))) throw survey.error;
        return undefined;
      }
      damage.giveBack(newest);
      if (this.#targets(order, survey).length === 0) throw survey.error;
      if (survey.unreachable.size > 0 && !(await this.#isNewestKnown(survey, order))) throw survey.error;
      damage.giveBack();
      const targets = this.#targets(order, survey);
      const mended = await this.#mend({ key, newest, targets, survey, damage, check });
      if (mended === undefined && attempt < AGREE_ATTEMPTS) continue;
      const copies = mended ?? new Map<Member, MemberItem>();
      if (targets.every((member) => copies.has(member))) await this.#clear(key, survey, targets);
      return new CopiedItem(newest.value, copies, check);
    }
  }

  #newestOf(survey: Survey, order: readonly Member[]): MemberItem | undefined {
    const newest = newestOf(survey, order);
    const nowS = this.#options.clock() / 1_000;
    return newest && withLikelyEnd(newest, survey, nowS, nowS + this.#options.longestTtlMs() / 1_000 + END_GRAIN_S);
  }

  /** Where the places of a key hold nothing, or are in dispute, asks what any server holds. */
  async #widen(survey: Survey, order: readonly Member[], damage: Damage): Promise<void> {
    damage.sift();
    if (!(await this.#isNewestKnown(survey, order)) || isDisputed(survey)) await survey.ask(Infinity);
    damage.sift();
    if ([...survey.answers.values()].some((item) => item !== undefined)) return;
    // It may be where it was before a server came, went or was out of reach.
    survey.add([...order, ...this.#options.former()]);
    await survey.ask(Infinity);
    damage.sift();
  }

  /** The marks of servers that were asked for the first time just now are learned before. */
  async #isNewestKnown(survey: Survey, order: readonly Member[]): Promise<boolean> {
    for (const { comeback } of survey.answers.keys()) if (!comeback.isKnown) await comeback.learned();
    return isNewestKnown(survey, order, this.#options.replicas);
  }

  async #look(member: Member, key: string): Promise<MemberItem | undefined> {
    try {
      return await member.get(key);
    } catch (error) {
      if (isGone(error) && this.#options.former().includes(member)) return undefined;
      throw error;
    }
  }

  /** Old copies at places that are none any more would come back once the new ones are gone. */
  async #clear(key: string, { answers }: Survey, targets: readonly Member[]): Promise<void> {
    const isAt = (member: Member): boolean => answers.get(member) !== undefined;
    if (targets.some(isAt)) return;
    const old = [...answers].filter(([member, item]) => item !== undefined && !targets.includes(member));
    await Promise.allSettled(old.map(([member, item]) => member.delete(key, item)));
  }

  /**
   * Whether a value that was found nowhere may exist all the same: every server with a copy would have to be out of
   * reach now, or to have been restarted or out of reach since the copy was made.
   */
  async #mayBeHidden(survey: Survey): Promise<boolean> {
    const { unreachable, answers } = survey;
    if (unreachable.size === 0) return false;
    // No copy is older than the longest lifetime, nor than the server it is on.
    const oldest = Math.min(...[...unreachable.keys()].map((member) => member.knownStart));
    const since = Math.max(oldest, this.#options.clock() - this.#options.longestTtlMs());
    const doubtful = await Promise.all([...answers.keys()].map((member) => this.#isDoubtful(member, since)));
    return unreachable.size + doubtful.filter(Boolean).length >= this.#options.replicas;
  }

  /** Whether a server may miss what was written since. */
  async #isDoubtful(member: Member, since: number): Promise<boolean> {
    if (member.health.troubledAt > since - UPTIME_GRAIN_MS) return true;
    return await member.startedAt().then(
      (startedAt) => startedAt > since + UPTIME_GRAIN_MS,
      () => true,
    );
  }

  /**
   * Brings every target, and every server with a rival, to the newest version, and gives their proofs. `undefined`:
   * somebody else was there meanwhile.
   */
  async #mend({ key, newest, targets, survey, damage, check }: Mending): Promise<Map<Member, MemberItem> | undefined> {
    const copies = new Map<Member, MemberItem>();
    const isToHold = ([member, item]: [Member, MemberItem | undefined]): boolean =>
      targets.includes(member) || (item !== undefined && isRival(item.value, newest.value));
    const mendOne = async ([member, item]: [Member, MemberItem | undefined]): Promise<boolean> => {
      const isSame = item !== undefined && isSameCopy(item, newest, check);
      const current =
        isSame && !member.comeback.mayHaveMissed(item) ? item : await this.#copyTo(member, key, newest, item);
      if (current instanceof MemberItem) copies.set(member, current);
      if (damage.copies.has(member) && copies.has(member)) this.#tell(member, key);
      return current !== 'changed';
    };
    const isMended = await Promise.all([...survey.answers].filter(isToHold).map(mendOne));
    return isMended.includes(false) ? undefined : copies;
  }

  #tell({ address }: Member, key: string): void {
    this.#options.log?.warn({ server: address.text, key }, 'A damaged copy was replaced by a good one.');
  }

  /** `undefined`: the server is out of reach, or the value is about to end. */
  async #copyTo(
    member: Member,
    key: string,
    newest: MemberItem,
    older?: MemberItem,
  ): Promise<MemberItem | 'changed' | undefined> {
    const lifetime = remaining(newest.endsAtS, this.#options.clock());
    if (lifetime === undefined) return undefined;
    try {
      const verb = older === undefined ? 'add' : 'set';
      return (await member.store(verb, key, newest.value, lifetime, older)).item ?? 'changed';
    } catch {
      return undefined;
    }
  }

  async #write(writing: Writing): Promise<Outcome> {
    const release = await this.#turns.take(writing.key);
    try {
      return await this.#writeNow(writing);
    } finally {
      release?.();
    }
  }

  async #writeNow(writing: Writing): Promise<Outcome> {
    const reach = this.#reach(this.#options.orderOf(writing.key));
    const write = new CopiedWrite({ ...writing, reach, replicas: this.#options.replicas });
    const course = await write.run();
    if (course === 'disputed') return await this.#settle(writing);
    if (course === 'stored' && write.holders.size > 0 && this.#hadTrouble()) {
      this.#clearElsewhere(writing, write.holders);
    }
    return course;
  }

  /** A value is on one server and was refused by another: makes all servers agree, and sees whether they did on ours. */
  async #settle({ key, value, check }: Writing): Promise<Outcome> {
    const agreed = (await this.#read(key, Infinity, check))?.value;
    if (agreed === undefined) return 'exists';
    return compareVersions(agreed, value) === 0 || isMadeFrom(agreed, value) ? 'stored' : 'exists';
  }

  #hadTrouble(): boolean {
    const since = this.#options.clock() - this.#options.longestTtlMs();
    return this.#options.members.some((member) => member.health.troubledAt > since);
  }

  /** While a place was out of reach, another took its copy. Left there, it would come back after the others are lost. */
  #clearElsewhere({ key, value, check }: Writing, holders: ReadonlySet<Member>): void {
    const clear = async (member: Member): Promise<void> => {
      const item = await member.get(key);
      if (item === undefined || check?.(item.value) === false) return;
      if (compareVersions(item.value, value) < 0 && !isRival(item.value, value)) {
        await member.delete(key, item);
      }
    };
    for (const member of this.#options.members) {
      if (!holders.has(member) && member.health.state === 'up') clear(member).catch(() => undefined);
    }
  }

  /** The same unconditional write to every place. */
  async #everywhere(verb: Verb, key: string, value: Buffer, lifetime: Lifetime): Promise<Outcome> {
    const places = this.#reach(this.#options.orderOf(key));
    const written = await this.#ask(places, this.#options.replicas, (member) =>
      member.store(verb, key, value, lifetime),
    );
    return written.some(({ outcome }) => outcome === 'stored') ? 'stored' : 'missing';
  }

  /** Asks servers in their order, until `wanted` have answered or all have been asked. Throws if none could be reached. */
  async #ask<Result>(
    members: readonly Member[],
    wanted: number,
    question: (member: Member) => Promise<Result>,
  ): Promise<readonly Result[]> {
    const inquiry = new Inquiry(members, question);
    await inquiry.ask(wanted);
    if (inquiry.answers.size === 0 && members.length > 0) throw inquiry.error;
    return [...inquiry.answers.values()];
  }
}
