import { endpoint } from '../endpoint.ts';
import { about, flag, integer, listOf, object, orNull, text, texts, time, type ValueOf } from '../json-schema.ts';
import { recentTimes, series } from './recent.ts';
import { listed } from './listed.ts';

const cacheManagerItem = about('A cache manager that an object may choose.', object({ id: text, ...listed }));
export type CacheManagerItem = ValueOf<typeof cacheManagerItem>;

const cacheAnswer = object({ line: about('What was done, as a sentence.', text) });

const associationItem = object({
  ...listed,
  manager: about('The id of the manager that the object has chosen; empty: none.', text),
  isAssociated: flag,
  mayChange: about('Whether the caller may change this.', flag),
});
export type AssociationItem = ValueOf<typeof associationItem>;

const cacheRow = about(
  'What is kept of one object.',
  object({
    path: text,
    icon: text,
    hits: about('In this process, since the object was last invalidated.', integer),
    recentHits: about('Of the last 15 minutes.', integer),
    misses: integer,
    entries: integer,
    bytes: integer,
    views: about('The paths by which it was asked for.', texts),
  }),
);
export type CacheRow = ValueOf<typeof cacheRow>;

export const cacheSettings = endpoint({
  http: 'GET',
  view: 'cache',
  summary: 'Which cache manager keeps the object’s page, and which ones could.',
  answer: object({
    manager: about('The id of the chosen manager; empty: none.', text),
    managers: about('Those that are found from the object upward, nearest first.', listOf(cacheManagerItem)),
    mayChange: about('Whether the caller may change this.', flag),
  }),
});
export type CacheMessage = ValueOf<typeof cacheSettings.answer>;

export const chooseCache = endpoint({
  http: 'POST',
  view: 'cache',
  summary: 'Chooses a cache manager for the object by its id; an empty id: none.',
  body: { manager: text },
  answer: cacheAnswer,
});

export const invalidateObject = endpoint({
  http: 'POST',
  view: 'invalidate',
  summary: 'Forgets what caches keep of the object and of everything in it.',
  answer: cacheAnswer,
});

export const listAssociations = endpoint({
  http: 'GET',
  view: 'associations',
  summary: 'The objects beside the cache manager, and below, whose pages may be kept.',
  query: {
    show: '"associated": only those whose pages this manager keeps.',
    type: 'Only objects of this type; may be given more than once.',
    deep: '"no": not in sub-folders.',
  },
  answer: object({
    types: about('The types of which the objects’ answers may be kept.', listOf(object({ type: text, icon: text }))),
    folder: about('The folder in which was looked.', text),
    items: listOf(associationItem),
    hasMore: about('There are more than are listed.', flag),
  }),
});
export type AssociationsMessage = ValueOf<typeof listAssociations.answer>;

export const changeAssociations = endpoint({
  http: 'POST',
  view: 'associations',
  summary: 'Makes and removes associations with this cache manager, by the paths of the objects.',
  body: { add: texts, remove: texts },
  answer: cacheAnswer,
});

export const cacheStatistics = endpoint({
  http: 'GET',
  view: 'statistics',
  summary: 'What is kept, and how often it was found in this process.',
  answer: object({
    ...recentTimes,
    hits: about('A second.', series),
    misses: series,
    since: about('Since when hits and misses are counted.', time),
    trouble: about(
      'Where what is kept cannot be seen right now: why. Hits and misses are known all the same.',
      orNull(text),
    ),
    rows: listOf(cacheRow),
  }),
});
export type CacheStatisticsMessage = ValueOf<typeof cacheStatistics.answer>;

export const removeEntries = endpoint({
  http: 'POST',
  view: 'statistics',
  summary: 'Forgets what caches keep of the objects at these paths, and of what is in them.',
  body: { paths: texts },
  answer: cacheAnswer,
});
