import type { FieldSchema } from '../../../schema/form-schema.ts';

export const nameField: FieldSchema = {
  type: 'string',
  title: 'Name',
  widget: 'string',
  mode: 'rw',
  default: '',
  description: 'What they sign in with. It cannot be changed later.',
};

export function nameProblems(name: string): ReadonlyMap<string, string> {
  return name.trim() === '' ? new Map([['name', 'A username must be specified']]) : new Map();
}
