import type { Clock } from '../base/clock.ts';
import { remaining, type Lifetime } from './expiry.ts';
import type { Keeping } from './keeping.ts';
import { MemberItem, type Member, type Verb, type Written } from './member.ts';
import type { Cas, Item, Outcome } from './store.ts';
import { Inquiry } from './inquiry.ts';
import { compareVersions, isRival } from './version.ts';

export interface CopiesOptions {
  readonly replicas: number;
  readonly clock: Clock;
  readonly members: readonly Member[];
  /** The members in the order of their places for a key. */
  readonly orderOf: (key: string) => readonly Member[];
  /** Servers that were in use until lately. They are asked for what is found nowhere else, and never written to. */
  readonly former: readonly Member[];
  /** How long a value may live, at the longest. */
  readonly longestTtlMs: number;
}

/** A value, and which servers hold exactly this version of it: each has a proof of its own. */
class CopiedItem implements Item, Cas {
  readonly brand = 'cas';
  readonly value: Buffer;
  readonly endsAtS: number;
  readonly copies: ReadonlyMap<Member, MemberItem>;

  constructor(item: MemberItem, copies: ReadonlyMap<Member, MemberItem>) {
    this.value = item.value;
    this.endsAtS = item.endsAtS;
    this.copies = copies;
  }

  get cas(): Cas {
    return this;
  }
}

/** A write on its way from one server to the next. */
interface Writing {
  readonly key: string;
  readonly value: Buffer;
  readonly lifetime: Lifetime;
  readonly basis: CopiedItem | undefined;
}

/** What servers were found to hold under one key. */
type Survey = Inquiry<MemberItem | undefined>;

const FOLLOW_ATTEMPTS = 5;
/** memcached tells its uptime in whole seconds of a clock that may lag. */
const UPTIME_GRAIN_MS = 3_000;

/**
 * Keeps each value on several servers. Reads ask all places of a key, the newest version wins, and copies that are
 * missing or older are made again on the way. Writes go to the first place that can be reached, by compare-and-set, and
 * then to the others: writers that share a place queue up there, so that of two with the same basis only one stores.
 *
 * A delete does not reach a server that is out of reach: what must stay ended is ended by writing a newer value over it.
 */
export class Copies implements Keeping {
  readonly #options: CopiesOptions;

  constructor(options: CopiesOptions) {
    this.#options = options;
  }

  async get(key: string): Promise<CopiedItem | undefined> {
    const order = this.#options.orderOf(key);
    const survey = new Inquiry(this.#reach(order), (member) => member.get(key));
    await survey.ask(this.#options.replicas);
    const newest = newestOf(survey);
    if (newest === undefined) return await this.#searchEverywhere(key, order, survey);
    return await this.#repair(key, newest, this.#targets(order, survey), survey);
  }

  async getMulti(keys: readonly string[]): Promise<Map<string, Item>> {
    const items = await Promise.all(keys.map(async (key) => [key, await this.get(key)] as const));
    return new Map(items.flatMap(([key, item]) => (item === undefined ? [] : [[key, item]])));
  }

  async set(key: string, value: Buffer, lifetime: Lifetime, cas?: Cas): Promise<Outcome> {
    if (cas === undefined) return await this.#everywhere('set', key, value, lifetime);
    const outcome = await this.#write({ key, value, lifetime, basis: toCopied(cas) });
    if (outcome !== 'missing') return outcome;
    return (await this.get(key)) === undefined ? 'missing' : 'exists';
  }

  async add(key: string, value: Buffer, lifetime: Lifetime): Promise<Outcome> {
    return await this.#write({ key, value, lifetime, basis: undefined });
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
    const others = [...order, ...this.#options.former].filter((member) => member !== first);
    const outcomes = await this.#ask(others, Infinity, (member) => member.delete(key));
    return [outcome, ...outcomes].includes('stored') ? 'stored' : 'missing';
  }

  /** Writes the same value with another lifetime: its flags change with it. */
  async touch(key: string, lifetime: Lifetime): Promise<boolean> {
    const item = await this.get(key);
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

  /** Nothing is at the places of the key: it may be where they were before a server came, went or was out of reach. */
  async #searchEverywhere(key: string, order: readonly Member[], survey: Survey): Promise<CopiedItem | undefined> {
    survey.add([...order, ...this.#options.former]);
    await survey.ask(Infinity);
    const newest = newestOf(survey);
    const targets = this.#targets(order, survey);
    if (newest === undefined || targets.length === 0) {
      if (newest !== undefined || (await this.#mayBeHidden(survey))) throw survey.error;
      return undefined;
    }
    const item = await this.#repair(key, newest, targets, survey);
    if (item.copies.size === targets.length) await this.#clear(key, survey, targets);
    return item;
  }

  /** Old copies at places that are none any more would come back once the new ones are gone. */
  async #clear(key: string, survey: Survey, targets: readonly Member[]): Promise<void> {
    const old = [...survey.answers].filter(([member, item]) => item !== undefined && !targets.includes(member));
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
    const since = Math.max(oldest, this.#options.clock() - this.#options.longestTtlMs);
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

  /** Brings every target to the newest version, and gives it with the proofs of those that hold it. */
  async #repair(key: string, newest: MemberItem, targets: readonly Member[], survey: Survey): Promise<CopiedItem> {
    const copies = new Map<Member, MemberItem>();
    const mend = async (member: Member): Promise<void> => {
      const item = survey.answers.get(member);
      const isCurrent = item !== undefined && compareVersions(item.value, newest.value) === 0;
      const current = isCurrent ? item : await this.#copyTo(member, key, newest, item);
      if (current !== undefined) copies.set(member, current);
    };
    await Promise.all(targets.map(mend));
    return new CopiedItem(newest, copies);
  }

  /** `undefined`: somebody else was there meanwhile, or the server is out of reach. */
  async #copyTo(member: Member, key: string, newest: MemberItem, older?: MemberItem): Promise<MemberItem | undefined> {
    const lifetime = remaining(newest.endsAtS, this.#options.clock());
    if (lifetime === undefined) return undefined;
    try {
      return (await member.store(older === undefined ? 'add' : 'set', key, newest.value, lifetime, older)).item;
    } catch {
      return undefined;
    }
  }

  /** Writes to the first place that can be reached; what it says decides. The others follow. */
  async #write(writing: Writing): Promise<Outcome> {
    const reach = this.#reach(this.#options.orderOf(writing.key));
    const inquiry = new Inquiry(reach, (member) => this.#begin(member, writing));
    await inquiry.ask(1);
    const [first] = inquiry.answers;
    if (first === undefined) throw inquiry.error;
    const [member, { outcome, item }] = first;
    return item === undefined ? outcome : await this.#spread(writing, new Map([[member, item]]), inquiry.unreachable);
  }

  async #begin(member: Member, { key, value, lifetime, basis }: Writing): Promise<Written> {
    if (basis === undefined) return await member.store('add', key, value, lifetime);
    const known = basis.copies.get(member);
    if (known !== undefined) return await member.store('set', key, value, lifetime, known);
    // It was not among the places when the value was read: it may hold an older copy, or none.
    const item = await member.get(key);
    if (item !== undefined && compareVersions(item.value, basis.value) > 0) return { outcome: 'exists' };
    return await member.store(item === undefined ? 'add' : 'set', key, value, lifetime, item);
  }

  /** Brings a value that its first place has taken to the other places, or takes it back there. */
  async #spread(
    writing: Writing,
    holders: Map<Member, MemberItem>,
    unreachable: ReadonlyMap<Member, Error>,
  ): Promise<Outcome> {
    const { replicas, orderOf } = this.#options;
    const [first] = holders.keys();
    const left = orderOf(writing.key).filter((member) => !holders.has(member) && !unreachable.has(member));
    while (holders.size < replicas && left.length > 0) {
      const batch = left.splice(0, replicas - holders.size);
      const rivals = await Promise.all(batch.map((member) => this.#follow(member, first as Member, writing, holders)));
      const rival = rivals.find((item) => item !== undefined);
      if (rival !== undefined) return await this.#giveWay(writing.key, rival, holders);
    }
    if (this.#hadTrouble()) this.#clearElsewhere(writing.key, holders);
    return 'stored';
  }

  #hadTrouble(): boolean {
    const since = this.#options.clock() - this.#options.longestTtlMs;
    return this.#options.members.some((member) => member.health.troubledAt > since);
  }

  /** While a place was out of reach, another took its copy. Left there, it would come back after the others are lost. */
  #clearElsewhere(key: string, holders: ReadonlyMap<Member, MemberItem>): void {
    for (const member of this.#options.members) {
      if (!holders.has(member) && member.health.state === 'up') member.delete(key).catch(() => undefined);
    }
  }

  /** Writes to a further place. Gives the value of a writer who did not know of ours, where there is one. */
  async #follow(
    member: Member,
    first: Member,
    writing: Writing,
    holders: Map<Member, MemberItem>,
  ): Promise<MemberItem | undefined> {
    const { key, value, lifetime, basis } = writing;
    let present = basis?.copies.get(member);
    try {
      for (let attempt = 0; attempt < FOLLOW_ATTEMPTS; attempt++) {
        const written = await member.store(present === undefined ? 'add' : 'set', key, value, lifetime, present);
        if (written.item !== undefined) return void holders.set(member, written.item);
        present = await member.get(key);
        if (present === undefined) continue;
        if (compareVersions(present.value, value) === 0) return void holders.set(member, present);
        if (compareVersions(present.value, value) > 0 || isRival(present.value, value)) {
          return (await this.#hasMovedOn(first, key, value).catch(() => false)) ? undefined : present;
        }
      }
    } catch {
      // Out of reach: a further place takes its copy, and the next read repairs it.
    }
    return undefined;
  }

  /** Whether others have built on our value where it was written first. */
  async #hasMovedOn(first: Member, key: string, value: Buffer): Promise<boolean> {
    const present = await first.get(key);
    return present === undefined || compareVersions(present.value, value) > 0;
  }

  /** Somebody who could not reach our first place wrote elsewhere: that value stays, ours is taken back. */
  async #giveWay(key: string, rival: MemberItem, holders: ReadonlyMap<Member, MemberItem>): Promise<Outcome> {
    const lifetime = remaining(rival.endsAtS, this.#options.clock());
    if (lifetime !== undefined) {
      const back = [...holders].map(([member, item]) => member.store('set', key, rival.value, lifetime, item));
      await Promise.allSettled(back);
    }
    return 'exists';
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

/** A proof from when there was one copy proves nothing about any server, but its version still counts. */
function toCopied(cas: Cas): CopiedItem {
  return cas instanceof MemberItem ? new CopiedItem(cas, new Map()) : (cas as CopiedItem);
}

function newestOf(survey: Survey): MemberItem | undefined {
  let newest: MemberItem | undefined;
  for (const item of survey.answers.values()) {
    if (item !== undefined && (newest === undefined || compareVersions(item.value, newest.value) > 0)) newest = item;
  }
  return newest;
}
