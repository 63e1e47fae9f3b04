import { ConflictError, Unavailable } from '../../base/errors.ts';
import { follow } from '../../manage/paths.ts';
import type { TreeObject } from '../../objects/object.ts';
import type { Call } from '../../publisher/call.ts';
import type { CookieSettings } from '../../sessions/browser-id.ts';
import type { SessionContainer } from '../../sessions/container.ts';
import { SessionUse } from '../../sessions/participant.ts';
import type { Session } from '../../sessions/session.ts';
import { siteOf, type Site } from '../../site.ts';
import { browserLabel } from '../../base/browser-label.ts';
import { cookieSettings } from './browser-id-manager.ts';
import type { OpenContainer } from './containers.ts';

const USES = Symbol('the sessions of this request');

/** How browsers are known below one browser id manager. */
interface BrowserIdSettings {
  readonly oid: number;
  readonly secureCookie: CookieSettings;
  readonly plainCookie: CookieSettings;
}

/** Where sessions are, and how their browsers are known. */
interface Way {
  readonly container: SessionContainer;
  readonly browserIds: BrowserIdSettings;
}

/** The session of whoever called, where the nearest session data manager says that sessions are kept. */
export async function currentSession(call: Call): Promise<Session> {
  const { connection, object } = call;
  const way = await connection.remembered(`sessions for ${object.oid}`, () => wayFrom(object));
  return sessionUse(call, way.browserIds).open(way.container);
}

/** The caller's session in one container; the browser id is that of the nearest browser id manager above it. */
export async function sessionIn(call: Call, object: TreeObject): Promise<Session> {
  const way = await call.connection.remembered(`sessions in ${object.oid}`, () => wayTo(object));
  return sessionUse(call, way.browserIds).open(way.container);
}

async function wayFrom(object: TreeObject): Promise<Way> {
  const manager = await object.findService('session.manager');
  if (manager === undefined) throw off('There is no Session Data Manager here or further up.');
  return wayTo(await containerObject(manager));
}

async function wayTo(object: TreeObject): Promise<Way> {
  const container = await openContainer(object);
  const browserIds = await object.findService('session.browser-ids');
  if (browserIds === undefined) throw off('No browser id manager named browser_id_manager could be found.');
  return { container, browserIds: settingsOf(browserIds) };
}

function settingsOf(browserIds: TreeObject): BrowserIdSettings {
  const { oid } = browserIds;
  return { oid, secureCookie: cookieSettings(browserIds, true), plainCookie: cookieSettings(browserIds, false) };
}

/** The sessions of one request: one browser id for each browser id manager, written when the request commits. */
function sessionUse(call: Call, browserIds: BrowserIdSettings): SessionUse {
  const uses = (call.scope.get(USES) ?? new Map()) as Map<number, SessionUse>;
  call.scope.set(USES, uses);
  const known = uses.get(browserIds.oid);
  if (known !== undefined) return known;
  const use = newUse(call, browserIds, call.user.name);
  uses.set(browserIds.oid, use);
  call.keepPrivate();
  call.cookies.push(() => use.setCookie);
  call.transaction.join({
    commit: () => use.commit(),
    undo: () => use.undo(),
    committed: () => use.announce(),
    abort: () => use.abort(),
  });
  return use;
}

/** The key of the session that the caller's browser has, or would have, in a container; `undefined`: it has no browser id. */
export async function ownKeyIn(call: Call, object: TreeObject): Promise<string | undefined> {
  const browserIds = await object.findService('session.browser-ids');
  if (browserIds === undefined) return undefined;
  const { browserId } = newUse(call, settingsOf(browserIds), call.user.name);
  return browserId === undefined ? undefined : (await openContainer(object)).keyOf(browserId);
}

/** The sessions that an object keeps, or a refusal that says what is missing on the way to them. */
export function openContainer(object: TreeObject): Promise<SessionContainer> {
  return (object.provide('session.container') as OpenContainer)();
}

/** The container that a session data manager leads to. */
export async function containerObject(manager: TreeObject): Promise<TreeObject> {
  const field = manager.definition?.properties['container_path']?.schema;
  const path = String(manager.properties['container_path']);
  const { object, problem } = await follow(manager, field ?? {}, path);
  if (object === undefined || problem !== undefined)
    throw off(problem ?? `The container path of ${manager.path} is empty.`);
  return object;
}

/**
 * Signing in gives the browser's session another id, so that whoever knew the old one knows nothing. Where memcached is
 * out of reach, signing in goes on and the browser loses its id instead.
 */
export async function rotateAtSignIn(manager: TreeObject, call: Call, user: string): Promise<void> {
  const browserIds = await manager.findService('session.browser-ids');
  const use = browserIds === undefined ? undefined : newUse(call, settingsOf(browserIds), user);
  if (use?.browserId === undefined) return;
  let isGivenUp = false;
  const giveUp = (error: unknown) => {
    // A session that others change at this very moment is given up, too: signing in is never run again.
    if (!(error instanceof Unavailable || error instanceof ConflictError)) throw error;
    isGivenUp = true;
  };
  call.cookies.push(() => (isGivenUp ? use.dropCookie : use.setCookie));
  call.transaction.join({
    commit: () => use.commit().catch(giveUp),
    undo: () => use.undo(),
    committed: () => use.announce(),
    abort: () => use.abort(),
  });
  await openAndRotate(manager, use).catch(giveUp);
}

async function openAndRotate(manager: TreeObject, use: SessionUse): Promise<void> {
  const container = await openContainer(await containerObject(manager));
  const session = await use.open(container);
  if (!session.isNew) session.rotate();
}

function newUse(call: Call, { secureCookie, plainCookie }: BrowserIdSettings, user: string | null): SessionUse {
  const { request, reruns } = call;
  const cookie = request.acceptsSecureCookies ? secureCookie : plainCookie;
  if (secureCookie.isSecure && !cookie.isSecure) warnOnce(call);
  return new SessionUse({
    browserIds: siteOf(call).browserIds,
    cookie,
    cookieHeader: request.headers.cookie,
    origin: {
      user,
      address: request.address,
      browser: browserLabel(request.headers['user-agent'] ?? ''),
    },
    // A conflict after the last run is refused; `on_conflict` is for foreign applications, whose requests run only once.
    mayRerun: true,
    reruns,
  });
}

const warned = new WeakSet<Site>();

/** The log says once that browser ids go out without Secure. */
function warnOnce(call: Call): void {
  const site = siteOf(call);
  if (warned.has(site)) return;
  warned.add(site);
  const { origin } = call.request;
  site.log.warn(
    { origin },
    'Browser id cookies go out without Secure: this request is http. Behind a TLS proxy? Set TRELLIS_ORIGIN and TRELLIS_TRUST_PROXY.',
  );
}

function off(why: string): Unavailable {
  return new Unavailable(`Sessions are off: ${why}`);
}
