import type { Inquiry } from './quorum-read.ts';
import { MemberItem, type Member } from '../server/server-client.ts';
import type { Cas, Check, Item } from '../store.ts';
import { compareVersions, isRival } from '../version.ts';

/** A value, and which servers hold exactly this version of it: each has a proof of its own. */
export class CopiedItem implements Item, Cas {
  readonly brand = 'cas';
  readonly value: Buffer;
  readonly copies: ReadonlyMap<Member, MemberItem>;
  /** What it was read with, for what is found while it is being replaced. */
  readonly check: Check | undefined;

  constructor(value: Buffer, copies: ReadonlyMap<Member, MemberItem>, check?: Check) {
    this.value = value;
    this.copies = copies;
    this.check = check;
  }

  get cas(): Cas {
    return this;
  }
}

/** A proof from when there was one copy proves nothing about any server, but its version still counts. */
export function toCopied(cas: Cas): CopiedItem {
  return cas instanceof MemberItem ? new CopiedItem(cas.value, new Map()) : (cas as CopiedItem);
}

/** What servers were found to hold under one key. */
export type Survey = Inquiry<MemberItem | undefined>;

/** The usual case: as many servers as there are copies hold the same, and none of them can have missed anything. */
export function agreedItem(
  { answers, unreachable }: Survey,
  replicas: number,
  check: Check | undefined,
): CopiedItem | undefined {
  if (answers.size !== replicas || unreachable.size > 0) return undefined;
  const copies = new Map<Member, MemberItem>();
  let first: MemberItem | undefined;
  for (const [member, item] of answers) {
    if (item === undefined || member.comeback.mayHaveMissed(item)) return undefined;
    first ??= item;
    if (!isSameCopy(first, item, check)) return undefined;
    copies.set(member, item);
  }
  return first && new CopiedItem(first.value, copies, check);
}

/** Whether two servers hold the same. Where nobody can tell which of two is damaged, the version alone says so. */
export function isSameCopy(one: MemberItem, other: MemberItem, check: Check | undefined): boolean {
  if (check === undefined) return compareVersions(one.value, other.value) === 0;
  return one.value.equals(other.value) && one.endsAtS === other.endsAtS;
}

/** Of copies that are equal but for when they end, which nothing proves: the one that ends last, if it may. */
export function withLikelyEnd(item: MemberItem, { answers }: Survey, fromS: number, toS: number): MemberItem {
  const isLikely = ({ value, endsAtS }: MemberItem): boolean =>
    endsAtS > fromS && endsAtS <= toS && value.equals(item.value);
  const likely = [...answers.values()].filter((other) => other !== undefined && isLikely(other)) as MemberItem[];
  return likely.reduce((a, b) => (b.endsAtS > a.endsAtS ? b : a), likely[0] ?? item);
}

/** Whether the newest value has rivals: some of what was found was never acknowledged. */
export function isDisputed({ answers }: Survey): boolean {
  const items = [...answers.values()].filter((item) => item !== undefined);
  const newest = items.reduce((a, b) => (compareVersions(b.value, a.value) > 0 ? b : a), items[0] as MemberItem);
  return items.some((item) => isRival(item.value, newest.value));
}

/**
 * The value that counts. Of rivals that is the one on more servers, and then the one at the later place: writers go from
 * place to place in the same order, so whoever lost lost where the winner already was, and holds earlier places only.
 */
export function newestOf({ answers }: Survey, order: readonly Member[]): MemberItem | undefined {
  const found = [...answers].flatMap(([member, item]) =>
    item === undefined ? [] : [{ item, place: order.indexOf(member), holders: holdersOf(item, answers) }],
  );
  if (found.length === 0) return undefined;
  return found.reduce((best, next) => {
    if (!isRival(next.item.value, best.item.value)) {
      return compareVersions(next.item.value, best.item.value) > 0 ? next : best;
    }
    return (next.holders - best.holders || next.place - best.place) > 0 ? next : best;
  }).item;
}

/**
 * Whether nothing newer than what was found can be where nobody could look. A server that was in reach since it stored what
 * it holds was given everything, or saw everything given to as many others as there are copies.
 */
export function isNewestKnown(survey: Survey, order: readonly Member[], replicas: number): boolean {
  const { answers, unreachable } = survey;
  const witnesses = [...answers].filter(([member, item]) => !member.comeback.mayHaveMissed(item));
  if (unreachable.size < replicas) return witnesses.length > 0;
  const newest = newestOf(survey, order);
  const isThat = (item?: MemberItem): boolean =>
    item !== undefined && newest !== undefined && compareVersions(item.value, newest.value) === 0;
  return witnesses.some(([, item]) => isThat(item));
}

function holdersOf(item: MemberItem, answers: Survey['answers']): number {
  const values = [...answers.values()];
  return values.filter((other) => other !== undefined && compareVersions(other.value, item.value) === 0).length;
}
