import { endpoint } from '../endpoint.ts';
import {
  about,
  integer,
  listOf,
  number,
  object,
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

/** When something was looked at over the last minutes. It begins with the first look and rests a while after the last. */
export const historyTimes = {
  spanS: about('How far back it goes.', integer),
  everyS: about('How far its times are apart.', integer),
  now: time,
  times: about('Oldest first.', listOf(time)),
};
export type HistoryTimes = ObjectOf<typeof historyTimes, {}>;

const serverHistory = about(
  'What is counted is told as a rate, a second.',
  object({
    address: text,
    gets: series,
    misses: series,
    evictions: series,
    refusals: series,
    bytes: about('Of memory, as it was.', series),
  }),
);
export type ServerHistory = ValueOf<typeof serverHistory>;

export const serversHistory = endpoint({
  http: 'GET',
  view: 'history',
  summary:
    'Gets, misses, evictions, refusals and memory of each server over the last minutes. The first look begins it.',
  answer: object({ ...historyTimes, servers: listOf(serverHistory) }),
});
export type ServersHistoryMessage = ValueOf<typeof serversHistory.answer>;
