import { endpoint, type BodyOf } from '../endpoint.ts';
import {
  about,
  flag,
  integer,
  listOf,
  mapping,
  object,
  oneOf,
  orNull,
  text,
  texts,
  time,
  type ValueOf,
} from '../json-schema.ts';
import { queryOf } from '../paging.ts';
import { followed, serviceChange } from './clipboard.ts';
import { fieldResult, formSchema } from './forms.ts';
import { listed } from './listed.ts';

const tabInfo = object(
  {
    id: text,
    label: text,
    element: about('The custom element that draws it.', text),
  },
  {
    module: about(
      'The address of the module that defines the element, where a product brings it. Given by the server, never declared.',
      text,
    ),
    count: about('A faint figure after the label.', integer),
    saved: about('What its form says when it was saved, in place of "Saved changes."', text),
  },
);
export type TabInfo = ValueOf<typeof tabInfo>;

export const warning = about(
  'A standing condition of an object, shown until it is over.',
  object(
    {
      severity: oneOf('warning', 'danger', 'info'),
      text: about('The sentence; what is before the first colon may be set in bold.', text),
      short: about('A few words for lists: "1 of 3 servers is down".', text),
    },
    {
      link: object({ label: text, path: text, tab: text }),
      remedy: about(
        'A change that would end the condition, offered as a button: PATCH `properties` to `path`.',
        object({ label: text, path: text, properties: mapping }),
      ),
    },
  ),
);
export type Warning = ValueOf<typeof warning>;

const link = {
  ...listed,
  property: text,
  note: about('What its working rests on: "4,812 sessions". Empty where there is nothing to say.', text),
  loss: about('What happens to it when this object goes: "sessions will be off".', text),
};
export const linkHere = about('An object that has a path property leading here.', object(link));
export type LinkHere = ValueOf<typeof linkHere>;

const described = {
  path: text,
  id: text,
  type: text,
  title: text,
  icon: text,
  description: text,
  revision: integer,
  created: time,
  modified: time,
  modifiedBy: orNull(text),
  owner: orNull(text),
  properties: mapping,
  schema: formSchema,
  tabs: listOf(tabInfo),
  warnings: listOf(warning),
  addable: about('Names of the types that may be added here; empty for what contains nothing.', texts),
  isFolder: flag,
  isTemporary: about('Contents vanish when the server restarts.', flag),
  isBroken: about('Its type is not installed: readable, deletable, nothing else.', flag),
  changePermission: about('The permission that changing its properties needs.', text),
  may: object({
    change: flag,
    delete: flag,
    add: flag,
    deleteChildren: about('Delete and rename what is in it.', flag),
  }),
  count: about('How much is in it, as a sentence; `null` where there is nothing to say.', orNull(text)),
  pointsHere: listOf(linkHere),
  lastChanges: listOf(object({ time: time, user: orNull(text), description: text })),
};
export const objectMessage = object(described);
export type ObjectMessage = ValueOf<typeof objectMessage>;

const childItem = object({
  id: text,
  ...listed,
  size: about(
    'What lists are sorted by: bytes of content or properties, or the number of items for a folder.',
    integer,
  ),
  sizeLabel: about(
    'The size in words: "1 KiB", "112 items", "about 1,234 sessions". Empty where it is not known.',
    text,
  ),
  modified: time,
  modifiedBy: orNull(text),
  warnings: listOf(warning),
  isFolder: flag,
});
export type ChildItem = ValueOf<typeof childItem>;

const typeInfo = about(
  'A type that may be added.',
  object({
    type: text,
    title: text,
    description: text,
    icon: text,
    group: text,
    suggestedId: text,
    schema: formSchema,
  }),
);
export type TypeInfo = ValueOf<typeof typeInfo>;

export const CHILD_PAGES = {
  sorts: ['id', 'title', 'type', 'size', 'modified'],
  sort: 'id',
  order: 'asc',
  limit: 50,
  largest: 1_000,
} as const;

export const readObject = endpoint({
  http: 'GET',
  view: '',
  summary: 'The object: its properties, their schema, its tabs and warnings.',
  answer: objectMessage,
});

export const changeObject = endpoint({
  http: 'PATCH',
  view: '',
  summary: 'Changes the named properties; with If-Match only while the object is at that revision.',
  optional: { title: text, properties: mapping },
  answer: about(
    'The object, and what the change led to ("localhost:11211 answers in 0.3 ms").',
    object({ ...described, results: listOf(fieldResult) }),
  ),
});
export type ChangedMessage = ValueOf<typeof changeObject.answer>;

export const addObject = endpoint({
  http: 'POST',
  view: '',
  summary: 'Adds an object of a type to this folder.',
  body: { type: text, id: text },
  optional: { title: text, properties: mapping },
  answer: objectMessage,
});

export const deleteObject = endpoint({
  http: 'DELETE',
  view: '',
  summary: 'Deletes the object and everything in it.',
});
export type ChangeRequest = BodyOf<typeof changeObject>;

/** As many as one commit writes without holding others up. */
export const MOST_DELETED = 500;

export const deleteChildren = endpoint({
  http: 'POST',
  view: 'delete',
  summary: `Deletes objects of this folder with everything in them, at most ${MOST_DELETED} at once. Those that are gone already are passed over.`,
  body: { ids: texts },
  answer: object({
    deleted: about('The ids of those that were deleted.', texts),
    left: about('Those that stay, and why, each a sentence.', listOf(object({ id: text, why: text }))),
  }),
});
export type DeletedMessage = ValueOf<typeof deleteChildren.answer>;

export const listChildren = endpoint({
  http: 'GET',
  view: 'children',
  summary: 'One page of the folder’s contents, and the folder itself as its own folder would list it.',
  query: {
    ...queryOf(CHILD_PAGES, 'Only those whose id, title or type contains this.'),
    at: 'An id: the page that it is on, by ids and without a filter, in place of an offset.',
  },
  answer: object({
    total: integer,
    offset: about('How many stand before the first of them.', integer),
    items: listOf(childItem),
    folder: about('The folder itself, as a list of its own folder would have it.', childItem),
  }),
});
export type ChildrenMessage = ValueOf<typeof listChildren.answer>;

export const listTypes = endpoint({
  http: 'GET',
  view: 'types',
  summary: 'The add list: the types that the caller may add here.',
  answer: listOf(typeInfo),
});

export const renameObject = endpoint({
  http: 'POST',
  view: 'rename',
  summary:
    'Gives an object in this folder another id. The paths that lead to it follow, as far as the caller may change them, unless ' +
    '`updateLinks` is false; the answer names those that did and those that lead nowhere now.',
  body: { from: text, to: text },
  optional: { updateLinks: flag },
  answer: about('The object under its new id, and what that meant for others.', object({ ...described, ...followed })),
});
export type RenamedMessage = ValueOf<typeof renameObject.answer>;

export type RenameRequest = BodyOf<typeof renameObject>;

export const CHANGES = ['delete', 'rename', 'move', 'copy'] as const;
export type ChangeOfPlace = (typeof CHANGES)[number];

const linkThere = about(
  'A path property that leads to what is about to be changed.',
  object({ ...link, to: text, mayFollow: about('The caller may change it, so that it follows.', flag) }),
);
export type LinkThere = ValueOf<typeof linkThere>;

const heldMessage = about(
  'What an object keeps, and what becomes of it.',
  object({
    path: text,
    text: about(
      '"12 live sessions in /mcsdc will end", or stay behind where nobody reaches them; without its full stop.',
      text,
    ),
  }),
);
export type HeldMessage = ValueOf<typeof heldMessage>;

export const consequencesOf = endpoint({
  http: 'GET',
  view: 'consequences',
  summary:
    'What deleting, renaming, moving or copying objects of this folder would cost: how many objects it is about, which paths ' +
    'lead there, who would find another service upward or none, and which live sessions are behind them.',
  query: {
    ids: 'The ids, separated by commas, each encoded; without it, this object.',
    action: `One of ${CHANGES.join(', ')}; delete unless said.`,
    to: 'The path of the folder that they are moved or copied to; the new id of the one that is renamed.',
  },
  answer: object({
    count: about('Objects that it is about, those inside included.', integer),
    pointsHere: listOf(linkThere),
    services: listOf(serviceChange),
    sessions: listOf(heldMessage),
    sessionsUnlessFollowed: about(
      'Those that would be behind paths, too, if these do not follow (`updateLinks: false`).',
      listOf(heldMessage),
    ),
  }),
});
export type ConsequencesMessage = ValueOf<typeof consequencesOf.answer>;

export const searchObjects = endpoint({
  http: 'GET',
  view: 'search',
  summary: 'Objects anywhere whose id, title or type contains a text.',
  query: { text: 'What to look for.' },
  answer: object({ items: listOf(object({ id: text, ...listed })) }),
});
export type SearchMessage = ValueOf<typeof searchObjects.answer>;
