import { endpoint } from '../endpoint.ts';
import { about, flag, integer, object, oneOf, text, texts, type ValueOf } from '../json-schema.ts';

export const lookAtExample = endpoint({
  http: 'GET',
  view: 'example',
  summary: 'Whether the example shop is in the tree, and what would go with it.',
  answer: object({
    path: about('Where it is, or would be.', text),
    state: about(
      '`absent`: it can be put there; `there`: it was; `taken`: something else is at its path.',
      oneOf('absent', 'there', 'taken'),
    ),
    inside: about('The objects that are in it now, at most 100 of them.', texts),
    missing: about('The objects that came with it and are there no more.', texts),
    own: about('Those of them that did not come with it.', texts),
    mayPlant: about('The caller may put it into the tree.', flag),
    mayRemove: about('The caller may delete it.', flag),
  }),
});
export type ExampleMessage = ValueOf<typeof lookAtExample.answer>;

export const plantExample = endpoint({
  http: 'POST',
  view: 'example',
  summary: 'Puts the example shop into the tree, in one transaction. Refused where something is at its path.',
  answer: object({ path: text, count: integer }),
});
