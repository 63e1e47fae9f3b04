import { Problem, Unavailable } from '../../base/errors.ts';
import { follow } from '../../manage/paths.ts';
import type { Connection } from '../../objects/connection.ts';
import type { TreeObject } from '../../objects/object.ts';
import type { Call } from '../../publisher/call.ts';
import type { CookieSettings } from '../../sessions/browser-id.ts';
import type { SessionContainer } from '../../sessions/container.ts';
import { isOfApplication, mayHave } from '../../sessions/user-label.ts';
import { SessionUse } from '../../sessions/participant.ts';
import { Session } from '../../sessions/session.ts';
import { siteOf, type Site } from '../../site.ts';
import type { Participant } from '../../transaction/transaction.ts';
import { browserLabel } from '../../base/browser-label.ts';
import { cookieSettings } from './browser-id-manager.ts';
import type { OpenContainer } from './containers.ts';

const USES = Symbol('the sessions of this request');
const MOST_CONTAINERS = 100;

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
  const use = newUse(call, browserIds, call.user);
  uses.set(browserIds.oid, use);
  call.keepPrivate();
  if (call.transaction.isOver) {
    // An answer that streams asks for it: it is there to be looked at.
    use.abort();
    return use;
  }
  call.cookies.push(() => use.setCookie);
  call.transaction.join({
    commit: () => use.commit(),
    undo: () => use.undo(),
    committed: () => use.announce(),
    abort: () => use.abort(),
    sent: () => warnOfLateChange(call, use.changedSinceCommit()),
  });
  return use;
}

/** Of a value that is changed in hand while the answer is sent, only the log can tell. */
function warnOfLateChange({ object, connection }: Call, keys: readonly string[]): void {
  if (keys.length === 0) return;
  const words = 'A session was changed after it was written, and that is lost. Change it before the view returns.';
  siteOf({ connection }).log.warn({ path: object.path, keys }, words);
}

/** The key of the session that the caller's browser has, or would have, in a container; `undefined`: it has no browser id. */
export async function ownKeyIn(call: Call, object: TreeObject): Promise<string | undefined> {
  const browserIds = await object.findService('session.browser-ids');
  if (browserIds === undefined) return undefined;
  const { browserId } = newUse(call, settingsOf(browserIds), call.user);
  return browserId === undefined ? undefined : (await openContainer(object)).keyOf(browserId);
}

/** The sessions that an object keeps, or a refusal that says what is missing on the way to them. */
export function openContainer(object: TreeObject): Promise<SessionContainer> {
  return (object.provide('session.container') as OpenContainer)();
}

/** The objects of the tree that keep sessions, up to 100. */
export function containerObjects(connection: Connection): Promise<readonly TreeObject[]> {
  return connection.ofTypes(connection.database.types.providing('session.container'), MOST_CONTAINERS);
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
 * Signing in gives the browser's session another id, so that whoever knew the old one knows nothing; one of another user
 * ends. Where there is none, or memcached is out of reach, signing in goes on and the browser loses its id instead.
 */
export async function moveAtSignIn(manager: TreeObject, call: Call, name: string): Promise<void> {
  const use = await useBeside(manager, call, { name });
  const browserId = use?.browserId;
  if (use === undefined || browserId === undefined) return;
  let isLost = false;
  const lose = () => (isLost = true);
  call.cookies.push(() => (isLost ? use.dropCookie : use.setCookie));
  call.transaction.join(sparing(use, lose));
  try {
    const container = await openContainer(await containerObject(manager));
    const session = await use.open(container);
    if (!session.isNew) return session.rotate();
    lose();
    await container.endKey(container.keyOf(browserId));
  } catch (error) {
    lose();
    spare(error);
  }
}

/** One's own new password ends all of one's sessions but the one at hand, which gets another id. To be called before. */
export async function keepThroughNewPassword(manager: TreeObject, call: Call): Promise<void> {
  const use = await useBeside(manager, call, { name: call.user.name, outlasts: true });
  if (use?.browserId === undefined) return;
  call.cookies.push(() => use.setCookie);
  call.transaction.join(sparing(use));
  try {
    const session = await use.open(await openContainer(await containerObject(manager)));
    if (labelOf(session) === call.user.name) session.rotate();
  } catch (error) {
    spare(error);
  }
}

/**
 * Signing out takes the browser's id away, also where memcached is out of reach, and ends its sessions in every container.
 * Of what a part of the site keeps under ids of its own only what is the user's ends.
 */
export async function endAtSignOut(manager: TreeObject, call: Call): Promise<void> {
  const own = await useBeside(manager, call, call.user);
  const dropped = new Set<string>();
  if (own?.browserId !== undefined) dropped.add(own.dropCookie);
  const end = async (object: TreeObject): Promise<void> => {
    const use = await useBeside(object, call, call.user);
    if (use?.browserId === undefined) return;
    const isOwn = use.browserId === own?.browserId;
    if (await endSession(object, use.browserId, { name: call.user.name, isOwn })) dropped.add(use.dropCookie);
  };
  const objects = await containerObjects(call.connection);
  await Promise.all(objects.map((object) => end(object).catch(spare)));
  for (const line of dropped) call.cookies.push(() => line);
}

interface Leaving {
  /** `null`: no login is left. */
  readonly name: string | null;
  /** Whether the id is the one that is taken away in any case. */
  readonly isOwn: boolean;
}

function labelOf(session: Session): string | null {
  return Session.basisOf(session).header?.user ?? null;
}

/** Ends the session of a browser id in one container, if it is to end, and says whether it did. */
async function endSession(object: TreeObject, browserId: string, leaving: Leaving): Promise<boolean> {
  const container = await openContainer(object);
  try {
    const session = await container.load(browserId);
    if (session === undefined || session.isNew) return false;
    return mayEnd(leaving, labelOf(session)) && (await container.endKey(session.containerKey)) !== undefined;
  } catch (error) {
    if (error instanceof Unavailable && leaving.isOwn && leaving.name !== null) await container.noteEnded(browserId);
    throw error;
  }
}

/** What is nobody's needs no end where its id is gone, and none where anybody could have it ended. */
function mayEnd({ name, isOwn }: Leaving, label: string | null): boolean {
  if (isOwn && name !== null) return mayHave(name, label);
  return label !== null && !isOfApplication(label) && (name === null || label === name);
}

/** The session of the browser beside what the request is about. */
async function useBeside(object: TreeObject, call: Call, who: Who): Promise<SessionUse | undefined> {
  const browserIds = await object.findService('session.browser-ids');
  return browserIds === undefined ? undefined : newUse(call, settingsOf(browserIds), who);
}

/** Who signs in or out does so whatever becomes of the session: out of reach, changed by others just now, too large by a name. */
function sparing(use: SessionUse, lose?: () => void): Participant {
  return {
    commit: () =>
      use.commit().catch((error: unknown) => {
        lose?.();
        spare(error);
      }),
    undo: () => use.undo(),
    committed: () => use.announce(),
    abort: () => use.abort(),
  };
}

function spare(error: unknown): void {
  if (!(error instanceof Problem)) throw error;
}

/** For whom a session is asked for. */
interface Who {
  readonly name: string | null;
  readonly outlasts?: boolean;
}

function newUse(call: Call, { secureCookie, plainCookie }: BrowserIdSettings, who: Who): SessionUse {
  const { request, reruns } = call;
  const cookie = request.acceptsSecureCookies ? secureCookie : plainCookie;
  if (secureCookie.isSecure && !cookie.isSecure) warnOnce(call);
  return new SessionUse({
    browserIds: siteOf(call).browserIds,
    cookie,
    cookieHeader: request.headers.cookie,
    origin: {
      user: who.name,
      address: request.address,
      browser: browserLabel(request.headers['user-agent'] ?? ''),
    },
    mayHave: (label) => mayHave(who.name, label),
    outlasts: who.outlasts,
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
