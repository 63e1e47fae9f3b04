import { endpoint } from '../endpoint.ts';
import { about, integer, mapOf, object, oneOf, orNull, text, time, type ValueOf } from '../json-schema.ts';
import { recentTimes, series, type Series } from './recent.ts';

/** What is counted of the sessions in a container, in the order in which it is shown. */
export const COUNTED = [
  'reads',
  'writes',
  'touches',
  'begun',
  'ended',
  'merged',
  'sameKeyRerun',
  'sameKeyNewest',
  'sameKeyFailed',
  'reruns',
  'refused',
  'lost',
  'errors',
] as const;
export type Counted = (typeof COUNTED)[number];

/** Of the sessions that a process read or wrote within their times, those that were not ended and are found nowhere. */
export const lossesMessage = object({
  lost: integer,
  known: about('The lost ones are among them; of very many, those that were used last.', integer),
});
export type LossesMessage = ValueOf<typeof lossesMessage>;

const memoryMessage = object({
  usedBytes: integer,
  limitBytes: integer,
  newBytes: about('What of it would make room: sessions that no browser came back to.', integer),
  evictions: about('How many of those made room, and how often what was new or grew was refused.', integer),
  refusals: integer,
  state: oneOf('ok', 'filling', 'evicting', 'refusing'),
});
export type MemoryMessage = ValueOf<typeof memoryMessage>;

export const sessionStatistics = endpoint({
  http: 'GET',
  view: 'statistics',
  summary:
    'What was done to the sessions here: what this process counted in all, and the rates of all processes over the last minutes.',
  answer: object({
    ...recentTimes,
    since: time,
    totals: mapOf<number, Counted>(integer),
    rates: about('A second.', mapOf<Series, Counted>(series)),
    losses: about('`null` where there is no way to the sessions.', orNull(lossesMessage)),
    unseen: about('What is not in it, in sentences.', text),
    memory: about(
      'How full the memory of this process is that the sessions are in; `null` where they are on servers.',
      orNull(memoryMessage),
    ),
  }),
});
export type StatisticsMessage = ValueOf<typeof sessionStatistics.answer>;
