import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { isDeepStrictEqual } from 'node:util';
import type { TypeInfo } from '../../../schema/endpoints/objects.ts';
import type { JsonSchema } from '../../../schema/json-schema.ts';
import { endpoints } from '../../support/answers.ts';
import { basic, startServer } from '../../support/server.ts';
import { clientOf, managerOf, type Client } from '../client.ts';

const server = await startServer();
after(() => server[Symbol.asyncDispose]());
const manager = managerOf(server);

/** Views that are for everybody, by address; everything else is closed to whoever has no roles. */
const OPEN = ['get /api/@me', 'post /api/@login', 'post /api/@logout', 'post /api/@administrator', 'get /api/@openapi'];
/** Views for everybody who is signed in, about what is theirs. */
const OWN = /@my-(logins|sessions)|@me\/@password|@news/;

interface Operation {
  readonly method: string;
  readonly template: string;
  readonly permission: string;
}

await manager('/api/acl_users/@users', { body: { name: 'mem', password: 'violets under glass', roles: [] } });
const anonymous = clientOf(server, { origin: server.url, 'sec-fetch-site': 'same-origin' });
const member = clientOf(server, { authorization: basic('mem', 'violets under glass') });
const places = await plantOneOfEachType();
const operations = await declaredOperations();

/** One object of each type in a folder of its own, and those that cannot be added. */
async function plantOneOfEachType(): Promise<string[]> {
  await manager('/api/', { body: { type: 'Folder', id: 'zoo' } });
  const types = (await manager('/api/zoo/@types')).json<TypeInfo[]>();
  for (const { type, suggestedId } of types) await manager('/api/zoo', { body: { type, id: suggestedId } });
  return ['zoo', 'acl_users', ...types.map(({ suggestedId }) => `zoo/${suggestedId}`)];
}

async function declaredOperations(): Promise<Operation[]> {
  const { paths } = (await manager('/api/@openapi')).json<{
    paths: Record<string, Record<string, { description: string }>>;
  }>();
  return Object.entries(paths).flatMap(([template, methods]) =>
    Object.entries(methods).map(([method, { description }]) => {
      return { method, template, permission: /'(.+)'/.exec(description)?.[1] ?? '' };
    }),
  );
}

/** Every address of an operation: on each object, or on the root alone. */
function addressesOf({ template }: Operation): string[] {
  const withTail = template.replace('{tail}', 'somebody');
  return withTail.includes('{path}') ? places.map((place) => withTail.replace('{path}', place)) : [withTail];
}

/** Every Set-Cookie line that was sent to anybody. */
const cookies: string[] = [];

async function call(client: Client, { method }: Operation, address: string) {
  const answer = await client(address, { method: method.toUpperCase(), ...(method === 'get' ? {} : { body: {} }) });
  cookies.push(...(answer.headers['set-cookie'] ?? []));
  return answer;
}

test('the API declares what the manual lists, each with the permission that it asks for', () => {
  assert.ok(operations.length >= 20, `only ${operations.length} operations are declared`);
  for (const { method, template, permission } of operations) assert.notEqual(permission, '', `${method} ${template}`);
  const views = new Set(operations.map(({ template }) => /@[a-z-]+/.exec(template)?.[0]));
  const listed = ['@login', '@me', '@children', '@types', '@rename', '@copy', '@move', '@servers', '@test', '@users'];
  for (const view of [...listed, '@check']) {
    assert.ok(views.has(view), `${view} is missing`);
  }
});

interface Answers {
  readonly paths: Record<string, Record<string, { readonly responses: Record<string, Content | undefined> }>>;
}

interface Content {
  readonly content?: {
    readonly 'application/json'?: { readonly schema: JsonSchema };
    readonly 'text/event-stream'?: {};
  };
}

test('the API says of each of its own requests what is answered, or that nothing is', async () => {
  const { paths } = (await manager('/api/@openapi')).json<Answers>();
  for (const [template, methods] of Object.entries(paths)) {
    for (const [method, { responses }] of Object.entries(methods)) {
      const { content } = responses['2XX'] ?? {};
      const said = content?.['application/json']?.schema ?? content?.['text/event-stream'];
      assert.ok(said !== undefined || responses['204'] !== undefined, `${method} ${template}`);
    }
  }
});

test('the API says every answer that is declared, also where objects of several types have a view of one name', async () => {
  const { paths } = (await manager('/api/@openapi')).json<Answers>();
  const unsaid = endpoints.filter(({ http, view, tail, answer }) => {
    const after = `${view === '' ? '' : `/@${view}`}${tail === undefined ? '' : '/{tail}'}`;
    const operation = (paths[`/api/{path}${after}`] ?? paths[`/api${after}`])?.[http.toLowerCase()];
    const schema = operation?.responses['2XX']?.content?.['application/json']?.schema;
    return ![schema, ...(schema?.anyOf ?? [])].some((said) => isDeepStrictEqual(said, answer));
  });
  assert.deepEqual(unsaid, []);
});

test('nobody who is not signed in gets past a view that is not for everybody', async () => {
  const wrong: string[] = [];
  for (const operation of operations) {
    for (const address of addressesOf(operation)) {
      const { status } = await call(anonymous, operation, address);
      const name = `${operation.method} ${address}`;
      const isOpen = OPEN.includes(`${operation.method} ${operation.template}`);
      if (isOpen ? status === 500 : status !== 401) wrong.push(`${name}: ${status}`);
    }
  }
  assert.deepEqual(wrong, []);
});

test('a member without roles gets past none of them either', async () => {
  const wrong: string[] = [];
  for (const operation of operations) {
    if (OPEN.includes(`${operation.method} ${operation.template}`) || OWN.test(operation.template)) continue;
    for (const address of addressesOf(operation)) {
      const { status } = await call(member, operation, address);
      if (![403, 404, 405].includes(status)) wrong.push(`${operation.method} ${address}: ${status}`);
    }
  }
  assert.deepEqual(wrong, []);
});

test('a member without roles gets past what is for everybody who is signed in', async () => {
  const own = operations.filter(({ template }) => OWN.test(template));
  assert.ok(own.length >= 6);
  for (const operation of own) {
    for (const address of addressesOf(operation)) {
      const { status } = await call(member, operation, address);
      assert.ok(status < 500 && ![401, 403].includes(status), `${operation.method} ${address}: ${status}`);
    }
  }
});

test('a manager gets past all of them: what is answered depends on the object and the body alone', async () => {
  const wrong: string[] = [];
  let reached = 0;
  // A channel has no end: live/channels.test.ts opens it.
  const ending = operations.filter(({ method, template }) => method !== 'delete' && template !== '/api/@events');
  for (const operation of ending) {
    for (const address of addressesOf(operation)) {
      const { status } = await call(manager, operation, address);
      if ([401, 403].includes(status) && !address.endsWith('@administrator') && !address.endsWith('@login'))
        wrong.push(`${operation.method} ${address}: ${status}`);
      if (status >= 500 && status !== 503) wrong.push(`${operation.method} ${address}: ${status}`);
      if (status < 500 && status !== 404) reached += 1;
    }
  }
  assert.deepEqual(wrong, []);
  assert.ok(reached > operations.length, `only ${reached} cells were reached`);
});

test('what shows or ends sessions, one’s own in the Test tab included, is for who may view management screens', async () => {
  await manager('/api/acl_users/@users', {
    body: { name: 'author', password: 'violets under glass', roles: ['Owner'] },
  });
  const author = clientOf(server, { authorization: basic('author', 'violets under glass') });
  const container = 'temp_folder/session_data';
  const views = operations.filter(({ template }) => /@(test|sessions|reveal)/.test(template));
  assert.ok(views.length >= 6, views.map(({ template }) => template).join());
  const wrong: string[] = [];
  for (const view of views) {
    const address = view.template.replace('{path}', container).replace('{tail}', 'x'.repeat(43));
    for (const [client, expected] of [
      [anonymous, [401]],
      [member, [403]],
      [author, [403]],
    ] as const) {
      const { status } = await call(client, view, address);
      if (!(expected as readonly number[]).includes(status)) wrong.push(`${view.method} ${address}: ${status}`);
    }
    const { status } = await call(manager, view, address);
    if ([401, 403].includes(status)) wrong.push(`${view.method} ${address} as a manager: ${status}`);
  }
  assert.deepEqual(wrong, []);
});

test('every cookie that any of these visits set has every flag, and fits', async () => {
  const login = await anonymous('/api/@login', { body: { name: 'mem', password: 'violets under glass' } });
  const stored = await manager('/api/temp_folder/session_data/@test', { body: { items: 'key value' } });
  const set = [login, stored].flatMap(({ headers }) => headers['set-cookie'] ?? []);
  assert.ok(set.length >= 2, set.join());
  const [pair = ''] = (login.headers['set-cookie'] ?? [''])[0]!.split(';');
  const logout = await anonymous('/api/@logout', { method: 'POST', headers: { cookie: pair } });
  const all = [...cookies, ...set, ...(logout.headers['set-cookie'] ?? [])];
  const valueOf = (line: string) => line.split(';')[0]?.split('=')[1] ?? '';
  const secure = all.filter((line) => line.includes('; Secure'));
  // On this machine there is a plain twin of each that a browser has not sent back yet.
  for (const line of all.filter((each) => !secure.includes(each))) {
    assert.match(line, /^(trellis|browser_id)_[0-9a-f]{8}(-probe)?=.*; HttpOnly; SameSite=Lax$/);
    assert.ok(
      secure.some((each) => valueOf(each) === valueOf(line)),
      line,
    );
  }
  for (const line of secure) {
    for (const flag of ['HttpOnly', 'Secure', 'SameSite=Lax', 'Path=/'])
      assert.match(line, new RegExp(`; ${flag}(;|$)`));
    assert.match(line, /^__Host-/);
    assert.doesNotMatch(line, /; Domain/i);
    assert.ok(Buffer.byteLength(line.split(';')[0] ?? '') <= 4_096);
  }
});

test('what is not declared cannot be called, by any name that an object of the program has', async () => {
  const names = namesOfEverything();
  const known = new Set(operations.map(({ template }) => /@([a-z-]+)/.exec(template)?.[1]));
  const wrong: string[] = [];
  for (const name of names.filter((each) => !known.has(each))) {
    for (const address of [`/api/index_html/@${name}`, `/api/index_html/${name}`, `/index_html/${name}`]) {
      const { status } = await manager(address);
      if (status !== 404 && status !== 400) wrong.push(`${address}: ${status}`);
    }
  }
  assert.deepEqual(wrong, []);
});

test('an owner may see nothing more in the interface than their roles allow', async () => {
  const answer = await member('/api/index_html', { method: 'PATCH', body: { title: 'Mine' } });
  assert.equal(answer.status, 403);
  assert.match(String(answer.json()['detail']), /permission/);
});

test('whoever is not signed in cannot tell what is there from what is not', async () => {
  const [there, absent] = [await anonymous('/api/zoo'), await anonymous('/api/no_such_object')];
  assert.equal(there.status, absent.status);
  assert.equal(there.text, absent.text);
});

/** Names that JavaScript and this program give to things. */
function namesOfEverything(): string[] {
  const prototypes = [Object.prototype, Array.prototype, Function.prototype, Map.prototype, Promise.prototype];
  const ours = 'connection parent properties definition state run call methods view constructor prototype toJSON then';
  const all = [...prototypes.flatMap((each) => Object.getOwnPropertyNames(each)), ...ours.split(' ')];
  return [...new Set(all)];
}
