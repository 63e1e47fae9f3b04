import { composed } from './composed.ts';
import type { FieldSchema, FormSchema, Widget } from './form-schema.ts';
import type { FieldProblem } from './problems.ts';

/** One property of a type: its JSON Schema (sent as it is to the client and to OpenAPI) and the rules in words. */
export interface Field<Value = unknown> {
  readonly schema: FieldSchema;
  /** What is wrong with a value, by pointer below the field ("" for the whole, "/1" for its second line); empty: nothing. */
  check(value: unknown): readonly FieldProblem[];
  /** Brings an accepted value to the form in which it is kept. */
  normalise(value: Value): Value;
  /** Of a path property: where it leads. */
  readonly to?: PathTarget;
  /** What it was made from, for the check of declarations. */
  readonly options?: object;
  /** Never set: carries the type of the value. */
  readonly value?: Value;
}

export type Fields = Readonly<Record<string, Field>>;

/** The values that a set of fields describes. */
export type ValuesOf<F extends Fields> = { readonly [K in keyof F]: F[K] extends Field<infer V> ? V : never };

/** A rule on one string: the sentence that says what is wrong with it, or nothing. */
export type Rule = (value: string) => string | undefined;

interface Options {
  readonly title: string;
  /** The hint under the field. */
  readonly help?: string;
  /** Shown, never changed. */
  readonly readOnly?: boolean;
  readonly whenAdding?: boolean;
  readonly placeholder?: string;
  /** The field answers to `@check`: see the type's `answers`. */
  readonly answers?: boolean;
}

interface StringOptions extends Options {
  readonly default?: string;
  readonly maxLength?: number;
  /** An empty text is refused. */
  readonly required?: boolean;
  readonly rule?: Rule;
}

interface CodeOptions extends StringOptions {
  readonly language: 'liquid';
}

interface LinesOptions extends Options {
  readonly default?: readonly string[];
  /** A rule on each line that is neither blank nor a comment. */
  readonly item?: Rule;
  /** A rule on all lines at once, by line; for what one line alone cannot show. */
  readonly all?: (lines: readonly string[]) => readonly FieldProblem[];
  readonly maxLines?: number;
  /** Which lines are kept, of those that may be there. */
  readonly keeps?: (line: string) => boolean;
}

interface IntegerOptions extends Options {
  readonly default: number;
  readonly minimum: number;
  readonly maximum: number;
  readonly unit?: string;
}

interface SelectionOptions<Choice extends string> extends Options {
  /** The values that may be chosen, each with its words. */
  readonly choices: Readonly<Record<Choice, string>>;
  readonly default: NoInfer<Choice>;
}

interface PathOptions extends Options {
  readonly default?: string;
  /** The capability that the object at the path must provide. */
  readonly to: PathTarget;
}

const LONGEST_STRING = 1000;
const LONGEST_TEXT = 1_000_000;
const LONGEST_LINE = 1000;

/** What the object at a path must provide, and what such an object is called. */
export interface PathTarget {
  readonly name: string;
  readonly wanted: string;
}

/** Builders of fields, one for each kind of property. */
export const p = {
  string: (options: StringOptions): Field<string> => textual('string', LONGEST_STRING, options),
  text: (options: StringOptions): Field<string> => textual('text', LONGEST_TEXT, options),
  code: (options: CodeOptions): Field<string> => {
    const field = textual('code', LONGEST_TEXT, options);
    return { ...field, schema: { ...field.schema, language: options.language } };
  },
  lines,
  integer,
  boolean,
  selection,
  path,
};

/** The JSON Schema of a whole form. */
export function formSchema(fields: Fields): FormSchema {
  const properties = Object.entries(fields).map(([name, field]) => [name, field.schema]);
  return {
    type: 'object',
    properties: Object.fromEntries(properties) as FormSchema['properties'],
    additionalProperties: false,
  };
}

function textual(widget: Widget, longest: number, options: StringOptions): Field<string> {
  const maxLength = options.maxLength ?? longest;
  const minLength = options.required === true ? 1 : undefined;
  const schema = schemaOf(widget, 'string', options, { default: options.default ?? '', minLength, maxLength });
  return judged(schema, options, (value) => {
    if (typeof value !== 'string') return `Text was expected, not ${kindOf(value)}.`;
    if (value === '' && options.required === true) return 'No input for required field';
    if (value.length > maxLength) return `${value.length} characters are too many: at most ${maxLength} are kept.`;
    if (widget === 'string' && hasControls(value)) return 'Line breaks and control characters are not allowed here.';
    if (!value.isWellFormed()) return 'The text has half a character in it (a lone surrogate). Type it again.';
    return options.rule?.(value);
  });
}

/** A field whose values are judged as a whole, and kept as they are given. */
function judged<Value>(
  schema: FieldSchema,
  options: Options,
  judge: (value: unknown) => string | undefined,
): Field<Value> {
  return { schema, check: (value) => whole(judge(value)), normalise: (value) => value, options };
}

function lines(options: LinesOptions): Field<readonly string[]> {
  const maxLines = options.maxLines ?? 1000;
  return {
    schema: schemaOf('lines', 'array', options, { default: options.default ?? [], items: { type: 'string' } }),
    check(value) {
      if (!Array.isArray(value))
        return whole(`A list of lines (an array of strings) was expected, not ${kindOf(value)}.`);
      if (value.length > maxLines) return whole(`${value.length} lines are too many: at most ${maxLines} are kept.`);
      const problems = value.flatMap((line, index) => lineProblems(line, index, options.item));
      return problems.length > 0 ? problems : (options.all?.(value) ?? []);
    },
    normalise(value) {
      const trimmed = value.map((line) => line.trimEnd()).filter(options.keeps ?? (() => true));
      while (trimmed.at(-1) === '') trimmed.pop();
      return trimmed;
    },
    options,
  };
}

function integer(options: IntegerOptions): Field<number> {
  const { minimum, maximum, unit } = options;
  const range = `${minimum} to ${maximum}${unit === undefined ? '' : ` ${unit}`}`;
  const schema = schemaOf('integer', 'integer', options, { default: options.default, minimum, maximum, unit });
  return judged(schema, options, (value) => {
    if (value === '' || value === null) return `Empty entry when integer expected. Use ${range}.`;
    if (typeof value !== 'number' || !Number.isSafeInteger(value))
      return `An integer was expected in the value '${shown(value)}'`;
    return value < minimum || value > maximum ? `${value} is out of range. Use ${range}.` : undefined;
  });
}

function boolean(options: Options & { readonly default: boolean }): Field<boolean> {
  const schema = schemaOf('boolean', 'boolean', options, { default: options.default });
  return judged(schema, options, (value) =>
    typeof value === 'boolean' ? undefined : `true or false was expected, not ${kindOf(value)}.`,
  );
}

function selection<Choice extends string>(options: SelectionOptions<Choice>): Field<Choice> {
  // Where there are none, the check of declarations says so.
  const choices = options.choices ?? {};
  const values = Object.keys(choices) as Choice[];
  const labels = Object.values<string>(choices);
  const schema = schemaOf('selection', 'string', options, { default: options.default, enum: values, labels });
  return judged(schema, options, (value) => {
    if (values.some((choice) => choice === value)) return undefined;
    return `'${shown(value)}' is not one of the choices. Use ${values.map((choice) => `'${choice}'`).join(' or ')}.`;
  });
}

function path(options: PathOptions): Field<string> {
  const base = textual('path', LONGEST_STRING, { ...options, answers: true });
  // Where it leads to nothing, the check of declarations says so.
  const to = options.to ?? { name: '', wanted: '' };
  return {
    ...base,
    schema: { ...base.schema, provides: to.name, wanted: to.wanted },
    to,
    // "/mcproxy/" leads where "/mcproxy" does.
    normalise: (value) =>
      composed(value)
        .trim()
        .replace(/(?<=.)\/$/, ''),
    options,
  };
}

function schemaOf(
  widget: Widget,
  type: FieldSchema['type'],
  options: Options,
  more: Record<string, unknown>,
): FieldSchema {
  const schema = {
    type,
    title: options.title,
    description: options.help,
    widget,
    mode: options.readOnly === true ? 'r' : 'rw',
    placeholder: options.placeholder,
    answers: options.answers,
    whenAdding: options.whenAdding,
    ...more,
  };
  return Object.fromEntries(
    Object.entries(schema).filter(([, value]) => value !== undefined),
  ) as unknown as FieldSchema;
}

function lineProblems(line: unknown, index: number, rule: Rule | undefined): readonly FieldProblem[] {
  const detail = lineProblem(line, rule);
  return detail === undefined ? [] : [{ pointer: `/${index}`, detail: `Line ${index + 1}: ${detail}` }];
}

function lineProblem(line: unknown, rule: Rule | undefined): string | undefined {
  if (typeof line !== 'string') return `text was expected, not ${kindOf(line)}.`;
  if (line.length > LONGEST_LINE) return `${line.length} characters are too many: at most ${LONGEST_LINE} are kept.`;
  if (hasControls(line)) return 'line breaks and control characters are not allowed in a line.';
  if (!line.isWellFormed()) return 'the text has half a character in it (a lone surrogate). Type it again.';
  return line.trim() === '' ? undefined : rule?.(line);
}

function whole(detail: string | undefined): readonly FieldProblem[] {
  return detail === undefined ? [] : [{ pointer: '', detail }];
}

function hasControls(text: string): boolean {
  return /[\u0000-\u001f\u007f]/.test(text);
}

function kindOf(value: unknown): string {
  if (value === null) return 'nothing (null)';
  if (Array.isArray(value)) return 'a list';
  return typeof value === 'object' ? 'an object' : `the ${typeof value} ${shown(value)}`;
}

function shown(value: unknown): string {
  const text = typeof value === 'string' ? value : (JSON.stringify(value) ?? String(value));
  return text.length > 60 ? `${text.slice(0, 60)}…` : text;
}
