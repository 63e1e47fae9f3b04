import { endpoint } from '../endpoint.ts';
import {
  about,
  flag,
  integer,
  listOf,
  object,
  orNull,
  text,
  texts,
  type ObjectOf,
  type ValueOf,
} from '../json-schema.ts';

const pasted = about('Where an object was, and where it or its copy is now.', object({ from: text, path: text }));
export type Pasted = ValueOf<typeof pasted>;

const pathProperty = about('A path property of an object.', object({ path: text, property: text }));
export type PathProperty = ValueOf<typeof pathProperty>;

export const serviceChange = about(
  'What is found upward for a service is another object, or none.',
  object({
    users: about('The paths of those who find it, a few of them, and how many they are.', texts),
    count: integer,
    before: about('What they found.', text),
    after: about('What they find in its place; `null`: nothing that the caller could see.', orNull(text)),
    text: about('All of it as a sentence without its full stop.', text),
  }),
);
export type ServiceChange = ValueOf<typeof serviceChange>;

/** What a change of place meant for others. */
export const followed = {
  updated: about('Led there, and lead there still.', listOf(pathProperty)),
  dangling: about('Led there, and lead nowhere now.', listOf(pathProperty)),
  services: listOf(serviceChange),
};
export type FollowedMessage = ObjectOf<typeof followed, {}>;

/** As many as one commit writes without holding others up. */
export const MOST_PASTED = 1000;

export const copyObjects = endpoint({
  http: 'POST',
  view: 'copy',
  summary: `Copies objects into this folder, with what is in them: at most ${MOST_PASTED} in all.`,
  body: { paths: texts },
  answer: object({
    items: listOf(pasted),
    leftOut: about('Objects inside that were not copied, because the caller may not see them.', integer),
    services: listOf(serviceChange),
  }),
});
export type CopiedMessage = ValueOf<typeof copyObjects.answer>;

export const moveObjects = endpoint({
  http: 'POST',
  view: 'move',
  summary:
    `Moves at most ${MOST_PASTED} objects into this folder. The paths that lead to them follow, as far as the caller may change ` +
    'them, unless `updateLinks` is false.',
  body: { paths: texts },
  optional: { updateLinks: flag },
  answer: object({ ...followed, items: listOf(pasted) }),
});
export type MovedMessage = ValueOf<typeof moveObjects.answer>;
