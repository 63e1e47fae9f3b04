import { about, flag, orNull, text, texts, time } from '../json-schema.ts';

/** What every list says of an object in it. */
export const listed = { path: text, type: text, icon: text, title: text };

/** Where a value is kept that is in a store. */
export const places = {
  server: about('`null` where it is kept in process memory.', orNull(text)),
  copies: texts,
};

/** What a list says of the walk over a store that it was made from. */
export const walked = {
  source: about('What can be seen here and what cannot, in sentences.', text),
  unreachable: texts,
  complete: about('Everything that is kept here could be seen: none listed means none there.', flag),
  checked: time,
};
