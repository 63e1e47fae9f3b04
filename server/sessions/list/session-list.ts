import { Problem, Unavailable } from '../../base/errors.ts';
import type { PageQuery } from '../../base/page-query.ts';
import type { KeyEntry, KeyListing, Store } from '../../memcache/store.ts';
import type { FindingOptions, SessionFinder } from '../record/session-finder.ts';
import { endOf } from '../record/lifetime.ts';
import { matcherFor } from './list-filter.ts';
import { nameIn } from '../record/user-label.ts';
import { idIn } from '../record/record.ts';
import type { EncodedData, SessionRecord } from '../record/record-format.ts';
import type { SessionRecords } from '../record/records.ts';

/** What a list shows of a session. Times are milliseconds since 1970. */
export interface ListedSession {
  /** Names the session without giving away the browser id. */
  readonly id: string;
  readonly user: string | null;
  /** As the record has it, so that a user of this installation is told from one of an application. */
  readonly label: string | null;
  readonly created: number;
  readonly lastAccess: number;
  /** When it ends if nobody uses it again; `null`: never. */
  readonly expires: number | null;
  readonly bytes: number;
  readonly address: string;
  readonly browser: string;
  /** The servers that hold it; none where the store is process memory. */
  readonly servers: readonly string[];
}

type SessionSort = 'user' | 'started' | 'lastSeen' | 'expires' | 'bytes' | 'address' | 'browser';

/** `filter`: words in user, address, browser or id, or a size: ">10 KiB". */
export type SessionQuery = PageQuery<SessionSort>;

/** A record that cannot be opened. It may be somebody's session, and can be ended. */
export interface UnopenedRecord extends Pick<ListedSession, 'id' | 'expires' | 'bytes' | 'servers'> {
  /** A sentence. */
  readonly why: string;
}

/** A page of the list, and figures about the whole of it. */
export interface SessionPage {
  readonly sessions: readonly ListedSession[];
  readonly total: number;
  /** How many the filter lets through. */
  readonly matching: number;
  /** Used within the last five minutes. */
  readonly active: number;
  readonly meanBytes: number | null;
  readonly largestBytes: number | null;
  /** How many were opened, where those are not all: order and filter are among them. */
  readonly openedOnly: number | null;
  /** How many records could not be opened, and the first of them. */
  readonly unopened: number;
  readonly firstUnopened: readonly UnopenedRecord[];
  readonly listing: Pick<KeyListing, 'hasMore' | 'walked' | 'unreachable'>;
}

/** The sessions of one user, and what it takes to say which could not be seen. */
export type UserSessions = Pick<SessionPage, 'sessions' | 'openedOnly' | 'unopened' | 'listing'>;

/** How many sessions there are, as far as that could be seen. */
export interface KnownSessions {
  readonly count: number;
  /** Records that could not be opened, which may be somebody's sessions. */
  readonly unopened: number;
  /** No server was silent, and no more keys were there than were asked for. */
  readonly isAll: boolean;
}

/** One session with what is in it. */
export interface OpenedSession extends ListedSession {
  readonly storeKey: string;
  readonly entries: EncodedData;
}

export const MAX_KEYS = 100_000;
/** Opening a record takes some 50 microseconds. */
export const MAX_OPENED = 5_000;
/** Of records that cannot be opened, a page names so many. */
const MOST_UNOPENED = 100;
const AT_ONCE = 100;
const ACTIVE_MS = 5 * 60_000;
const ID = /^[A-Za-z0-9_-]{43}$/;

interface ListOptions extends FindingOptions {
  readonly store: Store;
}

interface Opening {
  readonly sessions: readonly ListedSession[];
  readonly unopened: readonly UnopenedRecord[];
}

/** Lists the sessions of a container from the keys of its store. Looking does not count as using. */
export class SessionList {
  readonly #records: SessionRecords;
  readonly #finder: SessionFinder;
  readonly #options: ListOptions;

  constructor(records: SessionRecords, finder: SessionFinder, options: ListOptions) {
    this.#records = records;
    this.#finder = finder;
    this.#options = options;
  }

  /** Where there are more than can be opened, those that end last are, which are those seen last. */
  async page(query: SessionQuery): Promise<SessionPage> {
    const { keys: byEnd, ...listing } = await this.#walk();
    const isAll = byEnd.length <= MAX_OPENED;
    const opening = await this.#open(byEnd.slice(-MAX_OPENED));
    const now = this.#options.clock();
    const shown =
      isAll || !isInDump(query)
        ? pageOf(opening.sessions, query)
        : { sessions: (await this.#open(pageOfKeys(byEnd, query))).sessions, matching: byEnd.length };
    return {
      ...shown,
      ...sizes(isAll ? opening.sessions : byEnd),
      total: isAll ? opening.sessions.length : byEnd.length,
      active: opening.sessions.filter(({ lastAccess }) => now - lastAccess <= ACTIVE_MS).length,
      openedOnly: isAll ? null : opening.sessions.length,
      unopened: opening.unopened.length,
      firstUnopened: opening.unopened.slice(0, MOST_UNOPENED),
      listing,
    };
  }

  /** The sessions of one user of this installation among those that are opened for a list. */
  async ofUser(user: string): Promise<UserSessions> {
    const { keys: byEnd, ...listing } = await this.#walk();
    const { sessions, unopened } = await this.#open(byEnd.slice(-MAX_OPENED));
    return {
      sessions: sessions.filter((session) => session.label === user),
      openedOnly: byEnd.length <= MAX_OPENED ? null : sessions.length,
      unopened: unopened.length,
      listing,
    };
  }

  /** How many sessions there are: all, or those of a user. `undefined`: more than `most`, or not all can be seen. */
  async count(user?: string, most = MAX_OPENED): Promise<number | undefined> {
    const { count, unopened, isAll } = await this.known(most, user);
    return isAll && unopened === 0 ? count : undefined;
  }

  /** How many of at most `most` keys are sessions: of anybody, or of a user. */
  async known(most: number, user?: string): Promise<KnownSessions> {
    const { keys, hasMore, unreachable } = await this.#options.store.keys(this.#prefix, most);
    const { sessions, unopened } = await this.#open(keys);
    const counted = sessions.filter((session) => user === undefined || session.user === user);
    return { count: counted.length, unopened: unopened.length, isAll: !hasMore && unreachable.length === 0 };
  }

  /** The store's key for what a list names by this id; `undefined` for what no list would. */
  keyOf(id: string): string | undefined {
    return ID.test(id) ? this.#prefix + id : undefined;
  }

  /** The session that a list names by this id; `undefined` where there is none any more. */
  async find(id: string): Promise<OpenedSession | undefined> {
    const { store } = this.#options;
    const storeKey = this.keyOf(id);
    if (storeKey === undefined) return undefined;
    const item = (await store.getMulti([storeKey], this.#records.checkFor)).get(storeKey);
    if (item === undefined) return undefined;
    const record = this.#records.peek(storeKey, item.value);
    if (record instanceof Unavailable) throw record;
    if (record instanceof Problem || record.kind !== 'session') return undefined;
    if (!this.#finder.isLive(storeKey, record)) return undefined;
    const servers = store.placesOf(storeKey);
    return { ...this.#listed(id, record, item.value.length, servers), storeKey, entries: record.entries };
  }

  get #prefix(): string {
    return `${this.#records.prefix}:`;
  }

  /** Keys from first to last to end. */
  async #walk(): Promise<KeyListing> {
    const listing = await this.#options.store.keys(this.#prefix, MAX_KEYS);
    return { ...listing, keys: listing.keys.toSorted((one, other) => compare(endOfKey(one), endOfKey(other))) };
  }

  /** Opens records by server, so that one that fails meanwhile costs only what it holds. */
  async #open(entries: readonly KeyEntry[]): Promise<Opening> {
    const sessions: ListedSession[] = [];
    const unopened: UnopenedRecord[] = [];
    for (const ofServer of Map.groupBy(entries, ({ servers }) => servers[0]).values()) {
      for (let start = 0; start < ofServer.length; start += AT_ONCE) {
        const opened = await this.#openBatch(ofServer.slice(start, start + AT_ONCE));
        sessions.push(...opened.sessions);
        unopened.push(...opened.unopened);
      }
    }
    return { sessions, unopened };
  }

  async #openBatch(entries: readonly KeyEntry[]): Promise<Opening> {
    const sessions: ListedSession[] = [];
    const unopened: UnopenedRecord[] = [];
    const keys = entries.map(({ key }) => key);
    const items = await this.#options.store.getMulti(keys, this.#records.checkFor).catch(asUnavailable);
    if (items instanceof Unavailable) return this.#openEach(entries, items);
    for (const entry of entries) {
      const item = items.get(entry.key);
      if (item === undefined) continue;
      const record = this.#records.peek(entry.key, item.value);
      if (record instanceof Problem) unopened.push(unopenedRecord(entry, record));
      else if (this.#finder.isLive(entry.key, record)) {
        sessions.push(this.#listed(idIn(entry.key), record, item.value.length, entry.servers));
      }
    }
    return { sessions, unopened };
  }

  /** One that is out of reach, or cannot be judged, hides no other. */
  async #openEach(entries: readonly KeyEntry[], why: Unavailable): Promise<Opening> {
    if (entries.length === 1) return { sessions: [], unopened: entries.map((entry) => unopenedRecord(entry, why)) };
    const opened = await Promise.all(entries.map((entry) => this.#openBatch([entry])));
    return {
      sessions: opened.flatMap(({ sessions }) => sessions),
      unopened: opened.flatMap(({ unopened }) => unopened),
    };
  }

  #listed(id: string, { header }: SessionRecord, bytes: number, servers: readonly string[]): ListedSession {
    const { created, lastAccess, user: label, address, browser } = header;
    const expires = endOf(header, this.#options.settings(), this.#options.clock());
    return { id, user: nameIn(label), label, created, lastAccess, expires, bytes, address, browser, servers };
  }
}

function asUnavailable(error: unknown): Unavailable {
  if (error instanceof Unavailable) return error;
  throw error;
}

function unopenedRecord(entry: KeyEntry, { message: why }: Problem): UnopenedRecord {
  const { expires, bytes, servers } = entry;
  return { id: idIn(entry.key), expires, bytes, servers, why };
}

/** A dump has ends and sizes; what else a list can be ordered by has to be opened. */
function isInDump({ sort, filter }: SessionQuery): boolean {
  return filter.trim() === '' && (sort === 'expires' || sort === 'lastSeen' || sort === 'bytes');
}

function pageOfKeys(byEnd: readonly KeyEntry[], { sort, order, offset, limit }: SessionQuery): readonly KeyEntry[] {
  const sorted = sort === 'bytes' ? byEnd.toSorted((one, other) => one.bytes - other.bytes) : [...byEnd];
  if (order === 'desc') sorted.reverse();
  return sorted.slice(offset, offset + limit);
}

function pageOf(sessions: readonly ListedSession[], query: SessionQuery) {
  const { offset, limit, sort, order } = query;
  const matching = sessions.filter(matcherFor(query.filter));
  const direction = order === 'asc' ? 1 : -1;
  const sorted = matching.sort((one, other) => direction * compare(SORT_BY[sort](one), SORT_BY[sort](other)));
  return { sessions: sorted.slice(offset, offset + limit), matching: matching.length };
}

const SORT_BY: Readonly<Record<SessionSort, (session: ListedSession) => string | number>> = {
  user: ({ user }) => user ?? '',
  started: ({ created }) => created,
  lastSeen: ({ lastAccess }) => lastAccess,
  expires: endOfKey,
  bytes: ({ bytes }) => bytes,
  address: ({ address }) => address,
  browser: ({ browser }) => browser,
};

const collator = new Intl.Collator('en', { numeric: true });

function compare(one: string | number, other: string | number): number {
  if (typeof one === 'string' && typeof other === 'string') return collator.compare(one, other);
  return one === other ? 0 : one < other ? -1 : 1;
}

function endOfKey({ expires }: { readonly expires: number | null }): number {
  return expires ?? Infinity;
}

function sizes(of: readonly { readonly bytes: number }[]): Pick<SessionPage, 'meanBytes' | 'largestBytes'> {
  if (of.length === 0) return { meanBytes: null, largestBytes: null };
  let [sum, largest] = [0, 0];
  for (const { bytes } of of) [sum, largest] = [sum + bytes, Math.max(largest, bytes)];
  return { meanBytes: Math.round(sum / of.length), largestBytes: largest };
}
