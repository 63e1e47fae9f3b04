import { endpoint } from '../endpoint.ts';
import { about, integer, listOf, object, orNull, text, time, type ValueOf } from '../json-schema.ts';

const reveal = object({
  by: text,
  time,
  address: text,
  key: about('The key of the session, or the key on a server.', text),
  owner: about('Whose session it was.', orNull(text)),
  item: about('The item of the session; `null` where the value was revealed as a whole.', orNull(text)),
});
export type RevealMessage = ValueOf<typeof reveal>;

export const listReveals = endpoint({
  http: 'GET',
  view: 'reveals',
  summary: 'Who looked at values that are obscured elsewhere, newest first.',
  query: { key: 'Only of this session, or of this key on a server.' },
  answer: object({
    total: about('How many there are in all; the newest of them are listed.', integer),
    reveals: listOf(reveal),
  }),
});
export type RevealsMessage = ValueOf<typeof listReveals.answer>;
