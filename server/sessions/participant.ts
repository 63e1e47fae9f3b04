import { ConflictError, NotTakenBack } from '../base/errors.ts';
import type { Release } from '../base/limits.ts';
import { dropCookie, type BrowserIds, type CookieSettings } from './browser-id.ts';
import type { SessionContainer } from './container.ts';
import { Session, type Origin } from './session.ts';
import type { Written } from './writing.ts';

export interface SessionUseOptions {
  readonly browserIds: BrowserIds;
  readonly cookie: CookieSettings;
  /** The request's Cookie header. */
  readonly cookieHeader: string | undefined;
  /** Who makes the request, for lists of sessions. */
  readonly origin: Origin;
  /** Whether the caller runs the request again after a ConflictError. */
  readonly mayRerun: boolean;
  /** How often it was run before. Runs after the first have their sessions to themselves in this process. */
  readonly reruns: number;
}

interface Opened {
  readonly container: SessionContainer;
  readonly session: Session;
  readonly browserId: string;
  /** Nobody but this request knows the browser id yet. */
  readonly isMinted: boolean;
  readonly release: Release | undefined;
}

/**
 * The sessions of one run of one request: one for each container it asks for, all of one browser. Nothing is read before
 * it is asked for, nothing is stored before `commit`, and no cookie is set unless something is stored.
 */
export class SessionUse {
  readonly #options: SessionUseOptions;
  readonly #opened = new Map<SessionContainer, Opened>();
  readonly #opening = new Map<SessionContainer, Promise<Opened>>();
  #isOver = false;
  #given: string | null | undefined = null;
  #minted: string | undefined;
  #written: { readonly container: SessionContainer; readonly written: Written }[] = [];
  #setCookie: string | undefined;

  constructor(options: SessionUseOptions) {
    this.#options = options;
  }

  /** The browser's session in a container: the same one each time this request asks. */
  async open(container: SessionContainer): Promise<Session> {
    const opened = this.#opened.get(container) ?? (await (this.#opening.get(container) ?? this.#begin(container)));
    return opened.session;
  }

  /** Whether the browser has a session in a container; starts none. */
  async has(container: SessionContainer): Promise<boolean> {
    const opened = this.#opened.get(container);
    if (opened !== undefined) return !opened.session.isNew;
    return this.browserId !== undefined && (await container.has(this.browserId));
  }

  /** The id that the browser came with, if it was made here. */
  get browserId(): string | undefined {
    const { browserIds, cookieHeader, cookie } = this.#options;
    if (this.#given === null) this.#given = browserIds.read(cookieHeader, cookie);
    return this.#given;
  }

  /** The Set-Cookie line for the answer, once committed: after something was stored for a new browser id, or one ended. */
  get setCookie(): string | undefined {
    return this.#setCookie;
  }

  /** The Set-Cookie line for an answer that must go out although the session cannot be reached: signing in does. */
  get dropCookie(): string {
    return dropCookie(this.#options.cookie);
  }

  /**
   * Brings every change to the stores. Throws ConflictError where the request has to be run again, with a new SessionUse;
   * what this one had stored by then is taken back. What is done to the sessions afterwards is not stored.
   */
  async commit(): Promise<void> {
    if (this.#isOver) return;
    try {
      for (const opened of inFixedOrder(this.#opened)) await this.#commit(opened);
    } catch (error) {
      const isAsBefore = await this.undo().then(
        () => true,
        () => false,
      );
      throw error instanceof ConflictError && !isAsBefore ? new NotTakenBack(error) : error;
    } finally {
      this.#end();
    }
  }

  /** Takes back what `commit` stored, because the tree's part of the transaction failed. Throws the first that cannot be. */
  async undo(): Promise<void> {
    const written = this.#written;
    this.#written = [];
    this.#setCookie = undefined;
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
    this.#end();
  }

  #begin(container: SessionContainer): Promise<Opened> {
    const opening = this.#find(container);
    this.#opening.set(container, opening);
    return opening;
  }

  async #find(container: SessionContainer): Promise<Opened> {
    const { browserId } = this;
    const isRerun = this.#options.reruns > 0;
    if (isRerun) container.counts.reruns += 1;
    const mustWait = browserId !== undefined && isRerun;
    const release = mustWait ? await container.turn(browserId) : undefined;
    try {
      const session = browserId === undefined ? undefined : await container.load(browserId);
      const opened =
        browserId === undefined || session === undefined
          ? this.#start(container, release)
          : { container, session, browserId, isMinted: false, release };
      this.#opened.set(container, opened);
      if (this.#isOver) release?.();
      return opened;
    } catch (error) {
      release?.();
      throw error;
    } finally {
      this.#opening.delete(container);
    }
  }

  #start(container: SessionContainer, release: Release | undefined): Opened {
    this.#minted ??= this.#options.browserIds.mint();
    return { container, session: container.begin(this.#minted), browserId: this.#minted, isMinted: true, release };
  }

  async #commit(opened: Opened): Promise<void> {
    const { container, session, isMinted } = opened;
    if (isMinted && !session.isValid) return;
    const moveTo = this.#newIdFor(opened);
    const { origin, mayRerun } = this.#options;
    const written = await container.save(session, { origin, moveTo, mayRerun, hasTurn: opened.release !== undefined });
    if (written !== undefined) this.#written.push({ container, written });
    this.#setCookie = this.#cookieAfter(opened, written) ?? this.#setCookie;
  }

  /** A session reached by an id that was just replaced stays where it is: that id may be in the wrong hands by now. */
  #newIdFor({ session, browserId, isMinted }: Opened): string | undefined {
    const isAtHome = !isMinted && Session.basisOf(session).browserId === browserId;
    return session.isRotating && isAtHome ? this.#options.browserIds.mint() : undefined;
  }

  #cookieAfter({ session, browserId, isMinted }: Opened, written: Written | undefined): string | undefined {
    const { browserIds, cookie } = this.#options;
    if (!session.isValid) return this.#setCookie ?? this.dropCookie;
    if (written === undefined) return undefined;
    const newId = isMinted ? browserId : written.movedTo;
    return newId === null ? undefined : browserIds.setCookie(newId, cookie);
  }

  #end(): void {
    this.#isOver = true;
    for (const opened of this.#opened.values()) opened.release?.();
  }
}

/** Two requests that change the same sessions change them in the same order. */
function inFixedOrder(opened: ReadonlyMap<unknown, Opened>): Iterable<Opened> {
  if (opened.size < 2) return opened.values();
  return Array.from(opened.values()).sort((a, b) => (a.session.containerKey < b.session.containerKey ? -1 : 1));
}
