import { endpoint } from '../endpoint.ts';
import {
  about,
  integer,
  listOf,
  mapOf,
  number,
  object,
  oneOf,
  orNull,
  text,
  time,
  type ObjectOf,
  type ValueOf,
} from '../json-schema.ts';

export const series = about(
  'A value for each of the times; `null` where it could not be known.',
  listOf(orNull(number)),
);
export type Series = ValueOf<typeof series>;

/** Which part of what was recorded is told, and how finely. */
export const recentTimes = {
  from: about('As it was asked for; where nothing older is known, when that begins.', time),
  to: time,
  everyS: about('How far its times are apart: the longer the span, the farther.', integer),
  began: about('Since when anything is recorded; `null` while nothing is.', orNull(time)),
  times: about('When each stretch begins, oldest first.', listOf(time)),
};
export type RecentTimes = ObjectOf<typeof recentTimes, {}>;

/** What is told of sessions. What is counted is a rate, a second; of the answers of the store, 95 % took `p95Ms` at most. */
export const SESSION_MEASURES = [
  'sessions',
  'begun',
  'ended',
  'reads',
  'writes',
  'conflicts',
  'refusals',
  'errors',
  'meanMs',
  'p95Ms',
  'slowestMs',
] as const;
export type SessionMeasure = (typeof SESSION_MEASURES)[number];

/** What is added up over the whole span. */
export const RECENT_TOTALS = [
  'begun',
  'ended',
  'reads',
  'writes',
  'conflicts',
  'refusals',
  'errors',
  'evictions',
] as const;
export type RecentTotal = (typeof RECENT_TOTALS)[number];

const recentMemory = about(
  'Of process memory, as it was on average: of all processes together, where they have sessions in it.',
  object({ bytes: series, limitBytes: series }),
);

const recentServer = about(
  'What is counted is told as a rate, a second.',
  object({
    address: text,
    path: about('Of the proxy that names it.', text),
    up: about('How much of the time it answered, from 0 to 1.', series),
    gets: series,
    misses: series,
    evictions: series,
    refusals: series,
    bytes: about('Of memory, as it was.', series),
    limitBytes: series,
  }),
);
export type RecentServer = ValueOf<typeof recentServer>;

const recentMark = about(
  'Something that happened: a server was away or was restarted, a process began or ended, somebody changed something.',
  object({
    kind: oneOf('down', 'restarted', 'started', 'ended', 'lost', 'changed'),
    at: time,
    until: about('`null` where it took no time, or goes on.', orNull(time)),
    text: about('What happened, without when: "localhost:11211 did not answer".', text),
    about: about('The server, or the path of what was changed.', text),
    by: about('Who changed it.', orNull(text)),
  }),
);
export type RecentMark = ValueOf<typeof recentMark>;

export const recent = endpoint({
  http: 'GET',
  view: 'recent',
  summary:
    'Sessions and servers as all processes recorded them: of a container, of a proxy, or, at the root, of all that the caller may see.',
  query: {
    from: 'When it begins, such as 2026-12-01T14:00:00Z; without it, 15 minutes before it ends.',
    to: 'When it ends; now, without it.',
  },
  answer: object({
    ...recentTimes,
    sessions: mapOf<Series, SessionMeasure>(series),
    totals: about('Over the whole span.', mapOf<number, RecentTotal>(integer)),
    unknownS: about('For how many seconds of it nobody knows everything: not every process had reported.', integer),
    memory: about('`null` where no session was in process memory.', orNull(recentMemory)),
    servers: listOf(recentServer),
    marks: about('Oldest first.', listOf(recentMark)),
  }),
});
export type RecentMessage = ValueOf<typeof recent.answer>;
