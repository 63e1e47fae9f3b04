import { endpoint } from '../endpoint.ts';
import { about, flag, integer, listOf, object, oneOf, orNull, text, time, type ValueOf } from '../json-schema.ts';
import { queryOf } from '../paging.ts';
import { places, walked } from './listed.ts';

const SORTS = ['name', 'bytes', 'expires', 'lastAccess'] as const;
export type KeySort = (typeof SORTS)[number];

export const KEY_PAGES = { sorts: SORTS, sort: 'name', order: 'asc', limit: 100, largest: 1_000 } as const;

const keyKind = about('What a key is for, as far as its name says.', oneOf('session', 'cache', 'other'));
export type KeyKind = ValueOf<typeof keyKind>;

const keyGroup = about(
  'Keys that begin alike.',
  object({
    prefix: about('What they begin with; empty for those that have nothing in common.', text),
    kind: keyKind,
    about: about('Whose they are: "Sessions of /mcsdc". Empty where nothing is known of them.', text),
    keys: integer,
    bytes: integer,
  }),
);
export type KeyGroup = ValueOf<typeof keyGroup>;

const row = {
  key: about('Its bytes, one for each character: by this it is asked for.', text),
  name: about('As text for the eye.', text),
  group: about('The prefix of its group.', text),
  kind: keyKind,
  bytes: integer,
  expires: about('`null`: never.', orNull(time)),
  lastAccess: about('`null` where the server does not say.', orNull(time)),
  ...places,
};
const keyRow = object(row);
export type KeyRow = ValueOf<typeof keyRow>;

const keyValue = about(
  'A value in every form in which it may be read.',
  object({
    type: about('"mapping", "string", "Buffer" …', text),
    decoded: text,
    json: about('`null` where it is no JSON, and nothing of ours.', orNull(text)),
    text: about('`null` where it is no text.', orNull(text)),
    hex: text,
    hexBytes: about('How many bytes the last of these shows.', integer),
  }),
);
export type KeyValue = ValueOf<typeof keyValue>;

const keySession = about(
  'The header of a sealed session record. What is in the session is shown by its container.',
  object({
    state: about('`unknown`: it cannot be opened here.', oneOf('session', 'ended', 'moved', 'unknown')),
    container: about('The container of this tree that it belongs to.', orNull(text)),
    key: about('Names the session at its container; `null` where it is not to be seen there.', orNull(text)),
    user: orNull(text),
    started: orNull(time),
    lastSeen: orNull(time),
    address: text,
    browser: text,
  }),
);
export type KeySession = ValueOf<typeof keySession>;

export const listKeys = endpoint({
  http: 'GET',
  view: 'keys',
  summary: 'The keys on its servers by what they begin with, one page of them, and what cannot be seen.',
  query: {
    group: 'Only keys of the group with this prefix; `*`: of the one without any; without it, of all.',
    ...queryOf(KEY_PAGES, 'Only keys with these words in them.'),
  },
  answer: object({
    groups: about('The largest first; at most so many that they can be listed.', listOf(keyGroup)),
    furtherGroups: about('Groups that are not listed.', integer),
    keys: about(
      'One page of the keys of the group that was asked for; of all groups, where those are few or none was asked for.',
      listOf(keyRow),
    ),
    matching: about('How many keys that page is of.', integer),
    total: integer,
    ...walked,
  }),
});
export type KeysMessage = ValueOf<typeof listKeys.answer>;

export const lookAtKey = endpoint({
  http: 'GET',
  view: 'key',
  summary: 'What is under one key: a value in every form, or the header of a session. Does not count as use.',
  query: { key: 'Its bytes, one for each character, from the list.' },
  answer: object({
    ...row,
    session: about('What is known of a session; `null` for any other key.', orNull(keySession)),
    value: about('`null` where it is a session, too large, or obscured.', orNull(keyValue)),
    obscured: about('It speaks of passwords, tokens or cookies: POST …/@reveal shows it, and is recorded.', flag),
  }),
});
export type KeyMessage = ValueOf<typeof lookAtKey.answer>;

export const revealKey = endpoint({
  http: 'POST',
  view: 'reveal',
  summary: 'A value that is obscured, as it is; who looked is recorded.',
  body: { key: text },
  answer: keyValue,
});
