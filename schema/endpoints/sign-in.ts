import { endpoint, type BodyOf } from '../endpoint.ts';
import { about, either, flag, nothing, object, text, texts, type ValueOf } from '../json-schema.ts';

const instance = object({ name: about('The name shown beside "Trellis".', text), version: text });

const somebody = object({ user: text, roles: texts, instance });
export type Somebody = ValueOf<typeof somebody>;

const nobody = about(
  'Nobody is signed in: of the installation only what the sign-in screen needs is told.',
  object({
    user: nothing,
    roles: texts,
    needsAdministrator: about('No administrator exists yet: the one-time link of the first start makes one.', flag),
  }),
);
export type Nobody = ValueOf<typeof nobody>;

export type Me = Somebody | Nobody;

const loginAnswer = object({ user: text, roles: texts });
export type LoginAnswer = ValueOf<typeof loginAnswer>;

export const whoAmI = endpoint({
  http: 'GET',
  view: 'me',
  summary: 'Who is asking, and, for who is signed in, of which installation.',
  answer: either(somebody, nobody),
});

export const signIn = endpoint({
  http: 'POST',
  view: 'login',
  summary: 'Signs in: 200 and a cookie, or 401.',
  body: { name: text, password: text },
  answer: loginAnswer,
});
export type LoginRequest = BodyOf<typeof signIn>;

export const signOut = endpoint({
  http: 'POST',
  view: 'logout',
  summary: 'Ends the login of this cookie and the session of this browser.',
});

export const createAdministrator = endpoint({
  http: 'POST',
  view: 'administrator',
  summary: 'Makes the first administrator by the one-time link of the first start, and signs in.',
  body: { token: text, name: text, password: text },
  answer: loginAnswer,
});
export type AdministratorRequest = BodyOf<typeof createAdministrator>;

export const changeOwnPassword = endpoint({
  http: 'POST',
  view: 'me/@password',
  summary:
    'Sets the caller’s own password, for who knows the present one. Every other login and session of theirs ends. ' +
    'A wrong one is refused, and slows further tries down as at signing in.',
  body: { password: text, new: text },
});
