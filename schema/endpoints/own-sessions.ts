import { endpoint } from '../endpoint.ts';
import { about, flag, integer, listOf, object, orNull, text, texts, time, type ValueOf } from '../json-schema.ts';

const ownLogin = object({
  id: about('Names the login; opens nothing.', text),
  started: time,
  lastSeen: about('To within a minute.', time),
  expires: time,
  address: about('Empty where it is not known.', text),
  browser: text,
  isThis: about('It is the one that this request came with.', flag),
});
export type OwnLogin = ValueOf<typeof ownLogin>;

const ownSession = object({
  container: text,
  key: about('Names the session in its container; opens nothing.', text),
  started: time,
  lastSeen: time,
  expires: about('`null`: never.', orNull(time)),
  bytes: integer,
  address: text,
  browser: text,
  isThis: about('It is that of the browser that asks.', flag),
});
export type OwnSession = ValueOf<typeof ownSession>;

const endedOthers = about(
  'All but those of the browser that asks.',
  object({ ended: integer, unseen: about('What could not be seen, and so not ended.', texts) }),
);
export type EndedOthers = ValueOf<typeof endedOthers>;

export const listOwnLogins = endpoint({
  http: 'GET',
  view: 'my-logins',
  summary: 'The caller’s own logins to the interface.',
  answer: object({ logins: listOf(ownLogin) }),
});
export type OwnLoginsMessage = ValueOf<typeof listOwnLogins.answer>;

export const endOwnLogin = endpoint({
  http: 'DELETE',
  view: 'my-logins',
  summary: 'Ends one of the caller’s own logins.',
  tail: 'the id of the login, from the list',
});

export const endOtherLogins = endpoint({
  http: 'POST',
  view: 'my-logins/@end-others',
  summary: 'Ends all of the caller’s own logins but the one that this request came with.',
  answer: endedOthers,
});

export const listOwnSessions = endpoint({
  http: 'GET',
  view: 'my-sessions',
  summary: 'The caller’s own sessions in every container of the tree. Looking touches none.',
  answer: object({
    sessions: listOf(ownSession),
    unseen: about('What could not be seen, a sentence for each. Empty: these are all.', texts),
  }),
});
export type OwnSessionsMessage = ValueOf<typeof listOwnSessions.answer>;

export const endOwnSession = endpoint({
  http: 'POST',
  view: 'my-sessions',
  summary: 'Ends one of the caller’s own sessions.',
  body: { container: text, key: text },
});

export const endOtherSessions = endpoint({
  http: 'POST',
  view: 'my-sessions/@end-others',
  summary: 'Ends all of the caller’s own sessions but those of the browser that asks.',
  answer: endedOthers,
});
