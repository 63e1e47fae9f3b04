import { endpoint } from '../endpoint.ts';
import { about, flag, listOf, number, object, oneOf, text, time, type ValueOf } from '../json-schema.ts';

const roundTripStep = object({
  what: about('`Wrote a probe`', text),
  detail: about('`to 10.0.0.7:11211`', text),
  tookMs: number,
  isDone: flag,
});
export type RoundTripStep = ValueOf<typeof roundTripStep>;

export const checkRoundTrip = endpoint({
  http: 'POST',
  view: 'round-trip',
  summary:
    'Writes a probe where sessions go, reads it back over another connection, deletes it, and says how that went.',
  answer: object({
    state: about('`warn`: it works, and there is something to mend.', oneOf('ok', 'warn', 'down')),
    text: about('That it works, or what does not and what to do.', text),
    steps: listOf(roundTripStep),
    checked: time,
  }),
});
export type RoundTripMessage = ValueOf<typeof checkRoundTrip.answer>;
