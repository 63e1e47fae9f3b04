import { endpoint } from '../endpoint.ts';
import { about, flag, listOf, object, oneOf, orNull, text, type ValueOf } from '../json-schema.ts';
import { fieldState } from './forms.ts';

const chainBox = object({
  path: about('`null` where nothing is there.', orNull(text)),
  id: text,
  type: text,
  icon: text,
  state: fieldState,
  text: text,
  leadsOn: about('The property that leads on, and its value.', orNull(object({ property: text, value: text }))),
  holds: about('Whether the way to the next box holds.', flag),
});
export type ChainBox = ValueOf<typeof chainBox>;

export const sessionChain = endpoint({
  http: 'GET',
  view: 'chain',
  summary: 'How a request finds its session, each step with its state.',
  answer: object({
    boxes: listOf(chainBox),
    servers: listOf(object({ address: text, state: fieldState, text: text })),
    on: flag,
    state: about('`warn`: sessions are on, and servers that keep them do not answer.', oneOf('ok', 'warn', 'down')),
    text: about('"Sessions are on", for whom they are not, or why they are off.', text),
  }),
});
export type ChainMessage = ValueOf<typeof sessionChain.answer>;
