import type { CheckMessage } from '../../schema/endpoints/forms.ts';
import type { FieldSchema } from '../../schema/form-schema.ts';
import type { Client } from '../http/client.ts';

/** Values that a property takes, and values that it refuses. */
export interface Samples {
  readonly good: readonly unknown[];
  readonly bad: readonly unknown[];
}

const NO_TEXT = [7, null, true, ['text'], { text: 1 }];
const TORN = '\ud800';

/** What follows from a property's schema alone; rules of a type come on top of it. */
export function samplesOf(schema: FieldSchema): Samples {
  const { minimum = 0, maximum = 0, maxLength = 0, default: usual, enum: choices = [] } = schema;
  if (schema.mode === 'r') return { good: [], bad: [usual] };
  switch (schema.widget) {
    case 'string':
      return { good: ['Words', usual], bad: [...NO_TEXT, 'x'.repeat(maxLength + 1), 'two\nlines', TORN] };
    case 'text':
    case 'code':
      return { good: ['two\nlines', '', usual], bad: [...NO_TEXT, 'x'.repeat(maxLength + 1), TORN] };
    case 'lines':
      return { good: [['one', 'two'], [], usual], bad: ['text', [1], ['two\nlines'], [TORN], null] };
    case 'integer':
      return { good: [minimum, maximum, usual], bad: [minimum - 1, maximum + 1, minimum + 0.5, 'seven', '7', null] };
    case 'boolean':
      return { good: [true, false, usual], bad: ['true', 1, null] };
    case 'selection':
      return { good: [...choices, usual], bad: ['no such choice', 7, null] };
    case 'path':
      return { good: [''], bad: ['no/slash', '/no/such/object', '/', 7, null] };
    default:
      return { good: [], bad: [] };
  }
}

/** The objects that a path property may lead to. */
export async function candidatesFor(manager: Client, path: string, property: string): Promise<readonly string[]> {
  const answer = await manager(`/api${path}/@check`, { body: { properties: { [property]: '' } } });
  const { candidates = [] } = answer.json<CheckMessage>().fields[property] ?? { candidates: [] };
  return candidates.map((candidate) => candidate.path);
}
