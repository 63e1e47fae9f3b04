import type { Fields } from './fields.ts';
import type { FieldProblem } from './problems.ts';

/** A form, checked: the values in the form in which they are kept, or everything that is wrong with them. */
export interface CheckedForm {
  readonly values: Readonly<Record<string, unknown>>;
  readonly problems: readonly FieldProblem[];
}

/** Checks the given values against the fields of a type. Values that are not given are not missed. */
export function checkForm(typeName: string, fields: Fields, given: Readonly<Record<string, unknown>>): CheckedForm {
  const values: [string, unknown][] = [];
  const problems: FieldProblem[] = [];
  for (const [name, value] of Object.entries(given)) {
    const found = checkProperty(typeName, fields, name, value);
    problems.push(...found);
    if (found.length === 0) values.push([name, fields[name]?.normalise(value)]);
  }
  return { values: Object.fromEntries(values), problems };
}

/** The values of an object: what is kept, and the default of every field that is not. */
export function withDefaults(fields: Fields, kept: Readonly<Record<string, unknown>>): Record<string, unknown> {
  const entries = Object.entries(fields).map(([name, field]) => [
    name,
    Object.hasOwn(kept, name) ? kept[name] : field.schema.default,
  ]);
  return Object.fromEntries(entries) as Record<string, unknown>;
}

/** A property's name as one token of a JSON pointer (RFC 6901). */
function pointerToken(name: string): string {
  return name.replaceAll('~', '~0').replaceAll('/', '~1');
}

function checkProperty(typeName: string, fields: Fields, name: string, value: unknown): readonly FieldProblem[] {
  const base = `/properties/${pointerToken(name)}`;
  const field = Object.hasOwn(fields, name) ? fields[name] : undefined;
  if (field === undefined) return [{ pointer: base, detail: `A ${typeName} has no property '${name}'.` }];
  if (field.schema.mode === 'r') return [{ pointer: base, detail: `${name} cannot be changed.` }];
  return field.check(value).map((problem) => ({ pointer: base + problem.pointer, detail: problem.detail }));
}
