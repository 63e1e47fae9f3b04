import { endpoint, type BodyOf } from '../endpoint.ts';
import { about, listOf, mapOf, mapping, object, oneOf, text, type JsonSchema, type ValueOf } from '../json-schema.ts';
import { fieldProblem } from '../problems.ts';

export const WIDGETS = [
  'string',
  'text',
  'code',
  'lines',
  'integer',
  'boolean',
  'selection',
  'path',
  'id',
  'password',
] as const;

export type Widget = (typeof WIDGETS)[number];

/** JSON Schema of one property, with what a form needs beside it. */
export interface FieldSchema {
  readonly type: 'string' | 'integer' | 'boolean' | 'array';
  readonly title: string;
  /** The hint under the field. */
  readonly description?: string;
  readonly default: unknown;
  readonly widget: Widget;
  /** `r`: shown, not changed. */
  readonly mode: 'rw' | 'r';
  readonly enum?: readonly string[];
  /** For a selection: the words for each value of `enum`. */
  readonly labels?: readonly string[];
  readonly minimum?: number;
  readonly maximum?: number;
  /** 1: it must not be empty. */
  readonly minLength?: number;
  readonly maxLength?: number;
  /** For numbers: "ms", "minutes". */
  readonly unit?: string;
  /** For code: the language that it is in. */
  readonly language?: 'liquid';
  /** For a path: the capability that the object there must provide. */
  readonly provides?: string;
  /** For a path: what such an object is called: "a session data container". */
  readonly wanted?: string;
  /** Shown while the field is empty. */
  readonly placeholder?: string;
  /** The field answers: POST …/@check says how each value stands. */
  readonly answers?: boolean;
  /** Asked for when the object is added. */
  readonly whenAdding?: boolean;
  readonly items?: { readonly type: 'string' };
}

export interface FormSchema {
  readonly type: 'object';
  readonly properties: Readonly<Record<string, FieldSchema>>;
  readonly additionalProperties: false;
}

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

const pathCandidate = object({
  path: text,
  type: text,
  icon: text,
  title: text,
  note: text,
});
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
      object({
        path: text,
        text: text,
      }),
    ),
  },
);
export type FieldAnswer = ValueOf<typeof fieldAnswer>;

export const checkProperties = endpoint({
  http: 'POST',
  view: 'check',
  summary: 'Looks at values without saving them: what is wrong, and how servers and paths stand right now.',
  optional: { type: text, id: text, properties: mapping },
  answer: object({ errors: listOf(fieldProblem), fields: mapOf(fieldAnswer) }),
});
export type CheckMessage = ValueOf<typeof checkProperties.answer>;
export type CheckRequest = BodyOf<typeof checkProperties>;
