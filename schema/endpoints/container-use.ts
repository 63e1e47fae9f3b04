import { endpoint } from '../endpoint.ts';
import { about, flag, object, orNull, text, type ValueOf } from '../json-schema.ts';

export const lookAtUse = endpoint({
  http: 'GET',
  view: 'use',
  summary: 'Whether the site keeps its sessions in this container, and what it would mean if it did from now on.',
  answer: object({
    manager: about('The nearest session data manager, which decides that; `null`: there is none.', orNull(text)),
    keptIn: about('Where its container path leads. Empty: nowhere.', text),
    isHere: about('It leads here.', flag),
    behind: about('What would stay behind there: "1 live session stays behind …". Empty: nothing.', text),
    mayUse: about('The caller may change it.', flag),
  }),
});
export type ContainerUse = ValueOf<typeof lookAtUse.answer>;
