import type { FieldSchema } from '../../schema/form-schema.ts';
import type { ObjectMessage } from '../../schema/endpoints/objects.ts';

/** What a person typed and has not saved, by the field's name. */
export type Edits = ReadonlyMap<string, unknown>;

/** The values of an object's form, its title among them. */
export type FormValues = Readonly<Record<string, unknown>>;

type Fields = Readonly<Record<string, FieldSchema>>;

/** One row of a conflict. `undefined`: this side left the field as it was. */
export interface Difference {
  readonly name: string;
  readonly title: string;
  readonly theirs: string | undefined;
  readonly mine: string | undefined;
}

const titleField: FieldSchema = { type: 'string', title: 'Title', widget: 'string', mode: 'rw', default: '' };

/** The fields of an object's form: its title, then what its type declares. */
export function fieldsOf({ schema }: Pick<ObjectMessage, 'schema'>): Fields {
  return { title: titleField, ...schema.properties };
}

export function valuesOf({ title, properties }: Pick<ObjectMessage, 'title' | 'properties'>): FormValues {
  return { title, ...properties };
}

/** The names of the fields whose edited value would change something, in the form's order. */
export function changedNames(fields: Fields, saved: FormValues, edits: Edits): readonly string[] {
  return Object.keys(fields).filter((name) => edits.has(name) && !isSame(edits.get(name), saved[name]));
}

/** Whether two values are kept alike: blanks at the end of lines, and blank lines at the end, are not. */
export function isSame(one: unknown, other: unknown): boolean {
  return JSON.stringify(kept(one)) === JSON.stringify(kept(other));
}

/** What both sides did since the state both began from, field by field. */
export function differences(
  fields: Fields,
  began: FormValues,
  theirs: FormValues,
  edits: Edits,
): readonly Difference[] {
  const mine = new Set(changedNames(fields, began, edits));
  return Object.entries(fields).flatMap(([name, field]) => {
    const isTheirs = !isSame(theirs[name], began[name]);
    if (!isTheirs && !mine.has(name)) return [];
    return {
      name,
      title: field.title,
      theirs: isTheirs ? textOf(field, theirs[name]) : undefined,
      mine: mine.has(name) ? textOf(field, edits.get(name)) : undefined,
    };
  });
}

/** The fields that both sides changed, and not to the same. */
export function contested(found: readonly Difference[]): readonly Difference[] {
  return found.filter(({ theirs, mine }) => theirs !== undefined && mine !== undefined && theirs !== mine);
}

/** A value in words, for a table: "500 ms", "On". */
export function textOf(field: FieldSchema, value: unknown): string {
  if (Array.isArray(value)) return value.length === 0 ? 'empty' : value.join(', ');
  if (typeof value === 'boolean') return value ? 'On' : 'Off';
  if (typeof value !== 'string' && typeof value !== 'number') return 'empty';
  const text = String(value);
  const word = field.labels?.[field.enum?.indexOf(text) ?? -1] ?? text;
  return word === '' ? 'empty' : field.unit ? `${word} ${field.unit}` : word;
}

/** The beginning of a text that may be a whole page, where there is room for a few lines. */
export function beginningOf(text: string): string {
  return text.length > 300 ? `${text.slice(0, 300)}…` : text;
}

function kept(value: unknown): unknown {
  if (!Array.isArray(value)) return value;
  const lines = value.map((line) => (typeof line === 'string' ? line.trimEnd() : line));
  return lines.slice(0, lines.findLastIndex((line) => line !== '') + 1);
}
