import type { FieldSchema } from '../../../schema/form-schema.ts';
import { lengthProblem, PASSWORD_RULES } from '../../../schema/passwords.ts';

export const nameField: FieldSchema = text('Name', 'string', 'What they sign in with. It cannot be changed later.');
export const passwordField: FieldSchema = text('Password', 'password', PASSWORD_RULES);
export const newPasswordField: FieldSchema = text('New password', 'password', PASSWORD_RULES);
export const confirmationField: FieldSchema = text('Password again', 'password');

/** What is wrong with two passwords before anybody else is asked. By the name of the field it belongs to. */
export function passwordProblems(password: string, confirmation: string): ReadonlyMap<string, string> {
  if (password === '') return new Map([['password', 'A password must be specified']]);
  const length = lengthProblem(password);
  return new Map([
    ...(length ? ([['password', length]] as const) : []),
    ...(password !== confirmation ? ([['confirmation', 'Password and confirmation do not match']] as const) : []),
  ]);
}

export function nameProblems(name: string): ReadonlyMap<string, string> {
  return name.trim() === '' ? new Map([['name', 'A username must be specified']]) : new Map();
}

function text(title: string, widget: 'string' | 'password', description?: string): FieldSchema {
  return { type: 'string', title, widget, mode: 'rw', default: '', ...(description && { description }) };
}
