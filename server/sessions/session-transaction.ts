import { ConflictError, NotTakenBack, Unavailable } from '../base/errors.ts';
import type { Release } from '../base/turns.ts';
import type { BrowserIds, CookieSettings, KnownId } from './browser-id.ts';
import type { SessionContainer } from './container.ts';
import type { BrowserId } from './current-browser.ts';
import { Session, SessionAlreadyWritten, type Origin } from './session.ts';
import type { Written } from './session-writer.ts';

interface SessionTransactionOptions {
  readonly browserIds: BrowserIds;
  readonly cookie: CookieSettings;
  /** The request's Cookie header. */
  readonly cookieHeader: string | undefined;
  /** Who makes the request, for lists of sessions. */
  readonly origin: Origin;
  /** Whether the caller runs the request again after a ConflictError. */
  readonly mayRerun: boolean;
  /** What ends all sessions of the user while this request is under way leaves those it changes. */
  readonly outlasts?: boolean | undefined;
  /** Whether a session with this label of a user may be given to who asks; without it, every one may. */
  readonly mayHave?: (label: string | null) => boolean;
  /** How often it was run before. Runs after the first have their sessions to themselves in this process. */
  readonly reruns: number;
}

interface Opened {
  readonly container: SessionContainer;
  readonly session: Session;
  readonly browserId: string;
  /** Nobody but this request knows the browser id yet. */
  readonly isMinted: boolean;
  /** The session went to somebody else under a new id while this request was under way. */
  readonly isMovedAway: boolean;
  readonly release: Release | undefined;
}

/**
 * The sessions of one run of one request: one for each container it asks for, all of one browser. Nothing is read before
 * it is asked for, nothing is stored before `commit`, and no cookie is set unless something is stored.
 */
export class SessionTransaction {
  readonly #options: SessionTransactionOptions;
  readonly #opened = new Map<SessionContainer, Opened>();
  readonly #opening = new Map<SessionContainer, Promise<Opened>>();
  /** How long it took to find each. */
  readonly #waitedMs = new Map<SessionContainer, number>();
  #isOver = false;
  #given: KnownId | null | undefined = null;
  #minted: string | undefined;
  #written: { readonly container: SessionContainer; readonly written: Written }[] = [];
  #setCookies: readonly string[] | undefined;
  /** Code asked for the id, or to have the browser forget it: the answer says so whether or not anything is stored. */
  #wish: 'give' | 'flush' | undefined;
  #sameAgain: readonly string[] | undefined;

  constructor(options: SessionTransactionOptions) {
    this.#options = options;
  }

  /** The browser's session in a container: the same one each time this request asks. */
  async open(container: SessionContainer): Promise<Session> {
    const known = this.#opened.get(container);
    if (known !== undefined) return known.session;
    const opening = this.#opening.get(container) ?? this.#find(container);
    this.#opening.set(container, opening);
    return (await opening).session;
  }

  /** The id that the browser came with, if it was made here. */
  get browserId(): string | undefined {
    return this.#came?.id;
  }

  /**
   * The Set-Cookie lines for the answer, once committed: after something was stored for a new browser id, one ended, or one
   * was used that an older key signed or that came under a former name.
   */
  get setCookies(): readonly string[] {
    if (this.#wish === 'flush') return this.dropCookies;
    const { browserIds, cookie, cookieHeader } = this.#options;
    return this.#setCookies ?? this.#givenLines() ?? this.#sameAgain ?? browserIds.dropTwin(cookie, cookieHeader);
  }

  /** Whether the browser has another id, or none, from now on: the line must not come too late. */
  get hasNewId(): boolean {
    return this.#setCookies !== undefined || this.#wish !== undefined;
  }

  /** The id that the browser came with, or is given by this request: because code asked for it, or to find what is stored. */
  get knownAs(): BrowserId | undefined {
    const isGiven = this.#wish === 'give' || (this.#wish === undefined && this.#beginsSomething);
    if (isGiven && this.#minted !== undefined) return { id: this.#minted, source: 'new' };
    const { browserId } = this;
    return browserId === undefined ? undefined : { id: browserId, source: 'cookie' };
  }

  /** Gives the browser an id with the answer: the one under which what this request begins is stored, too. */
  giveId(): BrowserId {
    this.#mustBeOpen();
    this.#minted ??= this.#options.browserIds.mint();
    this.#wish = 'give';
    return { id: this.#minted, source: 'new' };
  }

  /** Has the browser forget its id with the answer. */
  flushCookie(): void {
    this.#mustBeOpen();
    this.#wish = 'flush';
  }

  /** The Set-Cookie lines for an answer that must go out although the session cannot be reached: signing in does. */
  get dropCookies(): readonly string[] {
    const { browserIds, cookie, cookieHeader } = this.#options;
    return browserIds.dropCookies(cookie, cookieHeader);
  }

  /**
   * Brings every change to the stores. Throws ConflictError where the request has to be run again, with a new SessionTransaction;
   * what this one had stored by then is taken back. From its beginning on the sessions can only be read.
   */
  async commit(): Promise<void> {
    if (this.#isOver) return;
    this.#isOver = true;
    try {
      for (const { session } of this.#opened.values()) Session.close(session);
      for (const opened of inFixedOrder(this.#opened)) await this.#commitCounted(opened);
    } catch (error) {
      const isAsBefore = await this.undo().then(
        () => true,
        () => false,
      );
      throw error instanceof ConflictError && !isAsBefore ? new NotTakenBack(error) : error;
    } finally {
      this.abort();
    }
  }

  /** Takes back what `commit` stored, because the tree's part of the transaction failed. Throws the first that cannot be. */
  async undo(): Promise<void> {
    const written = this.#written;
    this.#written = [];
    this.#setCookies = undefined;
    this.#sameAgain = undefined;
    const failures: unknown[] = [];
    for (const each of written.reverse()) {
      await each.container.undo(each.written).catch((error: unknown) => failures.push(error));
    }
    if (failures.length > 0) throw failures[0];
  }

  /** Tells whoever listens which sessions began and ended, once the whole transaction is committed. */
  announce(): void {
    for (const { container, written } of this.#written) container.announce(written, this.#options.origin.user);
  }

  /** Forgets everything: the request failed. */
  abort(): void {
    this.#isOver = true;
    for (const { session, release } of this.#opened.values()) {
      Session.discard(session);
      release?.();
    }
  }

  /** Keys whose values were changed after `commit`, by whoever had taken them out of a session. */
  changedSinceCommit(): readonly string[] {
    return Array.from(this.#opened.values()).flatMap(({ session }) => Session.changedSinceClosed(session));
  }

  #mustBeOpen(): void {
    if (this.#isOver) throw new SessionAlreadyWritten();
  }

  #givenLines(): readonly string[] | undefined {
    return this.#wish === 'give' && this.#minted !== undefined ? this.#linesFor(this.#minted) : undefined;
  }

  get #beginsSomething(): boolean {
    return this.#opened.values().some(({ session, isMinted }) => isMinted && session.size > 0);
  }

  get #came(): KnownId | undefined {
    const { browserIds, cookieHeader, cookie } = this.#options;
    if (this.#given === null) this.#given = browserIds.read(cookieHeader, cookie);
    return this.#given;
  }

  #linesFor(id: string): readonly string[] {
    const { browserIds, cookie, cookieHeader } = this.#options;
    return browserIds.setCookies(id, cookie, cookieHeader);
  }

  async #find(container: SessionContainer): Promise<Opened> {
    const { browserId } = this;
    const begun = performance.now();
    const isRerun = this.#options.reruns > 0;
    if (isRerun) container.counts.reruns += 1;
    const mustWait = browserId !== undefined && isRerun;
    const release = mustWait ? await container.turn(browserId) : undefined;
    try {
      const session = browserId === undefined ? undefined : await container.load(browserId);
      const opened =
        browserId === undefined || session === undefined || !this.#mayHave(session)
          ? this.#start(container, release, isMoved(session, browserId))
          : { container, session, browserId, isMinted: false, isMovedAway: false, release };
      this.#opened.set(container, opened);
      this.#waitedMs.set(container, performance.now() - begun);
      if (this.#isOver) {
        Session.discard(opened.session);
        release?.();
      }
      return opened;
    } catch (error) {
      release?.();
      container.traffic.requests.note(performance.now() - begun, error instanceof Unavailable);
      throw error;
    } finally {
      this.#opening.delete(container);
    }
  }

  #mayHave(session: Session): boolean {
    const { mayHave } = this.#options;
    return mayHave === undefined || mayHave(Session.basisOf(session).header?.user ?? null);
  }

  #start(container: SessionContainer, release: Release | undefined, isMovedAway: boolean): Opened {
    this.#minted ??= this.#options.browserIds.mint();
    const session = container.begin(this.#minted);
    return { container, session, browserId: this.#minted, isMinted: true, isMovedAway, release };
  }

  async #commitCounted(opened: Opened): Promise<void> {
    const { container } = opened;
    const begun = performance.now() - (this.#waitedMs.get(container) ?? 0);
    let isFailed = false;
    try {
      await this.#commit(opened);
    } catch (error) {
      isFailed = error instanceof Unavailable;
      throw error;
    } finally {
      container.traffic.requests.note(performance.now() - begun, isFailed);
    }
  }

  async #commit(opened: Opened): Promise<void> {
    const { container, session, isMinted } = opened;
    if (isMinted && !session.isValid) return;
    // The browser has been given the new id, or will be: another one would take the session away from it.
    if (opened.isMovedAway && session.changes().size > 0) throw new ConflictError(SIGNED_IN_MEANWHILE);
    const isOld = isAtHome(opened) && this.#came?.isOld === true;
    if (isOld && isOnlyRead(session)) {
      // Written down whether or not it is time to: that seals the record anew, and shows that it still has this id.
      if (await container.touch(session)) this.#sendAgain(opened);
      return;
    }
    const moveTo = session.isRotating && isAtHome(opened) ? this.#options.browserIds.mint() : undefined;
    const { origin, mayRerun, outlasts } = this.#options;
    const hasTurn = opened.release !== undefined;
    const written = await container.save(session, { origin, moveTo, mayRerun, outlasts, hasTurn });
    if (written !== undefined) this.#written.push({ container, written });
    this.#setCookies = this.#cookiesAfter(opened, written) ?? this.#setCookies;
    if (isOld && written !== undefined) this.#sendAgain(opened);
  }

  #sendAgain({ browserId }: Opened): void {
    this.#sameAgain = this.#linesFor(browserId);
  }

  #cookiesAfter({ session, browserId, isMinted }: Opened, written: Written | undefined): readonly string[] | undefined {
    if (!session.isValid) return this.#setCookies ?? this.dropCookies;
    if (written === undefined) return undefined;
    const newId = isMinted ? browserId : written.movedTo;
    return newId === null ? undefined : this.#linesFor(newId);
  }
}

const SIGNED_IN_MEANWHILE = 'Somebody signed in with this browser while the request was under way. Send it again.';

function isMoved(session: Session | undefined, browserId: string | undefined): boolean {
  return session !== undefined && Session.basisOf(session).browserId !== browserId;
}

/** A session reached by an id that was just replaced stays where it is: that id may be in the wrong hands by now. */
function isAtHome({ session, browserId, isMinted }: Opened): boolean {
  return !isMinted && Session.basisOf(session).browserId === browserId;
}

function isOnlyRead(session: Session): boolean {
  return session.isValid && !session.isRotating && session.changes().size === 0;
}

/** Two requests that change the same sessions change them in the same order. */
function inFixedOrder(opened: ReadonlyMap<unknown, Opened>): Iterable<Opened> {
  if (opened.size < 2) return opened.values();
  return Array.from(opened.values()).sort((a, b) => (a.session.containerKey < b.session.containerKey ? -1 : 1));
}
