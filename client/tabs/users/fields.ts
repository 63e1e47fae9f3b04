import type { FieldSchema } from '../../../schema/messages/forms.ts';

const RULES = '8 to 128 characters, and none of the passwords that are guessed first. Length is worth more than signs.';

export const nameField: FieldSchema = text('Name', 'string', 'What they sign in with. It cannot be changed later.');
export const passwordField: FieldSchema = text('Password', 'password', RULES);
export const newPasswordField: FieldSchema = text('New password', 'password', RULES);
export const confirmationField: FieldSchema = text('Password again', 'password');

/** What is wrong with two passwords before anybody else is asked. By the name of the field it belongs to. */
export function passwordProblems(password: string, confirmation: string): ReadonlyMap<string, string> {
  if (password === '') return new Map([['password', 'A password must be specified']]);
  if (password !== confirmation) return new Map([['confirmation', 'Password and confirmation do not match']]);
  return new Map();
}

export function nameProblems(name: string): ReadonlyMap<string, string> {
  return name.trim() === '' ? new Map([['name', 'A username must be specified']]) : new Map();
}

function text(title: string, widget: 'string' | 'password', description?: string): FieldSchema {
  return { type: 'string', title, widget, mode: 'rw', default: '', ...(description && { description }) };
}
