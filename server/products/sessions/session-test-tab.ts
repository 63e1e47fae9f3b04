import type { Warning } from '../../../schema/endpoints/objects.ts';
import type { FieldProblem } from '../../../schema/problems.ts';
import {
  addTestItems,
  changeOwnSession,
  lookAtTest,
  type SessionAbout,
  type TestMessage,
} from '../../../schema/endpoints/session-test.ts';
import type { SessionItem } from '../../../schema/endpoints/sessions.ts';
import { checkRoundTrip, type RoundTripMessage } from '../../../schema/endpoints/round-trip.ts';
import { runTwoWriters, type TwoWritersMessage } from '../../../schema/endpoints/two-writers.ts';
import { Invalid, invalidAt, nothingIfUnavailable, Problem, TooLarge, Unavailable } from '../../base/errors.ts';
import { timeOrNull, timeText } from '../../manage/describe.ts';
import type { TreeObject } from '../../objects/object.ts';
import type { Call } from '../../publisher/call.ts';
import { byView, method } from '../../publisher/views.ts';
import { OBSCURED, obscured } from '../../base/obscured.ts';
import { Session } from '../../sessions/session.ts';
import { twoWriters, type TwoWriters } from '../../sessions/two-writers.ts';
import { siteOf } from '../../site/site.ts';
import { mayPoint } from './container-use.ts';
import { unseenAt } from './browser-ids/cookie-path.ts';
import { originOf, ownKeyIn, sessionIn } from './current-session.ts';
import { restartOf } from '../stores/restarts.ts';
import { bytesOf, textOf, typeOf } from '../stores/shown-values.ts';
import { agoText } from '../stores/span-text.ts';
import { SESSION_MANAGER } from './session-manager.ts';
import { SESSION_CONTAINER } from '../stores/session-container.ts';

const PERMISSION = 'View management screens';

/** A form is for trying; what comes in bulk goes through a program. */
const MOST_LINES = 2000;
const MOST_NAMED = 100;

const look = method(lookAtTest, {
  permission: PERMISSION,
  async run(call) {
    const started = performance.now();
    const session = await sessionIn(call, call.object);
    return () => answer(call, session, { before: session.size, count: 0, started, isOnlyRead: true });
  },
});

const add = method(addTestItems, {
  permission: PERMISSION,
  async run(call) {
    const started = performance.now();
    const lines = parseLines(call.body.items);
    const session = await sessionIn(call, call.object);
    const before = session.size;
    for (const [key, value] of lines) session.set(key, value);
    return () => answer(call, session, { before, count: lines.length, started });
  },
});

const own = method(changeOwnSession, {
  permission: PERMISSION,
  async run(call) {
    const started = performance.now();
    const { action, key } = call.body;
    const session = await sessionIn(call, call.object);
    const before = session.size;
    if (action === 'clear') session.clear();
    else if (action === 'invalidate') session.invalidate();
    else if (action === 'rotate') session.rotate();
    else if (key === undefined || !session.delete(key)) throw noSuchKey(key);
    return () => answer(call, session, { before, count: 0, started });
  },
});

const check = method(checkRoundTrip, {
  permission: PERMISSION,
  async run({ object }): Promise<RoundTripMessage> {
    const checked = timeText(siteOf(object).clock());
    try {
      return { ...(await (await object.provide(SESSION_CONTAINER)).roundTrip()), checked };
    } catch (error) {
      if (!(error instanceof Unavailable)) throw error;
      return { state: 'down', text: error.message, steps: [], checked };
    }
  },
});

const writers = method(runTwoWriters, {
  permission: PERMISSION,
  async run(call): Promise<TwoWritersMessage> {
    const { browserIds, clock } = siteOf(call.object);
    const checked = timeText(clock());
    try {
      const { browserId, header } = Session.basisOf(await sessionIn(call, call.object));
      const isThere = header !== null;
      const came = await twoWriters(await call.object.provide(SESSION_CONTAINER), {
        browserId: isThere ? browserId : browserIds.mint(),
        isThere,
        origin: originOf(call, call.user),
      });
      return { ...came, ...wordsFor(came, isThere), checked };
    } catch (error) {
      if (!(error instanceof Problem)) throw error;
      return { state: 'down', text: error.message, survived: null, retries: null, checked };
    }
  },
});

/** The Test tab of every session data container. */
export const testMethods = byView(look, add, own, check, writers);

function wordsFor({ survived }: TwoWriters, isOwn: boolean): Pick<TwoWritersMessage, 'state' | 'text'> {
  if (survived < 2) return { state: 'down', text: A_CHANGE_WAS_LOST };
  return { state: 'ok', text: isOwn ? 'Both changes were kept.' : `Both changes were kept. ${NOT_OWN}` };
}

const NOT_OWN = 'You have no session here, so one was begun for this, and ended again.';
const A_CHANGE_WAS_LOST =
  'A change was lost: the session ended meanwhile, or what keeps it takes changes that were made from an older value. Run it again; if it stays so, keep the sessions elsewhere.';

/** Lines of `key value`, split at the first space; blank ones are passed over. Names every line that does not parse. */
function parseLines(items: string): readonly (readonly [key: string, value: string])[] {
  const texts = items.split(/\r\n|\r|\n/);
  if (texts.length > MOST_LINES) {
    const detail = `${texts.length} lines are too many: at most ${MOST_LINES} are added at once. Nothing was stored.`;
    throw new TooLarge(detail, [{ pointer: '/items', detail }]);
  }
  const lines: [string, string][] = [];
  const problems: FieldProblem[] = [];
  for (const [index, raw] of texts.entries()) {
    const text = raw.trim();
    const space = text.indexOf(' ');
    if (text === '') continue;
    if (space < 0) {
      const detail = `Line ${index + 1}: no space between key and value: '${text.slice(0, 60)}'`;
      problems.push({ pointer: '/items', detail });
    } else lines.push([text.slice(0, space), text.slice(space + 1).trim()]);
  }
  if (problems.length === 0) return lines;
  const named = problems.slice(0, MOST_NAMED);
  const further = problems.length > named.length ? `. So do ${problems.length - named.length} more` : '';
  throw new Invalid(`${named.map(({ detail }) => detail).join('. ')}${further}. Nothing was stored.`, named);
}

async function answer(
  call: Call,
  session: Session,
  did: { before: number; count: number; started: number; isOnlyRead?: boolean },
): Promise<TestMessage> {
  const { object } = call;
  const tookMs = performance.now() - did.started;
  const after = session.size;
  // What was asked for is stored by now; a store that went away since is no reason to say otherwise.
  const about = await aboutSession(object, session, did.isOnlyRead === true).catch(nothingIfUnavailable);
  return {
    before: did.before,
    after,
    count: did.count,
    line: `Before: ${did.before};  after: ${after}; # items: ${did.count}`,
    session: Array.from(session.entries(), ([key, value]) => shownItem(key, value)),
    about: about ?? null,
    server: about?.places[0] ?? null,
    tookMs: Math.round(tookMs * 10) / 10,
    warnings: await whereSessionsAre(call),
    lost: about ? '' : await whyLost(call),
    unseen: await unseenAt(object),
  };
}

/** What the store says of the session now: asked again where something was written, so that what is shown is what is kept. */
async function aboutSession(object: TreeObject, session: Session, isOnlyRead: boolean): Promise<SessionAbout | null> {
  if (!session.isValid) return null;
  const container = await object.provide(SESSION_CONTAINER);
  const isAsRead = isOnlyRead && !container.isTouchDue(session);
  const stored = isAsRead ? session : await container.reload(session);
  const facts = stored === undefined ? undefined : container.factsOf(stored);
  if (facts === undefined) return null;
  const sizes = Array.from(session.entries(), ([key, value]) => bytesOf(key) + bytesOf(value));
  return {
    created: timeText(facts.created),
    lastAccess: timeText(facts.lastAccess),
    expires: timeOrNull(facts.expires),
    bytes: sizes.reduce((sum, bytes) => sum + bytes, 0),
    maxBytes: facts.maxBytes,
    places: facts.places,
  };
}

/** What became of the session of a browser that has none any more, though nobody ended it. */
async function whyLost(call: Call): Promise<string> {
  const { object } = call;
  const container = await object.provide(SESSION_CONTAINER).catch(nothingIfUnavailable);
  const key = container && (await ownKeyIn(call, object));
  if (container === undefined || key === undefined || !container.wasLost(key)) return '';
  const now = siteOf(object).clock();
  for (const status of await container.servers()) {
    const restarted = restartOf(status, now);
    if (restarted !== undefined) return `${status.address} was restarted ${agoText(now - restarted)}.`;
  }
  return 'Nobody ended it, and it is found nowhere.';
}

/** A banner where the site's sessions are not kept in this container, or nowhere. */
async function whereSessionsAre(call: Call): Promise<readonly Warning[]> {
  const { object } = call;
  const manager = await object.findService(SESSION_MANAGER);
  const path = manager?.properties['container_path'];
  if (manager === undefined || path === object.path) return [];
  const text =
    path === ''
      ? `Sessions are off: the container path of ${manager.path} is empty.`
      : `The site's sessions are kept in ${String(path)}, not here.`;
  const warning: Warning = { severity: 'warning', text, short: 'Not the site’s container' };
  const link = { label: `Settings of ${manager.path}`, path: manager.path, tab: 'settings' };
  if (!mayPoint(manager, call)) return [{ ...warning, link }];
  const remedy = { label: 'Use this container', path: manager.path, properties: { container_path: object.path } };
  return [{ ...warning, remedy }];
}

/** What is secret in it is obscured, at whatever depth. */
function shownItem(key: string, value: unknown): SessionItem {
  const shown = textOf(obscured(key, value));
  const isObscured = shown.includes(OBSCURED);
  const text = isObscured ? shown : textOf(value);
  return { key, value: text, type: typeOf(value), bytes: bytesOf(value), obscured: isObscured };
}

function noSuchKey(key: string | undefined): Invalid {
  const detail = key === undefined ? 'Name the key to remove.' : `Your session has no key '${key.slice(0, 100)}'.`;
  return invalidAt('/key', detail);
}
