import type { FieldProblem } from '../../schema/problems.ts';

/**
 * Sentences by field: what the pointers "/id", "/properties/servers" and "/properties/servers/1" are about. Each has a line,
 * in the order of the lines that they speak of.
 */
export function problemsByField(errors: readonly FieldProblem[]): ReadonlyMap<string, string> {
  const byField = new Map<string, string>();
  for (const { pointer, detail } of errors.toSorted((one, other) => lineOf(one) - lineOf(other))) {
    const name = fieldOf(pointer);
    byField.set(name, byField.has(name) ? `${byField.get(name)}\n${detail}` : detail);
  }
  return byField;
}

function lineOf({ pointer }: FieldProblem): number {
  return Number(/^\/properties\/[^/]+\/(\d+)$/.exec(pointer)?.[1] ?? -1);
}

function fieldOf(pointer: string): string {
  const [, first = '', second = ''] = pointer
    .split('/')
    .map((part) => part.replaceAll('~1', '/').replaceAll('~0', '~'));
  return first === 'properties' ? second : first;
}
