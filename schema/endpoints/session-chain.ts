import { endpoint } from '../endpoint.ts';
import { about, flag, integer, listOf, number, object, oneOf, orNull, text, type ValueOf } from '../json-schema.ts';
import { fieldState } from './forms.ts';
import { lossesMessage } from './statistics.ts';

const flow = object({
  of: oneOf('requests', 'reads and writes', 'operations'),
  perSecond: about('`null` at the first look after a while: what flows is known at the next.', orNull(number)),
  errors: about('In the last 10 seconds.', integer),
  answers: about('What went well, in the same 10 seconds.', integer),
  latencyMs: about('Of one, in the mean; `null` where there was none.', orNull(number)),
});
export type FlowMessage = ValueOf<typeof flow>;

const chainBox = object({
  path: about('`null` where nothing is there.', orNull(text)),
  id: text,
  type: text,
  icon: text,
  state: fieldState,
  text: text,
  leadsOn: about('The property that leads on, and its value.', orNull(object({ property: text, value: text }))),
  holds: about('Whether the way to the next box holds.', flag),
  flow: about('What this process sends on to the next box just now; `null` where that is not counted.', orNull(flow)),
  losses: about('Of the sessions that this process knows; `null` where none are kept.', orNull(lossesMessage)),
});
export type ChainBox = ValueOf<typeof chainBox>;

export const sessionChain = endpoint({
  http: 'GET',
  view: 'chain',
  summary: 'How a request finds its session, each step with its state.',
  answer: object({
    boxes: listOf(chainBox),
    servers: listOf(
      object({
        address: text,
        state: fieldState,
        text: text,
        flow: about('What this process asks it just now, and what came of that.', orNull(flow)),
      }),
    ),
    on: flag,
    state: about('`warn`: sessions are on, and servers that keep them do not answer.', oneOf('ok', 'warn', 'down')),
    text: about('"Sessions are on", for whom they are not, or why they are off.', text),
  }),
});
export type ChainMessage = ValueOf<typeof sessionChain.answer>;
