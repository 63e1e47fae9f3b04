import type {
  EndedSessions,
  SessionMessage,
  SessionRow,
  SessionsMessage,
  SessionValue,
  UnopenedRow,
} from '../../../schema/messages/sessions.ts';
import { NotFound, Unavailable } from '../../base/errors.ts';
import { timeText } from '../../manage/describe.ts';
import { pageQuery } from '../../manage/page-query.ts';
import { recordReveal, revealsMethod } from '../../manage/reveals.ts';
import type { TreeObject } from '../../objects/object.ts';
import { text } from '../../publisher/body.ts';
import { noContent } from '../../publisher/request.ts';
import { method, type Method } from '../../publisher/views.ts';
import { decode } from '../../codec/decode.ts';
import {
  MAX_KEYS,
  SESSION_SORTS,
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
const LARGEST_PAGE = 1_000;
const PAGING = { sorts: SESSION_SORTS, sort: 'lastSeen', order: 'desc', limit: 50, largest: LARGEST_PAGE } as const;

const list = method({
  http: 'GET',
  permission: PERMISSION,
  summary: 'One page of the sessions kept here, and what can be seen of them and what cannot. Looking touches none.',
  query: {
    offset: 'How many to pass over.',
    limit: `How many at most, up to ${LARGEST_PAGE}; 50 unless said.`,
    sort: `One of ${SESSION_SORTS.join(', ')}; lastSeen unless said.`,
    order: '`asc` or `desc`, which it is unless said.',
    filter: 'Only those with these words in user, address, browser or key; or a size: `>10 KiB`.',
  },
  async run(call): Promise<SessionsMessage> {
    call.keepPrivate();
    const { object, request } = call;
    const page = await (await object.provide(SESSION_CONTAINER)).list.page(pageQuery(request.query, PAGING));
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

const look = method({
  http: 'GET',
  permission: PERMISSION,
  summary: 'A session and what is in it, secrets obscured.',
  tail: 'the key of the session, from the list',
  async run(call): Promise<SessionMessage> {
    call.keepPrivate();
    const session = await getSession(call.object, call.tail ?? '');
    return {
      ...rowOf(session),
      items: Array.from(session.entries, ([key, encoded]) => shownValue(key, valueIn(encoded))),
    };
  },
});

const endOne = method({
  http: 'DELETE',
  permission: PERMISSION,
  summary: 'Ends a session, whoever is using it, and also one whose record cannot be opened.',
  tail: 'the key of the session, from the list',
  async run(call) {
    const { object, tail = '', user } = call;
    const container = await object.provide(SESSION_CONTAINER);
    const storeKey = container.list.keyOf(tail);
    const ended = storeKey === undefined ? undefined : await container.endKey(storeKey);
    if (ended === undefined) throw noSession(object, tail);
    const what = { by: user.name, container: object.path, session: tail, owner: nameIn(ended.user) };
    siteOf(object).log.info(what, 'A session was ended');
    return noContent();
  },
});

const end = method({
  http: 'POST',
  permission: PERMISSION,
  summary: 'Ends all sessions here, or all of a user, and says how many were known.',
  tail: '`@end`',
  optional: { user: text },
  async run(call): Promise<EndedSessions> {
    const { object, tail, body, user } = call;
    if (tail !== '@end') throw new NotFound('There is nothing at this address. POST …/@sessions/@end ends sessions.');
    const known = await countOf(object, body.user);
    await endAll(object, body.user);
    const what = { by: user.name, container: object.path, owner: body.user, known };
    siteOf(object).log.info(
      what,
      body.user === undefined ? 'All sessions were ended' : 'All sessions of a user were ended',
    );
    return { known };
  },
});

const reveal = method({
  http: 'POST',
  permission: PERMISSION,
  summary: 'One value of a session with what is obscured elsewhere; who looked is recorded.',
  body: { key: text, item: text },
  async run(call): Promise<SessionValue> {
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
export const sessionsMethods: Readonly<Record<string, readonly Method[]>> = {
  sessions: [list, look, endOne, end],
  reveal: [reveal],
  reveals: [revealsMethod(PERMISSION)],
};

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
  try {
    return (await (await object.provide(SESSION_CONTAINER)).list.count(user)) ?? null;
  } catch (error) {
    if (error instanceof Unavailable) return null;
    throw error;
  }
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
    expires: session.expires === null ? null : timeText(session.expires),
    bytes: session.bytes,
    address: session.address,
    browser: session.browser,
    server,
    copies,
  };
}

function unopenedRow({ id, why, expires, bytes, servers }: UnopenedRecord): UnopenedRow {
  const [server = null, ...copies] = servers;
  return { key: id, why, expires: expires === null ? null : timeText(expires), bytes, server, copies };
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
