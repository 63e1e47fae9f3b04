import type { TreeObject } from '../../objects/object.ts';
import type { Call } from '../../publisher/call.ts';
import type { SessionContainer } from '../../sessions/container.ts';
import { mayHave } from '../../sessions/record/user-label.ts';
import { CurrentBrowser } from '../../sessions/current-browser.ts';
import { SessionTransaction } from '../../sessions/session-transaction.ts';
import type { Origin, Session } from '../../sessions/session.ts';
import { siteOf } from '../../site/site.ts';
import { browserLabel } from '../../base/browser-label.ts';
import { cookieWays, tellWithoutSecure, type CookieWays } from './browser-ids/browser-id-manager.ts';
import { containerBehind, containerObject, off } from './container/container-objects.ts';
import { NO_BROWSER_IDS } from './manager-warnings.ts';
import { BROWSER_IDS } from './browser-ids/browser-ids.ts';
import { SESSION_MANAGER } from './session-manager.ts';
import { SESSION_CONTAINER } from '../stores/session-container.ts';

const SESSIONS = Symbol('the sessions of this request');

/** How browsers are known below one browser id manager. */
interface BrowserIdSettings {
  readonly oid: number;
  readonly cookies: CookieWays;
}

/** Where sessions are, and how their browsers are known. */
interface Way {
  readonly container: SessionContainer;
  readonly browserIds: BrowserIdSettings;
}

/** The session of whoever called, where the nearest session data manager says that sessions are kept. */
export async function currentSession(call: Call): Promise<Session> {
  const { tree, object } = call;
  const way = await tree.remembered(`sessions for ${object.oid}`, () => wayFrom(object));
  return sessionsOf(call, way.browserIds).open(way.container);
}

/**
 * The browser of whoever called, as the container of the nearest session data manager knows it; also where there is none, or
 * its sessions are out of reach.
 */
export async function currentBrowser(call: Call): Promise<CurrentBrowser> {
  const { tree, object } = call;
  const browserIds = await tree.remembered(`browsers for ${object.oid}`, () => browserIdsFor(object));
  return new CurrentBrowser(sessionsOf(call, browserIds));
}

async function browserIdsFor(object: TreeObject): Promise<BrowserIdSettings> {
  const manager = await object.findService(SESSION_MANAGER);
  const container = await (manager && containerObject(manager).catch(() => undefined));
  return requireBrowserIds(container ?? object);
}

/** The caller's session in one container; the browser id is that of the nearest browser id manager above it. */
export async function sessionIn(call: Call, object: TreeObject): Promise<Session> {
  const way = await call.tree.remembered(`sessions in ${object.oid}`, () => wayTo(object));
  return sessionsOf(call, way.browserIds).open(way.container);
}

async function wayFrom(object: TreeObject): Promise<Way> {
  const manager = await object.findService(SESSION_MANAGER);
  if (manager === undefined) throw off('There is no Session Data Manager here or further up.');
  const behind = await containerBehind(manager);
  return { container: behind.container, browserIds: await requireBrowserIds(behind.object) };
}

async function wayTo(object: TreeObject): Promise<Way> {
  const container = await object.provide(SESSION_CONTAINER);
  return { container, browserIds: await requireBrowserIds(object) };
}

async function requireBrowserIds(object: TreeObject): Promise<BrowserIdSettings> {
  const browserIds = await object.findService(BROWSER_IDS);
  if (browserIds === undefined) throw off(NO_BROWSER_IDS);
  return settingsOf(browserIds);
}

function settingsOf(browserIds: TreeObject): BrowserIdSettings {
  return { oid: browserIds.oid, cookies: cookieWays(browserIds) };
}

/** The sessions of one request: one browser id for each browser id manager, written when the request commits. */
function sessionsOf(call: Call, browserIds: BrowserIdSettings): SessionTransaction {
  const ofRequest = (call.scope.get(SESSIONS) ?? new Map()) as Map<number, SessionTransaction>;
  call.scope.set(SESSIONS, ofRequest);
  const known = ofRequest.get(browserIds.oid);
  if (known !== undefined) return known;
  const sessions = newSessions(call, browserIds, call.user);
  ofRequest.set(browserIds.oid, sessions);
  call.keepPrivate();
  call.transaction.watch(() => warnOfLateChange(call, sessions.changedSinceCommit()));
  if (call.transaction.isOver) {
    // An answer that streams asks for it: it is there to be looked at.
    sessions.abort();
    return sessions;
  }
  call.cookies.push(() => sessions.setCookies);
  call.transaction.join(participantFor(sessions));
  return sessions;
}

/** Their part in the request's transaction. */
export function participantFor(sessions: SessionTransaction) {
  return {
    commit: () => sessions.commit(),
    undo: () => sessions.undo(),
    committed: () => sessions.announce(),
    abort: () => sessions.abort(),
  };
}

/** Of a value that is changed in hand while the answer is sent, only the log can tell. */
function warnOfLateChange({ object, tree }: Call, keys: readonly string[]): void {
  if (keys.length === 0) return;
  const words = 'A session was changed after it was written, and that is lost. Change it before the view returns.';
  siteOf({ tree }).log.warn({ path: object.path, keys }, words);
}

/** The key of the session that the caller's browser has, or would have, in a container; `undefined`: it has no browser id. */
export async function ownKeyIn(call: Call, object: TreeObject): Promise<string | undefined> {
  const browserId = (await sessionsBeside(object, call, call.user))?.browserId;
  return browserId === undefined ? undefined : (await object.provide(SESSION_CONTAINER)).keyOf(browserId);
}

/** For whom a session is asked for. */
interface Who {
  readonly name: string | null;
  readonly outlasts?: boolean;
}

/** The sessions of the browser that asks, as they are known at an object, beside those that the request uses. */
export async function sessionsBeside(
  object: TreeObject,
  call: Call,
  who: Who,
): Promise<SessionTransaction | undefined> {
  const browserIds = await object.findService(BROWSER_IDS);
  return browserIds === undefined ? undefined : newSessions(call, settingsOf(browserIds), who);
}

function newSessions(call: Call, browserIds: BrowserIdSettings, who: Who): SessionTransaction {
  const { request, reruns } = call;
  const { secure, doubtful, plain } = browserIds.cookies;
  const cookie = request.mayDropSecureCookies ? doubtful : request.acceptsSecureCookies ? secure : plain;
  if (secure.isSecure && !cookie.isSecure) tellWithoutSecure(siteOf(call), request.origin);
  return new SessionTransaction({
    browserIds: siteOf(call).browserIds,
    cookie,
    cookieHeader: request.headers.cookie,
    origin: originOf(call, who),
    mayHave: (label) => mayHave(who.name, label),
    outlasts: who.outlasts,
    // A conflict after the last run is refused; `on_conflict` is for foreign applications, whose requests run only once.
    mayRerun: true,
    reruns,
  });
}

/** Who makes a request, for lists of sessions. */
export function originOf({ request }: Call, who: Who): Origin {
  return {
    user: who.name,
    address: request.address,
    browser: browserLabel(request.headers['user-agent'] ?? ''),
  };
}
