import type { FieldSchema } from '../../schema/form-schema.ts';
import { lengthProblem, PASSWORD_RULES } from '../../schema/passwords.ts';

export const passwordField: FieldSchema = password('Password', PASSWORD_RULES);
export const newPasswordField: FieldSchema = password('New password', PASSWORD_RULES);
export const confirmationField: FieldSchema = password('Password again');
export const presentPasswordField: FieldSchema = password('Present password');

/** What is wrong with two passwords before anybody else is asked. By the name of the field it belongs to. */
export function passwordProblems(password: string, confirmation: string): ReadonlyMap<string, string> {
  if (password === '') return new Map([['password', 'A password must be specified']]);
  const length = lengthProblem(password);
  return new Map([
    ...(length ? ([['password', length]] as const) : []),
    ...(password !== confirmation ? ([['confirmation', 'Password and confirmation do not match']] as const) : []),
  ]);
}

function password(title: string, description?: string): FieldSchema {
  return { type: 'string', title, widget: 'password', mode: 'rw', default: '', ...(description && { description }) };
}
