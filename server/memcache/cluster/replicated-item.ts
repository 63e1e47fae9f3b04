import type { QuorumRead } from './quorum-read.ts';
import { ServerItem, type ServerClient } from '../server/server-client.ts';
import type { Cas, Check, Item } from '../store.ts';
import { compareVersions, isRival } from '../version.ts';

/** A value, and which servers hold exactly this version of it: each has a proof of its own. */
export class ReplicatedItem implements Item, Cas {
  readonly brand = 'cas';
  readonly value: Buffer;
  readonly copies: ReadonlyMap<ServerClient, ServerItem>;
  /** What it was read with, for what is found while it is being replaced. */
  readonly check: Check | undefined;

  constructor(value: Buffer, copies: ReadonlyMap<ServerClient, ServerItem>, check?: Check) {
    this.value = value;
    this.copies = copies;
    this.check = check;
  }

  get cas(): Cas {
    return this;
  }
}

/** A proof from when there was one copy proves nothing about any server, but its version still counts. */
export function toReplicated(cas: Cas): ReplicatedItem {
  return cas instanceof ServerItem ? new ReplicatedItem(cas.value, new Map()) : (cas as ReplicatedItem);
}

/** What servers were found to hold under one key. */
export type ReplicaAnswers = QuorumRead<ServerItem | undefined>;

/** The usual case: as many servers as there are copies hold the same, and none of them can have missed anything. */
export function agreedItem(
  { answers, unreachable }: ReplicaAnswers,
  replicas: number,
  check: Check | undefined,
): ReplicatedItem | undefined {
  if (answers.size !== replicas || unreachable.size > 0) return undefined;
  const copies = new Map<ServerClient, ServerItem>();
  let first: ServerItem | undefined;
  for (const [server, item] of answers) {
    if (item === undefined || server.rejoinMark.isStale(item)) return undefined;
    first ??= item;
    if (!isSameCopy(first, item, check)) return undefined;
    copies.set(server, item);
  }
  return first && new ReplicatedItem(first.value, copies, check);
}

/** Whether two servers hold the same. Where nobody can tell which of two is damaged, the version alone says so. */
export function isSameCopy(one: ServerItem, other: ServerItem, check: Check | undefined): boolean {
  if (check === undefined) return compareVersions(one.value, other.value) === 0;
  return one.value.equals(other.value) && one.endsAtS === other.endsAtS;
}

/** Of copies that are equal but for when they end, which nothing proves: the one that ends last, if it may. */
export function withLikelyEnd(item: ServerItem, { answers }: ReplicaAnswers, fromS: number, toS: number): ServerItem {
  const isLikely = ({ value, endsAtS }: ServerItem): boolean =>
    endsAtS > fromS && endsAtS <= toS && value.equals(item.value);
  const likely = [...answers.values()].filter((other) => other !== undefined && isLikely(other)) as ServerItem[];
  return likely.reduce((a, b) => (b.endsAtS > a.endsAtS ? b : a), likely[0] ?? item);
}

/** Whether the newest value has rivals: some of what was found was never acknowledged. */
export function isDisputed({ answers }: ReplicaAnswers): boolean {
  const items = [...answers.values()].filter((item) => item !== undefined);
  const newest = items.reduce((a, b) => (compareVersions(b.value, a.value) > 0 ? b : a), items[0] as ServerItem);
  return items.some((item) => isRival(item.value, newest.value));
}

/**
 * The value that counts. Of rivals that is the one on more servers, and then the one at the later place: writers go from
 * place to place in the same order, so whoever lost lost where the winner already was, and holds earlier places only.
 */
export function newestOf({ answers }: ReplicaAnswers, order: readonly ServerClient[]): ServerItem | undefined {
  const found = [...answers].flatMap(([server, item]) =>
    item === undefined ? [] : [{ item, place: order.indexOf(server), holders: holdersOf(item, answers) }],
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
export function isNewestKnown(quorum: ReplicaAnswers, order: readonly ServerClient[], replicas: number): boolean {
  const { answers, unreachable } = quorum;
  const witnesses = [...answers].filter(([server, item]) => !server.rejoinMark.isStale(item));
  if (unreachable.size < replicas) return witnesses.length > 0;
  const newest = newestOf(quorum, order);
  const isThat = (item?: ServerItem): boolean =>
    item !== undefined && newest !== undefined && compareVersions(item.value, newest.value) === 0;
  return witnesses.some(([, item]) => isThat(item));
}

function holdersOf(item: ServerItem, answers: ReplicaAnswers['answers']): number {
  const values = [...answers.values()];
  return values.filter((other) => other !== undefined && compareVersions(other.value, item.value) === 0).length;
}
