import { endpoint } from '../endpoint.ts';
import { about, flag, integer, listOf, object, orNull, text, texts, time, type ValueOf } from '../json-schema.ts';
import { queryOf } from '../paging.ts';
import { places, walked } from './listed.ts';

const SORTS = ['user', 'started', 'lastSeen', 'expires', 'bytes', 'address', 'browser'] as const;

export const SESSION_PAGES = { sorts: SORTS, sort: 'lastSeen', order: 'desc', limit: 50, largest: 1_000 } as const;

const item = {
  key: text,
  value: about('As text for the eye; obscured where the key speaks of a secret.', text),
  type: text,
  bytes: integer,
  obscured: flag,
};
export const sessionItem = object(item);
export type SessionItem = ValueOf<typeof sessionItem>;

const sessionValue = about(
  'An item of somebody’s session. `obscured`: there is something in it that only POST …/@reveal shows.',
  object({ ...item, json: text }),
);
export type SessionValue = ValueOf<typeof sessionValue>;

const kept = {
  key: about('Names the session in lists; it is not the browser id, and opens nothing.', text),
  expires: about('When it ends if nobody uses it again; `null`: never.', orNull(time)),
  bytes: integer,
  ...places,
};
const row = {
  ...kept,
  user: about('`null`: nobody was signed in.', orNull(text)),
  started: time,
  lastSeen: time,
  address: text,
  browser: text,
};
const sessionRow = object(row);
export type SessionRow = ValueOf<typeof sessionRow>;

const unopenedRow = about('A record that cannot be opened, and why, in a sentence.', object({ ...kept, why: text }));
export type UnopenedRow = ValueOf<typeof unopenedRow>;

export const listSessions = endpoint({
  http: 'GET',
  view: 'sessions',
  summary: 'One page of the sessions kept here, and what can be seen of them and what cannot. Looking touches none.',
  query: queryOf(SESSION_PAGES, 'Only those with these words in user, address, browser or key; or a size: `>10 KiB`.'),
  answer: object({
    sessions: listOf(sessionRow),
    total: integer,
    matching: about('How many the filter lets through.', integer),
    active: about('Used within the last five minutes.', integer),
    meanBytes: about('`null` where there is none.', orNull(integer)),
    largestBytes: about('`null` where there is none.', orNull(integer)),
    unopened: about(
      'The first 100 records that cannot be opened: each may be somebody’s session, and can be ended.',
      listOf(unopenedRow),
    ),
    ...walked,
    unreachable: about(
      'Addresses of servers that could not be listed: with any, no session need not mean that there is none.',
      texts,
    ),
  }),
});
export type SessionsMessage = ValueOf<typeof listSessions.answer>;

export const lookIntoSession = endpoint({
  http: 'GET',
  view: 'sessions',
  summary: 'A session and what is in it, secrets obscured.',
  tail: 'the key of the session, from the list',
  answer: object({ ...row, items: listOf(sessionValue) }),
});
export type SessionMessage = ValueOf<typeof lookIntoSession.answer>;

export const endSession = endpoint({
  http: 'DELETE',
  view: 'sessions',
  summary: 'Ends a session, whoever is using it, and also one whose record cannot be opened.',
  tail: 'the key of the session, from the list',
});

/** As many as one request ends by their keys. */
export const MOST_ENDED = 500;

export const endSessions = endpoint({
  http: 'POST',
  view: 'sessions/@end',
  summary: `Ends all sessions here, all of a user, or those with these keys (at most ${MOST_ENDED}), and says how many were known.`,
  optional: { user: text, keys: texts },
  answer: object({
    known: about('`null` where not all could be seen.', orNull(integer)),
    left: about(
      'Of these keys, those whose session goes on because it is out of reach, and why, each a sentence.',
      listOf(object({ key: text, why: text })),
    ),
  }),
});
export type EndedSessions = ValueOf<typeof endSessions.answer>;

export const revealItem = endpoint({
  http: 'POST',
  view: 'reveal',
  summary: 'One value of a session with what is obscured elsewhere; who looked is recorded.',
  body: { key: text, item: text },
  answer: sessionValue,
});
