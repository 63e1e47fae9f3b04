import type { Members, ObjectOf, JsonSchema } from './json-schema.ts';

/** One way to ask the API: what server, interface and OpenAPI know of it. Who may ask, and what is done, is the server's. */
export interface Endpoint extends Asking {
  /** Its name in addresses: `sessions`, `sessions/@end` for an action of it; empty for the object itself. */
  readonly view: string;
}

export interface Asking {
  readonly http: 'GET' | 'POST' | 'PATCH' | 'DELETE';
  /** One line for the API's documentation. */
  readonly summary: string;
  /** What a segment after the view's name means, where one follows: `…/@users/<name>`. */
  readonly tail?: string;
  /** Names of query parameters, each with a line of documentation. */
  readonly query?: Readonly<Record<string, string>>;
  /** The members that its JSON body must have, and those that it may have. A GET has none. */
  readonly body?: Members;
  readonly optional?: Members;
  /** The body is bytes (application/octet-stream) and not JSON. */
  readonly takesBytes?: boolean;
  /** The answer is events (text/event-stream) that come as long as both sides want, and not JSON. */
  readonly givesEvents?: boolean;
  /** What it answers when it succeeds; without it, nothing. */
  readonly answer?: JsonSchema;
}

/** Declares an endpoint. Of the whole declaration the interface is given `http` and `view` (vite.config.ts). */
export function endpoint<const E extends Endpoint>(declared: E): E {
  return declared;
}

/** What is sent to it. */
export type BodyOf<E extends Asking> = ObjectOf<MembersOf<E['body']>, MembersOf<E['optional']>>;
type MembersOf<M> = M extends Members ? M : {};

/** What it answers. */
export type AnswerOf<E extends Asking> = E extends { readonly answer: JsonSchema<infer Answer> } ? Answer : void;

export type QueryOf<E extends Asking> = { readonly [K in keyof E['query']]?: string | number | undefined };
