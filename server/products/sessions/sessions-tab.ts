import {
  endSession,
  endSessions,
  listSessions,
  lookIntoSession,
  MOST_ENDED,
  revealItem,
  SESSION_PAGES,
  type EndedSessions,
  type SessionRow,
  type UnopenedRow,
} from '../../../schema/endpoints/sessions.ts';
import { invalidAt, NotFound, nothingIfUnavailable, Unavailable } from '../../base/errors.ts';
import { timeOrNull, timeText } from '../../manage/describe.ts';
import { pageQuery } from '../../manage/page-query.ts';
import { recordReveal, revealsMethod } from '../../manage/reveals.ts';
import type { TreeObject } from '../../objects/object.ts';
import { byView, method } from '../../publisher/views.ts';
import { decode } from '../../codec/decode.ts';
import {
  MAX_KEYS,
  type ListedSession,
  type OpenedSession,
  type SessionPage,
  type UnopenedRecord,
} from '../../sessions/list/session-list.ts';
import type { EncodedValue } from '../../sessions/record/record-format.ts';
import { nameIn } from '../../sessions/record/user-label.ts';
import { siteOf } from '../../site/site.ts';
import { walkWords } from '../stores/walk-words.ts';
import { endAll } from './container/containers.ts';
import { openValue, shownValue } from '../stores/shown-values.ts';
import { SESSION_CONTAINER } from '../stores/session-container.ts';

const PERMISSION = 'Access arbitrary user session data';

const list = method(listSessions, {
  permission: PERMISSION,
  async run(call) {
    call.keepPrivate();
    const { object, request } = call;
    const page = await (await object.provide(SESSION_CONTAINER)).list.page(pageQuery(request.query, SESSION_PAGES));
    const { unreachable } = page.listing;
    return {
      sessions: page.sessions.map(rowOf),
      total: page.total,
      matching: page.matching,
      active: page.active,
      meanBytes: page.meanBytes,
      largestBytes: page.largestBytes,
      unopened: page.firstUnopened.map(unopenedRow),
      source: sourceOf(page, object),
      unreachable: unreachable.map(({ address }) => address),
      complete: unreachable.length === 0 && !page.listing.hasMore && page.unopened === 0,
      checked: timeText(siteOf(object).clock()),
    };
  },
});

const look = method(lookIntoSession, {
  permission: PERMISSION,
  async run(call) {
    call.keepPrivate();
    const session = await getSession(call.object, call.tail ?? '');
    return {
      ...rowOf(session),
      items: Array.from(session.entries, ([key, encoded]) => shownValue(key, valueIn(encoded))),
    };
  },
});

const endOne = method(endSession, {
  permission: PERMISSION,
  async run(call) {
    const { object, tail = '', user } = call;
    if (!(await endKey(object, tail, user.name))) throw noSession(object, tail);
  },
});

const end = method(endSessions, {
  permission: PERMISSION,
  async run(call) {
    const { object, body, user } = call;
    if (body.keys !== undefined && body.user !== undefined)
      throw invalidAt('/user', 'Give keys, or a user whose sessions all end, and not both.');
    if (body.keys !== undefined) return endKeys(object, body.keys, user.name);
    const known = await countOf(object, body.user);
    await endAll(object, body.user);
    const what = { by: user.name, container: object.path, owner: body.user, known };
    const words = body.user === undefined ? 'All sessions were ended' : 'All sessions of a user were ended';
    siteOf(object).log.info(what, words);
    return { known, left: [] };
  },
});

const reveal = method(revealItem, {
  permission: PERMISSION,
  async run(call) {
    call.keepPrivate();
    const { key, item } = call.body;
    const { entries, user: owner } = await getSession(call.object, key);
    const encoded = entries.get(item);
    if (encoded === undefined) throw new NotFound(`The session has no item '${item.slice(0, 100)}' any more.`);
    await recordReveal(call, { key, owner, item });
    return openValue(item, valueIn(encoded));
  },
});

/** The Sessions tab of every session data container. */
export const sessionsMethods = byView(list, look, endOne, end, reveal, revealsMethod(PERMISSION));

/** Ends what has this key. Gives whether there was anything. */
async function endKey(object: TreeObject, key: string, by: string | null): Promise<boolean> {
  const container = await object.provide(SESSION_CONTAINER);
  const storeKey = container.list.keyOf(key);
  const ended = storeKey === undefined ? undefined : await container.endKey(storeKey);
  if (ended === undefined) return false;
  const what = { by, container: object.path, session: key, owner: nameIn(ended.user) };
  siteOf(object).log.info(what, 'A session was ended');
  return true;
}

/** Those that have ended by themselves meanwhile are as they should be, and one out of reach keeps no other. */
async function endKeys(object: TreeObject, keys: readonly string[], by: string | null): Promise<EndedSessions> {
  if (keys.length > MOST_ENDED)
    throw invalidAt('/keys', `At most ${MOST_ENDED} sessions are ended at once by their keys.`);
  let known = 0;
  const left: { key: string; why: string }[] = [];
  for (const key of new Set(keys)) {
    try {
      if (await endKey(object, key, by)) known += 1;
    } catch (error) {
      if (!(error instanceof Unavailable)) throw error;
      left.push({ key, why: error.message });
    }
  }
  return { known, left };
}

async function getSession(object: TreeObject, id: string): Promise<OpenedSession> {
  const session = await (await object.provide(SESSION_CONTAINER)).list.find(id);
  if (session === undefined) throw noSession(object, id);
  return session;
}

function noSession(object: TreeObject, id: string): NotFound {
  return new NotFound(
    `There is no session '${id.slice(0, 60)}' in '${object.path}': it has ended, or was given a new id.`,
  );
}

/** Ending needs no server, so that one which cannot be asked hinders nothing. */
async function countOf(object: TreeObject, user: string | undefined): Promise<number | null> {
  const counted = object.provide(SESSION_CONTAINER).then(({ list: sessions }) => sessions.count(user));
  return (await counted.catch(nothingIfUnavailable)) ?? null;
}

function valueIn({ bytes, start, end: to }: EncodedValue): unknown {
  return decode(bytes, start, to);
}

function rowOf(session: ListedSession): SessionRow {
  const [server = null, ...copies] = session.servers;
  return {
    key: session.id,
    user: session.user,
    started: timeText(session.created),
    lastSeen: timeText(session.lastAccess),
    expires: timeOrNull(session.expires),
    bytes: session.bytes,
    address: session.address,
    browser: session.browser,
    server,
    copies,
  };
}

function unopenedRow({ id, why, expires, bytes, servers }: UnopenedRecord): UnopenedRow {
  const [server = null, ...copies] = servers;
  return { key: id, why, expires: timeOrNull(expires), bytes, server, copies };
}

function sourceOf(page: SessionPage, object: TreeObject): string {
  const { listing, openedOnly, unopened } = page;
  const sentences = [...walkWords(listing, `The sessions of '${object.path}'`, 'sessions', MAX_KEYS)];
  if (openedOnly !== null) {
    const opened = openedOnly.toLocaleString('en');
    sentences.push(`Only the ${opened} seen last were opened: filter and order are among these, and ended ones count.`);
  }
  if (unopened > 0)
    sentences.push(unopened === 1 ? '1 record could not be opened.' : `${unopened} records could not be opened.`);
  return sentences.join(' ');
}
