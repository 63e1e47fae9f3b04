import { endpoint, type BodyOf } from '../endpoint.ts';
import {
  about,
  integer,
  listOf,
  number,
  object,
  oneOf,
  orNull,
  text,
  texts,
  time,
  type ValueOf,
} from '../json-schema.ts';
import { warning } from './objects.ts';
import { sessionItem } from './sessions.ts';

const sessionAbout = object({
  created: time,
  lastAccess: time,
  expires: orNull(time),
  bytes: integer,
  maxBytes: integer,
  places: texts,
});
export type SessionAbout = ValueOf<typeof sessionAbout>;

const test = object({
  before: integer,
  after: integer,
  count: about('Lines added by this request.', integer),
  line: about('`Before: 0;  after: 2; # items: 2`, with two spaces after the first semicolon.', text),
  session: listOf(sessionItem),
  about: about('`null` while the caller has no session here.', orNull(sessionAbout)),
  server: about(
    'The server that holds the session; `null` where it is kept in process memory or there is none.',
    orNull(text),
  ),
  tookMs: number,
  warnings: listOf(warning),
  lost: about('Where the caller’s session was lost, why, as far as that is known; empty where it was not.', text),
  unseen: about('Why the caller’s session cannot be seen by this interface; empty where it can.', text),
});
export type TestMessage = ValueOf<typeof test>;

export const lookAtTest = endpoint({
  http: 'GET',
  view: 'test',
  summary: 'The caller’s own session in this container, without starting one.',
  answer: test,
});

export const addTestItems = endpoint({
  http: 'POST',
  view: 'test',
  summary: 'Adds lines of `key value` to the caller’s own session; nothing is stored unless every line parses.',
  body: { items: text },
  answer: test,
});

export const changeOwnSession = endpoint({
  http: 'POST',
  view: 'own',
  summary: 'Removes a key of the caller’s own session, clears it, ends it, or gives it a new id.',
  body: { action: oneOf('remove', 'clear', 'invalidate', 'rotate') },
  optional: { key: text },
  answer: test,
});

export type OwnSessionRequest = BodyOf<typeof changeOwnSession>;
