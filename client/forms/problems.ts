import type { FieldProblem } from '../../schema/problems.ts';

/** Sentences by field: what the pointers "/id", "/properties/servers" and "/properties/servers/1" are about. */
export function problemsByField(errors: readonly FieldProblem[]): ReadonlyMap<string, string> {
  const byField = new Map<string, string>();
  for (const { pointer, detail } of errors) {
    const name = fieldOf(pointer);
    byField.set(name, byField.has(name) ? `${byField.get(name)} ${detail}` : detail);
  }
  return byField;
}

function fieldOf(pointer: string): string {
  const [, first = '', second = ''] = pointer
    .split('/')
    .map((part) => part.replaceAll('~1', '/').replaceAll('~0', '~'));
  return first === 'properties' ? second : first;
}
