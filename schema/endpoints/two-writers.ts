import { endpoint } from '../endpoint.ts';
import { about, integer, object, oneOf, orNull, text, time, type ValueOf } from '../json-schema.ts';

export const runTwoWriters = endpoint({
  http: 'POST',
  view: 'two-writers',
  summary:
    'Two writers load the caller’s own session before either stores, each sets another key, and what is there then is counted. Both keys are taken out again; where that fails, the text says so.',
  answer: object({
    state: oneOf('ok', 'down'),
    text: about('That both changes are there, or what happened instead and what to do.', text),
    survived: about('Of two keys; `null` where the session is out of reach.', orNull(integer)),
    retries: about('How often a change was made again because the other one was faster.', orNull(integer)),
    checked: time,
  }),
});
export type TwoWritersMessage = ValueOf<typeof runTwoWriters.answer>;
