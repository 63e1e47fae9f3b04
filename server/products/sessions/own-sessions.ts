import {
  endOtherSessions,
  endOwnSession,
  listOwnSessions,
  type OwnSession,
} from '../../../schema/endpoints/own-sessions.ts';
import { NotFound, nothingIfUnavailable, TooManyRequests, Unavailable } from '../../base/errors.ts';
import { Turns } from '../../base/turns.ts';
import { timeOrNull, timeText } from '../../manage/describe.ts';
import type { TreeObject } from '../../objects/object.ts';
import type { Call } from '../../publisher/call.ts';
import { method, viewsOn } from '../../publisher/views.ts';
import { MAX_OPENED, type ListedSession, type UserSessions } from '../../sessions/list/session-list.ts';
import { idIn } from '../../sessions/record/record.ts';
import { siteOf } from '../../site/site.ts';
import { containerObjects } from './container/container-objects.ts';
import { ownKeyIn } from './current-session.ts';
import { SESSION_CONTAINER } from '../stores/session-container.ts';

const PERMISSION = 'Look after own sessions';

/** A list opens thousands of records, and everybody who is signed in may ask for it: one at a time for each. */
const turns = new Turns(10_000, 4);
const AGAIN_IN_S = 2;

const list = method(listOwnSessions, {
  permission: PERMISSION,
  async run(call) {
    call.keepPrivate();
    return inTurn(call, async () => {
      const found = await findOwn(call);
      const sessions = found.flatMap(({ object, sessions: own, thisId }) => {
        return own.map((session) => messageOf(object, session, thisId));
      });
      sessions.sort((one, other) => (one.lastSeen < other.lastSeen ? 1 : -1));
      return { sessions, unseen: found.flatMap(({ unseen }) => unseen) };
    });
  },
});

const endOne = method(endOwnSession, {
  permission: PERMISSION,
  async run(call) {
    const { container: path, key } = call.body;
    const object = await call.tree.find(path);
    const container =
      object?.doesProvide(SESSION_CONTAINER) === true ? await object.provide(SESSION_CONTAINER) : undefined;
    const session = await container?.list.find(key);
    if (container === undefined || session === undefined || session.label !== call.user.name) {
      throw new NotFound('You have no such session. It may have ended.');
    }
    await container.endKey(session.storeKey);
    siteOf(call).log.info({ by: call.user.name, container: path, session: key }, 'A session was ended by its user');
  },
});

const endOthers = method(endOtherSessions, {
  permission: PERMISSION,
  async run(call) {
    return inTurn(call, async () => {
      const found = await findOwn(call);
      const unseen = found.flatMap((own) => own.unseen);
      let ended = 0;
      for (const { object, sessions, thisId } of found) {
        const container = await object.provide(SESSION_CONTAINER).catch(nothingIfUnavailable);
        for (const { id } of sessions) {
          if (container === undefined || id === thisId) continue;
          const isEnded = await container.endKey(`${container.keyPrefix}:${id}`).then(() => true, nothingIfUnavailable);
          if (isEnded) ended += 1;
          else unseen.push(`A session in ${object.path} could not be ended: memcached is out of reach.`);
        }
      }
      siteOf(call).log.info({ by: call.user.name, ended }, 'All other sessions of a user were ended by its user');
      return { ended, unseen };
    });
  },
});

/** Everybody's own sessions, by the user label that they carry. Nobody else's can be seen or ended here. */
export const ownSessionViews = viewsOn('root', list, endOne, endOthers);

/** What a user has in one container. */
interface Own {
  readonly object: TreeObject;
  readonly sessions: readonly ListedSession[];
  /** The id of the session that the browser which asks has here, or would have. */
  readonly thisId: string | undefined;
  readonly unseen: readonly string[];
}

async function findOwn(call: Call): Promise<readonly Own[]> {
  const own: Own[] = [];
  for (const object of await containerObjects(call.tree)) own.push(await ownIn(call, object));
  return own;
}

async function ownIn(call: Call, object: TreeObject): Promise<Own> {
  try {
    const found = await (await object.provide(SESSION_CONTAINER)).list.ofUser(call.user.name ?? '');
    const key = await ownKeyIn(call, object);
    const thisId = key && idIn(key);
    return { object, sessions: found.sessions, thisId, unseen: unseenIn(object.path, found) };
  } catch (error) {
    if (!(error instanceof Unavailable)) throw error;
    return { object, sessions: [], thisId: undefined, unseen: [`Sessions in ${object.path} cannot be listed now.`] };
  }
}

/** Says nothing of servers by their addresses: those are for managers. */
function unseenIn(path: string, { openedOnly, unopened, listing }: UserSessions): readonly string[] {
  const { unreachable, walked, hasMore } = listing;
  if (walked.length === 0 && unreachable.length > 0) return [`Sessions in ${path} cannot be listed now.`];
  const sentences: string[] = [];
  if (unreachable.length > 0) sentences.push(`Some sessions in ${path} cannot be seen now: a server is out of reach.`);
  if (openedOnly !== null || hasMore) {
    sentences.push(`Only the ${MAX_OPENED.toLocaleString('en')} sessions seen last in ${path} were looked at.`);
  }
  if (unopened > 0) sentences.push(`Some sessions in ${path} could not be opened.`);
  return sentences;
}

function messageOf(object: TreeObject, session: ListedSession, thisId: string | undefined): OwnSession {
  const { id, created, lastAccess, expires, bytes, address, browser } = session;
  return {
    container: object.path,
    key: id,
    started: timeText(created),
    lastSeen: timeText(lastAccess),
    expires: timeOrNull(expires),
    bytes,
    address,
    browser,
    isThis: id === thisId,
  };
}

async function inTurn<Result>(call: Call, work: () => Promise<Result>): Promise<Result> {
  const release = await turns.take(call.user.name ?? '');
  if (release === undefined) throw new TooManyRequests('Your sessions are being listed already.', AGAIN_IN_S);
  try {
    return await work();
  } finally {
    release();
  }
}
