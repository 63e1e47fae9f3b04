import { Unavailable } from '../base/errors.ts';
import type { SessionContainer } from '../sessions/container.ts';
import { decode } from '../codec/decode.ts';
import type { SessionPage } from '../sessions/list/session-list.ts';
import type { EncodedData } from '../sessions/record/record-format.ts';
import type { Origin, Session } from '../sessions/session.ts';
import type { Sessions } from './open-sessions.ts';

/** A session as a framework has it: what it would write as JSON. */
export type Data = Readonly<Record<string, unknown>>;

/** Where in its data a framework says how long the session is good. */
export interface CookieRules {
  /** The framework's own entries: they belong together, and never are a conflict. */
  readonly ownKeys: readonly string[];
  /** Milliseconds since 1970; `null`: the container's idle timeout says. */
  readonly expiresOf: (data: Data) => number | null;
  /** The same where nothing moved but the end, as at each use of a session. */
  readonly withoutExpiry: (data: Data) => Data;
}

/** What one request read, from which its changes are told when it writes. */
export interface KnownSession {
  readonly container: SessionContainer;
  /** The engine's copy; `undefined` once it was to be written. */
  session: Session | undefined;
  /** As this request knows the session: read, or written last. */
  seen: Data;
}

interface OpenedSession {
  readonly session: Session;
  readonly container: SessionContainer;
  readonly known: KnownSession;
}

const MINUTE_MS = 60_000;
const PAGE = 1_000;

/**
 * Sessions that a framework reads and writes as a whole, by an id of its own. What a request did not change it does not
 * write, so requests that change different entries of one session lose nothing.
 */
export class FrameworkSessions {
  readonly #sessions: Sessions;
  readonly #rules: CookieRules;
  /** The containers of the tree, with lives as the sessions' data say. */
  readonly #containers = new WeakMap<SessionContainer, SessionContainer>();

  constructor(sessions: Sessions, rules: CookieRules) {
    this.#sessions = sessions;
    this.#rules = rules;
  }

  async find(sid: string): Promise<KnownSession | undefined> {
    const inTree = await this.#sessions.container();
    const container = this.#of(inTree);
    const session = await container.load(browserIdFor(sid));
    if (session === undefined || session.isNew) return undefined;
    const data = dataOf(session);
    return this.#isOver(inTree, session, data) ? undefined : { container, session, seen: data };
  }

  /**
   * Writes what `data` has otherwise than what was found; where that is not known (`undefined`), the whole. A session that
   * was ended stays so, unless this request began it (`null`) under an id that was used before. Gives what is known now.
   */
  async save(
    sid: string,
    data: object,
    found: KnownSession | null | undefined,
    origin: Origin,
  ): Promise<KnownSession | undefined> {
    const wanted = plain(data);
    const opened = await this.#open(sid, found);
    if (opened !== undefined) await this.#bring(opened, wanted, origin);
    return opened?.known;
  }

  /** Says that a session was used: at most once per resolution, and never over anybody's change. */
  async touch(sid: string, data: object, found: KnownSession | undefined, origin: Origin): Promise<void> {
    const own = Object.entries(plain(data)).filter(([key]) => this.#rules.ownKeys.includes(key));
    const opened = await this.#open(sid, found);
    if (opened === undefined || opened.session.isNew) return;
    await this.#bring(opened, { ...opened.known.seen, ...Object.fromEntries(own) }, origin);
  }

  /** Says in the log what a request changed after it wrote its session, as far as the framework lets that be known. */
  tellOfLateChanges(path: string, data: object, seen: Data = {}): void {
    const now = shownBy(data);
    const keys = new Set([...Object.keys(seen), ...Object.keys(now)]).difference(new Set(this.#rules.ownKeys));
    const changed = [...keys].filter((key) => !isStill(valueOf(now, key), valueOf(seen, key)));
    if (changed.length > 0) this.#sessions.warnOfLateChange(path, changed);
  }

  async destroy(sid: string): Promise<void> {
    const container = await this.#container();
    const session = await container.load(browserIdFor(sid));
    if (session === undefined || session.isNew) return;
    session.invalidate();
    container.announce(await container.save(session), null);
  }

  /** Every session of the framework, without the ids: only what they hash to is kept. */
  async all(): Promise<readonly Data[]> {
    const { list } = await this.#container();
    const found: Data[] = [];
    for (let offset = 0; ; offset += PAGE) {
      const page = await list.page({ offset, limit: PAGE, sort: 'expires', order: 'asc', filter: '' });
      checkWhole(page);
      const opened = await Promise.all(page.sessions.map(({ id }) => list.find(id)));
      const data = opened.flatMap((session) => (session === undefined ? [] : [dataIn(session.entries)]));
      found.push(...data.filter((each) => this.#isOwn(each) && !this.#hasExpired(each)));
      if (page.sessions.length < PAGE) return found;
    }
  }

  async #open(sid: string, found: KnownSession | null | undefined): Promise<OpenedSession | undefined> {
    const container = await this.#container();
    const read = found?.container === container ? found.session : undefined;
    const id = browserIdFor(sid);
    const session = read ?? (await container.load(id)) ?? (found === null ? await container.beginAgain(id) : undefined);
    return session && { session, container, known: found ?? { seen: dataOf(session), container, session } };
  }

  async #bring({ session, container, known }: OpenedSession, wanted: Data, origin: Origin): Promise<void> {
    const seen = session.isNew ? {} : known.seen;
    const isWorthWriting = session.isNew || this.#isWorthWriting(container, seen, wanted);
    if (!isWorthWriting && this.#rules.expiresOf(wanted) !== null) return;
    if (isWorthWriting) {
      this.#apply(session, seen, wanted);
      // Whether or not it is stored: a touch that follows a refusal must not store what was refused.
      known.session = undefined;
    }
    container.announce(await container.save(session, { origin }), origin.user);
    if (isWorthWriting) known.seen = wanted;
  }

  #apply(session: Session, seen: Data, wanted: Data): void {
    const { ownKeys } = this.#rules;
    for (const key of new Set([...Object.keys(seen), ...Object.keys(wanted)])) {
      if (ownKeys.includes(key) || isSame(valueOf(seen, key), valueOf(wanted, key))) continue;
      if (Object.hasOwn(wanted, key)) session.set(key, wanted[key]);
      else session.delete(key);
    }
    this.#applyLife(session, seen, wanted);
  }

  /** Who says how long a session is good is right; who only used it leaves what another one said meanwhile. */
  #applyLife(session: Session, seen: Data, wanted: Data): void {
    const { ownKeys } = this.#rules;
    const isUse = !session.isNew && isSame(this.#life(seen), this.#life(wanted));
    for (const key of ownKeys) {
      const [before, after] = [valueOf(seen, key), valueOf(wanted, key)];
      if (isUse && isSame(before, after)) continue;
      if (!isUse || after === undefined) session.override(key, after);
      else session.update(key, (now) => (now === undefined || isSame(now, before) ? after : now));
    }
  }

  /** What a framework says of how long a session is good, but for the end that follows from it at each use. */
  #life(data: Data): readonly unknown[] {
    const without = this.#rules.withoutExpiry(data);
    return this.#rules.ownKeys.map((key) => valueOf(without, key));
  }

  /** Whether something is new besides how long the session is good, or that by more than the resolution. */
  #isWorthWriting({ settings }: SessionContainer, seen: Data, wanted: Data): boolean {
    const { withoutExpiry, expiresOf } = this.#rules;
    if (!isSameData(withoutExpiry(seen), withoutExpiry(wanted))) return true;
    const [before, after] = [expiresOf(seen), expiresOf(wanted)];
    if (before === null || after === null) return before !== after;
    // A cookie that is good for seconds only needs a finer resolution than the container's.
    const leastMs = Math.min(settings.resolutionSeconds * 1_000, (after - this.#sessions.now()) / 10);
    return Math.abs(after - before) >= leastMs;
  }

  #isOver(container: SessionContainer, session: Session, data: Data): boolean {
    if (this.#rules.expiresOf(data) !== null) return this.#hasExpired(data);
    const ends = container.factsOf(session)?.expires ?? null;
    return ends !== null && ends < this.#sessions.now();
  }

  #hasExpired(data: Data): boolean {
    const expires = this.#rules.expiresOf(data);
    return expires !== null && expires <= this.#sessions.now();
  }

  /** Pages of the tree may keep sessions in the same container. */
  #isOwn(data: Data): boolean {
    return this.#rules.ownKeys.some((key) => Object.hasOwn(data, key));
  }

  async #container(): Promise<SessionContainer> {
    return this.#of(await this.#sessions.container());
  }

  /** Whether a session is over is judged here, because only its data say. */
  #of(container: SessionContainer): SessionContainer {
    const own = this.#containers.get(container) ?? container.withTimeoutsIn((entries) => this.#minutesIn(entries));
    this.#containers.set(container, own);
    return own;
  }

  #minutesIn(entries: EncodedData): number | undefined {
    const expires = this.#rules.expiresOf(dataIn(entries, this.#rules.ownKeys));
    return expires === null ? undefined : Math.max(1, Math.ceil((expires - this.#sessions.now()) / MINUTE_MS));
  }
}

/** A framework's id is no browser id, and must not be usable as one. */
function browserIdFor(sid: string): string {
  return `sid ${sid}`;
}

/** What a store of these frameworks keeps is what JSON keeps. */
export function plain(data: object): Data {
  return JSON.parse(JSON.stringify(data)) as Data;
}

/** The entries that JSON would ask for, their values as they are. */
function shownBy(data: object): Data {
  return 'toJSON' in data && typeof data.toJSON === 'function' ? (data.toJSON() as Data) : (data as Data);
}

function dataOf(session: Session): Data {
  return Object.fromEntries(session);
}

function dataIn(entries: EncodedData, keys: Iterable<string> = entries.keys()): Data {
  const values = Array.from(keys, (key) => [key, entries.get(key)] as const);
  const found = values.flatMap(([key, value]) => (value ? [[key, decode(value.bytes, value.start, value.end)]] : []));
  return Object.fromEntries(found) as Data;
}

function valueOf(data: Data, key: string): unknown {
  return Object.hasOwn(data, key) ? data[key] : undefined;
}

/** Both as JSON gave them: there the order of an object's keys is part of it. */
function isSame(one: unknown, other: unknown): boolean {
  return one === other || JSON.stringify(one) === JSON.stringify(other);
}

/** Whether a value is what it was stored as; one that JSON cannot hold never was. */
function isStill(now: unknown, stored: unknown): boolean {
  try {
    return isSame(now, stored);
  } catch {
    return false;
  }
}

/** The order of a session's own keys is not kept. */
function isSameData(one: Data, other: Data): boolean {
  const keys = Object.keys(one);
  if (keys.length !== Object.keys(other).length) return false;
  return keys.every((key) => Object.hasOwn(other, key) && isSame(one[key], other[key]));
}

function checkWhole({ unopened, listing }: SessionPage): void {
  if (listing.unreachable.length === 0 && !listing.hasMore && unopened === 0) return;
  const why = listing.unreachable.map(({ address, reason }) => `${address} ${reason.clause}`);
  if (unopened > 0) why.push(`${unopened} of them cannot be opened`);
  if (listing.hasMore) why.push('there are too many');
  throw new Unavailable(`The sessions cannot all be listed: ${why.join('; ')}.`);
}
