import { setTimeout as wait } from 'node:timers/promises';
import { visible } from '../../schema/invisible.ts';
import { ConflictError, Forbidden, MethodNotAllowed, NotFound, NotSignedIn } from '../base/errors.ts';
import { Turns } from '../base/turns.ts';
import type { TreeReader } from '../objects/reader.ts';
import type { Database } from '../objects/database.ts';
import type { TreeObject } from '../objects/object.ts';
import type { LoginCookie } from '../security/login-cookie.ts';
import { ANONYMOUS, mayUse, type Principal } from '../security/policy.ts';
import { Transaction } from '../transaction/transaction.ts';
import { invokeCached } from './invoke-cached.ts';
import type { Call } from './call.ts';
import { failurePage } from './failure-page.ts';
import { unrecorded } from './reads.ts';
import { isInPieces, type Asker, type Publishing, type Request, type RequestHead, type Response } from './request.ts';
import { namesIn, parseApiAddress, traverse, type ApiAddress } from './traverse.ts';
import { isResponse, responseOf, visitsOf, type Method, type View } from './views.ts';

/** How often a request is run again after a conflict. */
const RERUNS = 3;
const LONGEST_PAUSE_MS = 20;
const LONGEST_TURN_MS = 250;
const MOST_WAITING = 1000;

/** Whoever has this permission is told what is wrong in words that name servers, paths and types. */
const MANAGE = 'View management screens';

interface PublisherOptions {
  readonly database: Database;
  /** Views that objects of every type have. */
  readonly views: readonly View[];
  /** Who sent a request; throws where credentials were given and are wrong. */
  readonly authenticate: (head: RequestHead) => Promise<Principal>;
  readonly loginCookie: LoginCookie;
}

/** Turns requests into answers: traverse, authorise, call, commit. Works on plain values; needs no port. */
export class Publisher implements Publishing {
  readonly #options: PublisherOptions;
  readonly #views: ReadonlyMap<string, readonly View[]>;
  readonly #reruns = new Turns(LONGEST_TURN_MS, MOST_WAITING);

  constructor(options: PublisherOptions) {
    this.#options = options;
    this.#views = Map.groupBy(options.views, (view) => view.name);
  }

  async isKnown(head: RequestHead): Promise<boolean> {
    const { name } = await this.#options.authenticate(head);
    if (name === null && (await this.#options.loginCookie.tokenIn(head)) !== undefined) throw new NotSignedIn();
    return name !== null;
  }

  /** Answers a request for the API. `path` is what follows /api. */
  async api(request: Request, path: string): Promise<Response> {
    const address = parseApiAddress(namesIn(path));
    const user = await this.#options.authenticate(request);
    return this.#inTransaction(user, request, async (tree) => {
      const object = address === undefined ? undefined : await traverse(tree, address.ids);
      const asked = object === undefined ? undefined : this.#asked(object, address?.readings ?? []);
      const { methods = [], tail } = asked ?? {};
      // Whoever is not signed in learns nothing about what is there and what is not.
      const mayUseAny = object !== undefined && methods.some(({ permission }) => mayUse(user, permission, object));
      if (user.name === null && !mayUseAny) throw new NotSignedIn();
      if (object === undefined) throw absent(address === undefined ? request.path : `/${address.ids.join('/')}`);
      if (methods.length === 0) throw absent(request.path);
      return { object, method: choose(methods, request.method, tail), tail };
    });
  }

  /** Answers a request for published content: the default view of the object at the path. */
  async content(request: Request): Promise<Response> {
    const names = namesIn(request.path);
    const user = await this.#options.authenticate(request);
    return this.#inTransaction(user, request, async (tree) => {
      const object = await traverse(tree, names);
      const visits = visitsOf(object);
      if (object === undefined || !visits.some(({ permission }) => mayUse(user, permission, object))) {
        throw absent(request.path);
      }
      return { object, method: choose(visits, request.method, undefined), tail: undefined };
    });
  }

  async askerOf(head: RequestHead, wasLetIn: boolean): Promise<Asker> {
    const user = wasLetIn ? await this.#options.authenticate(head).catch(() => ANONYMOUS) : ANONYMOUS;
    return {
      isOperator: await this.#mayManage(user).catch(() => false),
      pageAbout: async (failure) => failurePage(await this.#options.database.read(user.name), user, head, failure),
    };
  }

  /** Refuses whoever may not use a permission on the root. */
  async requirePermission(head: RequestHead, permission: string): Promise<void> {
    const user = await this.#options.authenticate(head);
    authorise(user, { permission }, await (await this.#options.database.read(user.name)).root());
  }

  async #mayManage(user: Principal): Promise<boolean> {
    return user.name !== null && mayUse(user, MANAGE, await (await this.#options.database.read(user.name)).root());
  }

  /** The first reading of an address by which the object can be asked. */
  #asked(object: TreeObject, readings: ApiAddress['readings']) {
    const all = readings.values().map(({ view, tail }) => ({ methods: this.#methodsOf(object, view), tail }));
    return all.find(({ methods }) => methods.length > 0);
  }

  /** The methods of a view on an object: those of its type first. */
  #methodsOf(object: TreeObject, view: string): readonly Method[] {
    const declared = object.definition?.publish?.methods;
    if (declared !== undefined && Object.hasOwn(declared, view)) return [declared[view]].flat() as Method[];
    const general = (this.#views.get(view) ?? []).filter(({ on }) => isOn(on, object));
    return general.flatMap(({ methods }) => methods);
  }

  async #inTransaction(user: Principal, request: Request, find: Find): Promise<Response> {
    const finish = await this.#committed(user, request, find);
    // Everything is written: whatever fails from here on is no reason to do it again.
    return finish();
  }

  async #committed(user: Principal, request: Request, find: Find): Promise<Finish> {
    for (let run = 0; ; run += 1) {
      if (run > 0) await wait(Math.random() * LONGEST_PAUSE_MS * 2 ** (run - 1));
      // Requests that met at one address are run again one after the other, so that they do not meet again.
      const release = run === 0 ? undefined : await this.#reruns.take(request.path);
      try {
        return await this.#once(user, request, find, run);
      } catch (error) {
        if (!(error instanceof ConflictError) || run === RERUNS) throw error;
      } finally {
        release?.();
      }
    }
  }

  async #once(user: Principal, request: Request, find: Find, reruns: number): Promise<Finish> {
    const changing = isReading(request) ? undefined : await this.#options.database.open(user.name, request.origin);
    const tree = changing ?? (await this.#options.database.read(user.name, request.origin));
    const { object, method, tail } = await find(tree);
    authorise(user, method, object);
    const transaction = new Transaction((error) => this.#report(error, request));
    let description = `${request.method} ${request.path}`;
    let isPrivate = false;
    const call: Call = {
      object,
      addressed: object,
      request,
      user,
      tree,
      transaction,
      tail,
      cookies: [],
      scope: (tree.scope = new Map()),
      reads: unrecorded,
      reruns,
      keepPrivate: () => (isPrivate = true),
      describe: (words) => (description = words),
      may: (permission, on) => mayUse(user, permission, on),
    };
    try {
      const answered = await invokeCached(call, method);
      if (isResponse(answered) && answered.status >= 500) {
        transaction.abort();
        tree.scope = undefined;
        return async () => answered;
      }
      // The tree comes last, since its commit is one step, which nothing has to undo.
      if (changing?.hasChanges === true) transaction.join({ commit: () => changing.commit(description) });
      await transaction.commit();
      return async () => {
        const response = responseOf(await given(answered).finally(() => (tree.scope = undefined)));
        const sending = untilSent(response, () => transaction.sent());
        const again = await this.#options.loginCookie.linesAgain(request);
        const cookies = [...again, ...call.cookies.flatMap((lines) => lines())];
        return isPrivate || cookies.length > 0 ? privately(withCookies(sending, cookies)) : sending;
      };
    } catch (error) {
      transaction.abort();
      tree.scope = undefined;
      throw error;
    } finally {
      changing?.close();
    }
  }

  #report(error: unknown, { method, path }: Request): void {
    this.#options.database.log.error({ err: error, method, path }, 'A part of a transaction failed at its end');
  }
}

/** Gives the answer, once everything is committed. */
type Finish = () => Promise<Response>;

type Find = (tree: TreeReader) => Promise<{ object: TreeObject; method: Method; tail: string | undefined }>;

function isOn(on: View['on'], object: TreeObject): boolean {
  if (on === 'root') return object.parent === null;
  return on === 'any' || object.isFolder;
}

function choose(methods: readonly Method[], used: string, tail: string | undefined): Method {
  const wanted = used === 'HEAD' ? 'GET' : used;
  const found = methods.find(
    ({ http, declared }) => http === wanted && (declared.tail !== undefined) === (tail !== undefined),
  );
  if (found !== undefined) return found;
  const possible = methods.filter(({ declared }) => (declared.tail !== undefined) === (tail !== undefined));
  // Most likely an action was meant, and there is none of that name.
  if (possible.length === 0 || tail?.startsWith('@') === true) throw new NotFound('There is nothing at this address.');
  const allowed = possible.flatMap(({ http }) => (http === 'GET' ? ['GET', 'HEAD'] : [http]));
  throw new MethodNotAllowed(used, allowed);
}

function authorise(user: Principal, { permission }: Pick<Method, 'permission'>, object: TreeObject): void {
  if (mayUse(user, permission, object)) return;
  if (user.name === null) throw new NotSignedIn();
  if (!mayUse(user, 'View', object)) throw absent(object.path);
  throw new Forbidden(`You may not do this at '${object.path}': it needs the permission '${permission}'.`);
}

function absent(path: string): NotFound {
  return new NotFound(`There is nothing at '${visible(path.slice(0, 200))}'.`);
}

function isReading({ method }: Request): boolean {
  return method === 'GET' || method === 'HEAD';
}

function privately(response: Response): Response {
  return { ...response, headers: { ...response.headers, 'cache-control': 'no-store' } };
}

/** What a view gave, or gives now that everything is committed. */
async function given(answered: unknown): Promise<unknown> {
  return typeof answered === 'function' ? (answered as () => unknown)() : answered;
}

/** Tells when a body in pieces was sent, or was not asked for any more. */
function untilSent(response: Response, sent: () => void): Response {
  const { body } = response;
  if (!isInPieces(body)) return response;
  const pieces = body[Symbol.asyncIterator]();
  let isOver = false;
  const over = () => {
    if (!isOver) sent();
    isOver = true;
  };
  const next = async () => {
    try {
      const piece = await pieces.next();
      if (piece.done === true) over();
      return piece;
    } catch (error) {
      over();
      throw error;
    }
  };
  // No generator: it would take in that nobody asks any more only once the piece at hand has come.
  const end = async () => {
    over();
    await pieces.return?.();
    return { done: true as const, value: undefined };
  };
  return { ...response, body: { [Symbol.asyncIterator]: () => ({ next, return: end }) } };
}

function withCookies(response: Response, lines: readonly string[]): Response {
  return lines.length === 0 ? response : { ...response, cookies: [...(response.cookies ?? []), ...lines] };
}
