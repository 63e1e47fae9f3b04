import type { FormSchema } from '../form-schema.ts';
import { endpoint } from '../endpoint.ts';
import { about, listOf, mapOf, mapping, object, oneOf, text, type JsonSchema, type ValueOf } from '../json-schema.ts';
import { fieldProblem } from '../problems.ts';
import { listed } from './listed.ts';

export const fieldState = oneOf('ok', 'warn', 'down', 'off');

export const fieldResult = about(
  'How one value, or one line of it, stands.',
  object(
    { state: fieldState, text },
    {
      note: about('Said in quiet after the text: "memcached 1.6.32".', text),
      cost: about('What it costs to save that all the same, as part of a sentence.', text),
    },
  ),
);
export type FieldResult = ValueOf<typeof fieldResult>;

export const formSchema: JsonSchema<FormSchema> = about(
  'JSON Schema of its properties, with what a form needs beside it.',
  { type: 'object' },
);

const pathCandidate = object({ ...listed, note: text });
export type PathCandidate = ValueOf<typeof pathCandidate>;

const fieldAnswer = object(
  {
    results: about('For lines: one for each line, in their order. For a path: one.', listOf(fieldResult)),
  },
  {
    candidates: about('For a path: the objects that would do.', listOf(pathCandidate)),
    sessionName: about('For code: the name that it has for the session where the object is.', text),
    suggestion: about(
      'For a path that leads to the wrong thing: the one that was probably meant.',
      object({ path: text, text }),
    ),
  },
);
export type FieldAnswer = ValueOf<typeof fieldAnswer>;

export const checkValues = endpoint({
  http: 'POST',
  view: 'check',
  summary: 'Looks at values without saving them: what is wrong, and how servers and paths stand right now.',
  optional: { type: text, id: text, properties: mapping },
  answer: object({ errors: listOf(fieldProblem), fields: mapOf(fieldAnswer) }),
});
export type CheckMessage = ValueOf<typeof checkValues.answer>;
