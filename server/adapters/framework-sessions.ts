import { isDeepStrictEqual } from 'node:util';
import { Unavailable } from '../base/errors.ts';
import { BoundedMap } from '../base/limits.ts';
import type { SessionContainer } from '../sessions/container.ts';
import { decode } from '../sessions/decode.ts';
import type { SessionPage } from '../sessions/list.ts';
import type { Entries } from '../sessions/record.ts';
import type { Origin, Session } from '../sessions/session.ts';
import type { Sessions } from './open-sessions.ts';

/** A session as a framework has it: what it would write as JSON. */
export type Data = Readonly<Record<string, unknown>>;

/** Where in its data a framework says how long the session is good. */
export interface CookieRules {
  /** The framework's own entries: whoever writes them last is right, so they never are a conflict. */
  readonly ownKeys: readonly string[];
  /** Milliseconds since 1970; `null`: the container's idle timeout says. */
  readonly expiresOf: (data: Data) => number | null;
  readonly withoutExpiry: (data: Data) => Data;
}

/** What one request read, from which its changes are told when it writes. */
export interface Found {
  readonly container: SessionContainer;
  /** The engine's copy; `undefined` once it was to be written. */
  session: Session | undefined;
  /** As this request knows the session: read, or written last. */
  seen: Data;
}

interface Bringing {
  readonly session: Session;
  readonly container: SessionContainer;
  readonly wanted: Data;
}

const TIMEOUTS_REMEMBERED = 100;
const MINUTE_MS = 60_000;
const PAGE = 1_000;

/**
 * Sessions that a framework reads and writes as a whole, by an id of its own. What a request did not change it does not
 * write, so requests that change different entries of one session lose nothing.
 */
export class FrameworkSessions {
  readonly #sessions: Sessions;
  readonly #rules: CookieRules;
  readonly #timeouts = new WeakMap<SessionContainer, BoundedMap<number, SessionContainer>>();

  constructor(sessions: Sessions, rules: CookieRules) {
    this.#sessions = sessions;
    this.#rules = rules;
  }

  async find(sid: string): Promise<Found | undefined> {
    const container = await this.#sessions.container();
    const session = await this.#unlimited(container).load(browserIdFor(sid));
    if (session === undefined || session.isNew) return undefined;
    const data = dataOf(session);
    return this.#isOver(container, session, data) ? undefined : { container, session, seen: data };
  }

  /** Writes what `data` has otherwise than what was found; a session that was ended stays so. Gives what is known now. */
  async save(sid: string, data: object, found: Found | undefined, origin: Origin): Promise<Found | undefined> {
    const container = await this.#sessions.container();
    const session = await this.#sessionFor(sid, container, found);
    if (session === undefined) return undefined;
    const known = found ?? { seen: dataOf(session), container, session };
    await this.#bring(sid, known, { session, container, wanted: plain(data) }, origin);
    return known;
  }

  /** Says that a session was used: at most once per resolution, and never over anybody's change. */
  async touch(sid: string, data: object, found: Found | undefined, origin: Origin): Promise<void> {
    const container = await this.#sessions.container();
    const session = await this.#sessionFor(sid, container, found);
    if (session === undefined || session.isNew) return;
    const known = found ?? { seen: dataOf(session), container, session };
    const own = Object.entries(plain(data)).filter(([key]) => this.#rules.ownKeys.includes(key));
    const wanted = { ...known.seen, ...Object.fromEntries(own) };
    await this.#bring(sid, known, { session, container, wanted }, origin);
  }

  async destroy(sid: string): Promise<void> {
    const container = await this.#sessions.container();
    const session = await this.#unlimited(container).load(browserIdFor(sid));
    if (session === undefined || session.isNew) return;
    session.invalidate();
    container.announce(await container.save(session), null);
  }

  /** Every session of the framework, without the ids: only what they hash to is kept. */
  async all(): Promise<readonly Data[]> {
    const container = await this.#sessions.container();
    const { list } = this.#unlimited(container);
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

  async #sessionFor(sid: string, container: SessionContainer, found: Found | undefined): Promise<Session | undefined> {
    const known = found?.container === container ? found.session : undefined;
    return known ?? this.#unlimited(container).load(browserIdFor(sid));
  }

  async #bring(sid: string, known: Found, { session, container, wanted }: Bringing, origin: Origin): Promise<void> {
    const expires = this.#rules.expiresOf(wanted);
    const seen = session.isNew ? {} : known.seen;
    if (session.isNew || this.#isWorthWriting(container, seen, wanted)) {
      this.#apply(session, seen, wanted);
      // Whether or not it is stored: a touch that follows a refusal must not store what was refused.
      known.session = undefined;
      await this.#write(sid, session, container, expires, origin);
      known.seen = wanted;
    } else if (expires === null) {
      container.announce(await container.save(session, { origin }), origin.user);
    }
  }

  #apply(session: Session, seen: Data, wanted: Data): void {
    for (const key of Object.keys(seen)) if (!Object.hasOwn(wanted, key)) session.delete(key);
    for (const [key, value] of Object.entries(wanted)) {
      if (Object.hasOwn(seen, key) && isDeepStrictEqual(seen[key], value)) continue;
      if (this.#rules.ownKeys.includes(key)) session.update(key, () => value);
      else session.set(key, value);
    }
  }

  async #write(sid: string, session: Session, into: SessionContainer, expires: number | null, origin: Origin) {
    const minutes = expires === null ? 0 : Math.max(1, Math.ceil((expires - this.#sessions.now()) / MINUTE_MS));
    const writer = expires === null ? into : this.#withTimeout(into, minutes);
    const release = await into.turn(browserIdFor(sid));
    try {
      writer.announce(await writer.save(session, { origin, hasTurn: true }), origin.user);
    } finally {
      release();
    }
  }

  /** Whether something is new besides how long the session is good, or that by more than the resolution. */
  #isWorthWriting({ settings }: SessionContainer, seen: Data, wanted: Data): boolean {
    const { withoutExpiry, expiresOf } = this.#rules;
    if (!isDeepStrictEqual(withoutExpiry(seen), withoutExpiry(wanted))) return true;
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

  /** For reading: how long a session is good is judged here, because only its data says. */
  #unlimited(container: SessionContainer): SessionContainer {
    return this.#withTimeout(container, 0);
  }

  #withTimeout(container: SessionContainer, minutes: number): SessionContainer {
    const known = this.#timeouts.get(container) ?? new BoundedMap<number, SessionContainer>(TIMEOUTS_REMEMBERED);
    this.#timeouts.set(container, known);
    const found = known.get(minutes) ?? container.withTimeout(minutes);
    known.set(minutes, found);
    return found;
  }
}

/** A framework's id is no browser id, and must not be usable as one. */
function browserIdFor(sid: string): string {
  return `sid ${sid}`;
}

/** What a store of these frameworks keeps is what JSON keeps. */
function plain(data: object): Data {
  return JSON.parse(JSON.stringify(data)) as Data;
}

function dataOf(session: Session): Data {
  return Object.fromEntries(session);
}

function dataIn(entries: Entries): Data {
  return Object.fromEntries(Array.from(entries, ([key, { bytes, start, end }]) => [key, decode(bytes, start, end)]));
}

function checkWhole({ unopened, listing }: SessionPage): void {
  if (listing.unreachable.length === 0 && !listing.hasMore && unopened === 0) return;
  const why = listing.unreachable.map(({ address, reason }) => `${address} ${reason.clause}`);
  if (unopened > 0) why.push(`${unopened} of them cannot be opened`);
  if (listing.hasMore) why.push('there are too many');
  throw new Unavailable(`The sessions cannot all be listed: ${why.join('; ')}.`);
}
