import { endpoint } from '../endpoint.ts';
import { about, listOf, object, orNull, text, texts, time, type ValueOf } from '../json-schema.ts';

const userMessage = object({ name: text, roles: texts, created: time, lastSignIn: orNull(time) });
export type UserMessage = ValueOf<typeof userMessage>;

const users = object({
  users: listOf(userMessage),
  roles: about('The roles that can be given.', listOf(object({ name: text, description: text }))),
});

export const listUsers = endpoint({
  http: 'GET',
  view: 'users',
  summary: 'The users, and the roles that can be given to them.',
  answer: users,
});
export type UsersMessage = ValueOf<typeof listUsers.answer>;

export const addUser = endpoint({
  http: 'POST',
  view: 'users',
  summary: 'Adds a user.',
  body: { name: text, password: text, roles: texts },
  answer: users,
});

export const changeUser = endpoint({
  http: 'PATCH',
  view: 'users',
  summary: 'Sets a user’s password or roles. A password ends their logins and sessions, except one’s own at hand.',
  tail: 'the name of the user',
  optional: { password: text, roles: texts },
  answer: users,
});

export const removeUser = endpoint({
  http: 'DELETE',
  view: 'users',
  summary: 'Removes a user and ends their logins and sessions.',
  tail: 'the name of the user',
});
