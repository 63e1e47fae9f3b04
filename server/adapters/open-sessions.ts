import type { IncomingMessage } from 'node:http';
import { Stream } from 'node:stream';
import { Problem, Unavailable } from '../base/errors.ts';
import { openForApplication, type DataFolder } from '../data-folder.ts';
import type { TreeReader } from '../objects/reader.ts';
import type { TreeObject } from '../objects/object.ts';
import { cookieWays, tellWithoutSecure, type CookieWays } from '../products/sessions/browser-ids/browser-id-manager.ts';
import { browserLabel } from '../base/browser-label.ts';
import { shown } from '../base/shape.ts';
import { OnceAMinute } from '../base/once-a-minute.ts';
import { isForwarded, keepsSecureCookies, mayDropSecureCookies, parseOrigin } from '../base/origins.ts';
import { endAll } from '../products/sessions/container/containers.ts';
import { containerObject } from '../products/sessions/container/container-objects.ts';
import type { BrowserIds, CookieSettings } from '../sessions/browser-id.ts';
import type { SessionContainer } from '../sessions/container.ts';
import { labelInApplication } from '../sessions/record/user-label.ts';
import type { Origin } from '../sessions/session.ts';
import { checkOptions, OPEN_SESSIONS } from './options.ts';
import { SessionRefusal } from './refusal.ts';
import { BROWSER_IDS } from '../products/sessions/browser-ids/browser-ids.ts';
import { SESSION_MANAGER } from '../products/sessions/session-manager.ts';
import { SESSION_CONTAINER } from '../products/stores/session-container.ts';

export interface OpenSessionsOptions {
  /** The data folder of a Trellis server on this machine: what it was given as `--data`. */
  readonly data: string;
  /** The path of the session data manager in its tree. */
  readonly manager: string;
  /** Where the settings that application and server share are read from (`TRELLIS_SECRETS` and others). */
  readonly environment?: NodeJS.ProcessEnv;
}

/**
 * Where the sessions of browsers are, and how browsers get their ids: as the browser id manager above the container says.
 * @internal
 */
export interface BrowserSessions {
  readonly container: SessionContainer;
  readonly browserIds: BrowserIds;
  readonly cookie: CookieSettings;
}

/** What follows for all browsers from one state of the tree. */
interface Way extends Omit<BrowserSessions, 'cookie'> {
  readonly cookies: CookieWays;
}

/** What an application knows of how a browser asked it. */
interface Asked {
  readonly host: string;
  readonly secure: boolean;
  readonly req: Pick<IncomingMessage, 'headers'>;
}

/** Opens the tree of a server on this machine for the sessions of an application. */
export async function openSessions(options: OpenSessionsOptions): Promise<Sessions> {
  checkOptions('openSessions', OPEN_SESSIONS, options);
  const folder = await openForApplication(options.data, options.environment ?? process.env);
  const sessions = new Sessions(folder, options.manager);
  try {
    await sessions.container();
    return sessions;
  } catch (error) {
    if (error instanceof SessionsNotShared) {
      await sessions.close();
      throw error;
    }
    // What is wrong in the tree can be mended there while the application runs; each request that needs it says so.
    folder.site.log.warn({ err: error }, 'Sessions are not to be had yet');
    return sessions;
  }
}

/** What adapters are given: whoever forgot to wait for it is told at the start, and not at each request. */
export function requireSessions(of: string, given: unknown): Sessions {
  if (given instanceof Sessions) return given;
  const rule = 'It must be what openSessions gives: await openSessions({ data, manager }).';
  throw new TypeError(`${of}: the first argument is ${shown(given)}. ${rule}`);
}

/** The sessions are in the memory of another process, where nobody else can see them. */
export class SessionsNotShared extends Unavailable {
  constructor(path: string, manager: string) {
    super(
      `The sessions in '${path}' are in the memory of the Trellis server and cannot be shared with an application. ` +
        `Set up a MemCache Session Data Container, and make it the container path of '${manager}'.`,
    );
  }
}

/** A request came after the application closed its sessions. */
export class SessionsClosed extends Unavailable {
  constructor(cause?: unknown) {
    super('The sessions of this application were closed: this process is ending. Try again.', {
      cause,
      audience: 'anybody',
    });
  }
}

/**
 * Where an application's sessions are kept, as the tree says at each request: what is changed in the browser holds from
 * the next request on. What is internal is for the adapters, and not among the types of the package.
 */
export class Sessions {
  readonly #folder: DataFolder;
  readonly #manager: string;
  readonly #closing = new AbortController();
  readonly #pace = new OnceAMinute();
  #closed: Promise<void> | undefined;

  /** @internal Made by `openSessions`. */
  constructor(folder: DataFolder, manager: string) {
    this.#folder = folder;
    this.#manager = manager;
  }

  /** @internal The container that the manager leads to now. */
  async container(): Promise<SessionContainer> {
    return (await this.#object()).provide(SESSION_CONTAINER);
  }

  /** @internal The container, and how a browser keeps its id that asked this host, as far as the application knows. */
  async forBrowser({ host, secure, req }: Asked): Promise<BrowserSessions> {
    const tree = await this.#folder.database.open(null);
    const { cookies, ...way } = await tree.remembered(`sessions through ${this.#manager}`, () => this.#wayFrom(tree));
    const asked = parseOrigin(`${secure ? 'https' : 'http'}://${host}`);
    const { origins } = this.#folder.site;
    if (mayDropSecureCookies(asked, origins) && !isForwarded(req.headers)) return { ...way, cookie: cookies.doubtful };
    if (keepsSecureCookies(asked, origins)) return { ...way, cookie: cookies.secure };
    if (cookies.secure.isSecure) tellWithoutSecure(this.#folder.site, asked, 'TRELLIS_ORIGIN');
    return { ...way, cookie: cookies.plain };
  }

  /** Ends every session in the container, other applications' too. No server has to be asked for that. */
  async endAll(): Promise<void> {
    await endAll(await this.#object());
  }

  /** @internal Aborted once they are closed. */
  get closed(): AbortSignal {
    return this.#closing.signal;
  }

  /**
   * An error as Koa and Express answer it, and visitors may read it; the log says what happened. What fails once they are
   * closed, fails because of that.
   * @internal
   */
  httpErrorOf(error: unknown): unknown {
    const told = this.closed.aborted ? new SessionsClosed(error) : error;
    if (!(told instanceof Problem)) return told;
    if (!(told instanceof SessionsClosed)) this.#warnOfRefusal(told);
    return new SessionRefusal(told);
  }

  /** @internal What fails in it, as `httpErrorOf` says. */
  async withHttpErrors<Value>(work: Promise<Value>): Promise<Value> {
    try {
      return await work;
    } catch (error) {
      throw this.httpErrorOf(error);
    }
  }

  /** @internal */
  now(): number {
    return this.#folder.site.clock();
  }

  /** @internal Of what cannot be refused any more, only the log can tell. */
  warnOfLateChange(path: string, keys: readonly string[]): void {
    this.#warn(
      { path, keys },
      'A session was changed after it was written, and that is lost. Change it before the answer begins to be sent.',
      keys.join(),
    );
  }

  /** @internal */
  warnOfLateBeginning(path: string): void {
    this.#warn(
      { path },
      'A session was begun after the headers were sent, so its browser was not told the id, and it is lost. ' +
        'Begin it before the answer begins to be sent.',
      '',
    );
  }

  /** For an orderly end: closes stores and tree. What fails keeps nothing else from being closed, and is thrown at the end. */
  close(): Promise<void> {
    this.#closing.abort();
    this.#closed ??= this.#folder.close();
    return this.#closed;
  }

  /** What is too large or in conflict has as many reasons as there are visitors: of each kind one is told. */
  #warnOfRefusal({ message: reason, status, code }: Problem): void {
    this.#warn(
      { reason, status },
      'A request has no session, or its changes were not stored',
      status < 500 ? code : reason,
    );
  }

  #warn(what: Readonly<Record<string, unknown>>, words: string, kind: string): void {
    const alsoSince = this.#pace.isDue(`${words} ${kind}`);
    if (alsoSince !== undefined) this.#folder.site.log.warn({ ...what, alsoSince }, words);
  }

  async #wayFrom(tree: TreeReader): Promise<Way> {
    const object = await this.#object(tree);
    const manager = await object.findService(BROWSER_IDS);
    if (manager === undefined) throw new Unavailable('Sessions are off: there is no Browser Id Manager in the tree.');
    const { browserIds } = this.#folder.site;
    return { container: await object.provide(SESSION_CONTAINER), browserIds, cookies: cookieWays(manager) };
  }

  async #object(seen?: TreeReader): Promise<TreeObject> {
    const tree = seen ?? (await this.#folder.database.open(null));
    const manager = await tree.find(this.#manager);
    if (manager?.doesProvide(SESSION_MANAGER) !== true) throw noManager(this.#manager, manager);
    const path = String(manager.properties['container_path']);
    if (await isInMemory(tree, path)) throw new SessionsNotShared(path, this.#manager);
    return containerObject(manager);
  }
}

/** Whether a path leads into a folder whose contents are in the memory of each server. */
async function isInMemory(tree: TreeReader, path: string): Promise<boolean> {
  for (let end = path.indexOf('/', 1); end > 0; end = path.indexOf('/', end + 1)) {
    const folder = await tree.find(path.slice(0, end));
    if (folder?.definition?.contains === 'volatile') return true;
  }
  return false;
}

function noManager(path: string, found: TreeObject | undefined): Unavailable {
  if (found?.problem !== undefined) return new Unavailable(found.problem.sentence);
  const what = found === undefined ? 'There is no object' : `There is a ${found.type}`;
  const remedy = 'Name the path of a Session Data Manager, such as /session_data_manager.';
  return new Unavailable(`${what} at '${path}'. ${remedy}`);
}

/** Who makes a request, for the list of sessions. */
export function originOf(address: string | undefined, userAgent: string | undefined, user: string | null): Origin {
  return { user: labelInApplication(user), address: address ?? '', browser: browserLabel(userAgent ?? '') };
}

/** Whether the code of a Koa application may go on while the answer is sent. */
export function isSentInPieces({ respond, body }: { respond?: boolean | undefined; body?: unknown }): boolean {
  const isStream = body instanceof Stream || body instanceof ReadableStream || body instanceof globalThis.Response;
  return respond === false || isStream;
}
