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
