import { keepsSecureCookies, mayDropSecureCookies } from '../base/origins.ts';
import { NotSignedIn } from '../base/errors.ts';
import { openTestTree, type TestTree } from '../objects/testing.ts';
import type { TypeDefinition } from '../objects/types.ts';
import { LoginCookie } from '../security/login-cookie.ts';
import { ANONYMOUS, type Principal } from '../security/policy.ts';
import { Publisher } from './publish.ts';
import { isInPieces, type Request, type RequestHead, type Response } from './request.ts';
import type { View } from './views.ts';

const ORIGIN = 'http://127.0.0.1:8080';

/** Whoever a request names in its Authorization header: a manager, and somebody without a role. */
const PEOPLE: ReadonlyMap<string, Principal> = new Map(
  [
    { name: 'ann', roles: ['Manager'] },
    { name: 'bob', roles: [] },
  ].map((person) => [person.name, person]),
);

/** The token of the one login that there is. */
export const LOGIN = 'a-login';

/** A publisher of a tree in memory. */
export interface TestPublisher {
  readonly tree: TestTree;
  readonly publisher: Publisher;
  /** Asks for `path` with its query, at the API where it is below /api. What is refused is thrown. */
  ask(method: string, path: string, about?: TestRequest): Promise<Response>;
}

type TestRequest = Partial<Request> & { readonly as?: string };

export async function openTestPublisher(
  types: readonly TypeDefinition[],
  views: readonly View[] = [],
): Promise<TestPublisher> {
  const tree = await openTestTree(...types);
  const loginCookie = new LoginCookie('test', async (token) => token === LOGIN);
  const publisher = new Publisher({ database: tree.database, views, authenticate, loginCookie });
  return {
    tree,
    publisher,
    ask(method, target, { as, ...about } = {}) {
      const headers = { ...(as !== undefined && { authorization: as }), ...about.headers };
      const request = requestOf(method, target, { ...about, headers });
      if (!/^\/api(\/|$)/.test(request.path)) return publisher.content(request);
      return publisher.api(request, request.path.slice('/api'.length) || '/');
    },
  };
}

async function authenticate({ headers: { authorization } }: RequestHead): Promise<Principal> {
  if (authorization === undefined) return ANONYMOUS;
  const person = PEOPLE.get(authorization);
  if (person === undefined) throw new NotSignedIn('Name or password is wrong.');
  return person;
}

/** A request for `target`, a path with its query, as it comes in on this machine itself. */
export function requestOf(method: string, target: string, about: Partial<Request> = {}): Request {
  const [path = '/', query = ''] = target.split('?');
  const origin = about.origin ?? ORIGIN;
  return {
    method,
    path,
    query: new URLSearchParams(query),
    headers: {},
    cookies: new Map(),
    body: undefined,
    form: new URLSearchParams(),
    upload: undefined,
    address: '127.0.0.1',
    origin,
    acceptsSecureCookies: keepsSecureCookies(origin, []),
    mayDropSecureCookies: mayDropSecureCookies(origin, []),
    ...about,
  };
}

/** All of an answer's body as text. */
export async function textOf({ body }: Response): Promise<string> {
  return (isInPieces(body) ? Buffer.concat(await Array.fromAsync(body)) : (body ?? '')).toString();
}
