import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Forbidden, Malformed, MethodNotAllowed, NotFound, NotSignedIn } from '../base/errors.ts';
import { typeNamed } from '../objects/testing.ts';
import type { MethodDeclaration } from '../objects/types.ts';
import { openTestInstallation } from '../testing.ts';
import { html, type RequestHead } from './request.ts';
import { LOGIN, openTestPublisher, requestOf, textOf } from './testing.ts';
import { method, type View } from './views.ts';

test('a visitor gets the index_html of the root, and 404 where there is nothing to see', async () => {
  await using trellis = await openTestInstallation();
  const page = await trellis.ask('GET', '/', { as: null });
  assert.equal(page.status, 200);
  assert.match(page.text, /Welcome to Trellis/);
  assert.equal((await trellis.ask('GET', '/nothing', { as: null })).status, 404);
  assert.equal((await trellis.ask('GET', '/session_data_manager', { as: null })).status, 404);
});

test('who is not signed in learns nothing of what is there', async () => {
  await using trellis = await openTestInstallation();
  const there = await trellis.ask('GET', '/api/session_data_manager', { as: null });
  const absent = await trellis.ask('GET', '/api/nothing', { as: null });
  assert.equal(there.status, 401);
  assert.equal(there.text, absent.text);
});

test('a user without a role is refused by name of the permission that is missing', async () => {
  await using trellis = await openTestInstallation();
  await trellis.site.users.add({ name: 'member', password: 'correct horse battery', roles: [] });
  const answer = await trellis.ask('GET', '/api/session_data_manager', { as: 'member' });
  assert.equal(answer.status, 403);
  assert.match(answer.text, /View management screens/);
});

test('nothing can be reached that was not declared', async () => {
  await using trellis = await openTestInstallation();
  const names = ['constructor', '__proto__', 'prototype', 'toString', 'hasOwnProperty', 'valueOf', 'get', 'state'];
  for (const name of names) {
    for (const path of [`/api/@${name}`, `/api/${name}`, `/api/index_html/@${name}`, `/${name}`]) {
      assert.ok([400, 404].includes((await trellis.ask('GET', path)).status), path);
    }
  }
});

test('a method that a view does not have is answered with those it has', async () => {
  await using trellis = await openTestInstallation();
  const answer = await trellis.ask('DELETE', '/api/@children');
  assert.equal(answer.status, 405);
  assert.equal(answer.headers['allow'], 'GET, HEAD');
});

test('twenty requests that change one object at once all succeed, each after the one before', async () => {
  await using trellis = await openTestInstallation();
  const titles = Array.from({ length: 20 }, (_, number) => `Title ${number}`);
  const answers = await Promise.all(
    titles.map((title) => trellis.ask('PATCH', '/api/index_html', { body: { title } })),
  );
  assert.deepEqual(
    answers.map(({ status }) => status).filter((status) => status !== 200),
    [],
  );
  const { revision } = (await trellis.ask('GET', '/api/index_html')).json<{ revision: number }>();
  assert.equal(revision, 1 + titles.length);
});

test('two installations on one folder see each other’s commits at the next request', async () => {
  await using first = await openTestInstallation();
  await using second = await openTestInstallation(first.folder);
  for (let round = 0; round < 20; round += 1) {
    const [writer, reader] = round % 2 === 0 ? [first, second] : [second, first];
    await writer.ask('PATCH', '/api/index_html', { body: { title: `Round ${round}` } });
    const { title } = (await reader.ask('GET', '/api/index_html')).json<{ title: string }>();
    assert.equal(title, `Round ${round}`);
  }
});

/** A method that says what it is, and on what it was called. */
function saying(what: string, http: MethodDeclaration['http'] = 'GET', permission = 'View', tail?: string) {
  const run = ({ object, tail: given }: { object: { path: string }; tail: string | undefined }) =>
    html([what, object.path, given ?? []].flat().join(' '));
  return method({ http, permission, summary: what, run, ...(tail !== undefined && { tail }) });
}

const MANAGERS = 'View management screens';

const VIEWS: readonly View[] = [
  { name: '', on: 'any', methods: [saying('shown', 'GET', MANAGERS)] },
  { name: 'look', on: 'any', methods: [saying('looked')] },
  { name: 'list', on: 'folder', methods: [saying('listed')] },
  { name: 'users', on: 'root', methods: [saying('all'), saying('one', 'GET', 'View', 'name'), saying('made', 'POST')] },
  { name: 'users/@all', on: 'root', methods: [saying('gone', 'POST')] },
  { name: 'guard', on: 'any', methods: [saying('seen'), saying('kept', 'DELETE', 'Delete objects')] },
  { name: 'part', on: 'any', methods: [saying('part', 'GET', 'View', 'name')] },
];

const page = typeNamed('Page', { publish: { view: [saying('visited'), saying('sent', 'POST', 'Manage properties')] } });
const hidden = typeNamed('Hidden', { publish: { view: saying('hidden', 'GET', 'Manage properties') } });
const clock = typeNamed('Clock', {
  publish: { methods: { look: saying('looked at the clock'), wind: saying('wound', 'POST') } },
});

async function openShop() {
  const shop = await openTestPublisher([page, hidden, clock], VIEWS);
  await shop.tree.change(async (transaction) => {
    const root = await transaction.root();
    for (const type of ['Page', 'Hidden', 'Clock', 'Note']) transaction.add(root, { type, id: type.toLowerCase() });
    transaction.add(transaction.add(root, { type: 'Folder', id: 'a folder' }), { type: 'Page', id: 'page' });
  });
  const said = async (...asked: Parameters<typeof shop.ask>) => textOf(await shop.ask(...asked));
  return { ...shop, said };
}

test('a view is found on what it is for: every object, folders, or the root', async () => {
  const { said, ask } = await openShop();
  assert.equal(await said('GET', '/api/note/@look'), 'looked /note');
  assert.equal(await said('GET', '/api/@look'), 'looked /');
  assert.equal(await said('GET', '/api/a%20folder/@list'), 'listed /a folder');
  assert.equal(await said('GET', '/api/@users'), 'all /');
  for (const path of ['/api/note/@list', '/api/a%20folder/@users', '/api/@wind']) {
    await assert.rejects(ask('GET', path, { as: 'ann' }), NotFound, path);
  }
});

test('what a type declares itself stands before what every object has', async () => {
  const { said } = await openShop();
  assert.equal(await said('GET', '/api/clock/@look'), 'looked at the clock /clock');
  assert.equal(await said('POST', '/api/clock/@wind'), 'wound /clock');
  assert.equal(await said('GET', '/api/clock', { as: 'ann' }), 'shown /clock');
});

test('what follows the name of a view reaches the methods that take it, and no others', async () => {
  const { said, ask } = await openShop();
  assert.equal(await said('GET', '/api/@users/mary%20ann'), 'one / mary ann');
  assert.equal(await said('POST', '/api/@users'), 'made /');
  assert.equal(await said('POST', '/api/@users/@all'), 'gone /', 'an action of the view');
  assert.equal(await said('GET', '/api/@users/@mary'), 'one / @mary', 'a name that begins like one');
  for (const path of ['/api/@look/more', '/api/@users/mary/more', '/api/@part', '/api/note/@part/a/@part']) {
    await assert.rejects(ask('GET', path, { as: 'ann' }), NotFound, path);
  }
  await assert.rejects(ask('POST', '/api/@users/mary'), (error) => {
    return error instanceof MethodNotAllowed && error.allow === 'GET, HEAD';
  });
});

test('who asks for the head alone is answered by what answers GET', async () => {
  const { said } = await openShop();
  assert.deepEqual([await said('HEAD', '/api/@look'), await said('HEAD', '/page')], ['looked /', 'visited /page']);
});

test('a page is visited, and sent to, at its own path; there is nothing where no type says how', async () => {
  const { said, ask } = await openShop();
  assert.equal(await said('GET', '/a%20folder/page/'), 'visited /a folder/page');
  assert.equal(await said('POST', '/page', { as: 'ann' }), 'sent /page');
  for (const path of ['/note', '/a%20folder', '/nothing', '/page/nothing']) {
    await assert.rejects(ask('GET', path, { as: 'ann' }), new NotFound(`There is nothing at '${path}'.`));
  }
  await assert.rejects(ask('DELETE', '/page'), (error) => {
    return error instanceof MethodNotAllowed && error.allow === 'GET, HEAD, POST';
  });
});

test('what a visitor may not see is not there; of what may be seen they are told what they may not do', async () => {
  const { ask, said } = await openShop();
  await assert.rejects(ask('GET', '/hidden'), new NotFound("There is nothing at '/hidden'."));
  await assert.rejects(ask('GET', '/hidden', { as: 'bob' }), NotFound);
  assert.equal(await said('GET', '/hidden', { as: 'ann' }), 'hidden /hidden');
  await assert.rejects(ask('POST', '/page'), NotSignedIn);
  await assert.rejects(ask('POST', '/page', { as: 'bob' }), Forbidden);
});

test('of the API, who is not signed in learns what everybody may use, and nothing of the rest', async () => {
  const { ask, said } = await openShop();
  assert.equal(await said('GET', '/api/note/@guard'), 'seen /note');
  await assert.rejects(ask('DELETE', '/api/note/@guard'), NotSignedIn);
  for (const path of ['/api/note', '/api/nothing', '/api/note/@nothing', '/api/@look/a/b', '/api/@nothing']) {
    await assert.rejects(ask('GET', path), new NotSignedIn(), path);
  }
  const sentence = "You may not do this at '/note': it needs the permission 'Delete objects'.";
  await assert.rejects(ask('DELETE', '/api/note/@guard', { as: 'bob' }), new Forbidden(sentence));
  await assert.rejects(ask('GET', '/api/note', { as: 'eve' }), new NotSignedIn('Name or password is wrong.'));
});

test('an address that is no path is refused before anybody looks for it', async () => {
  const { ask } = await openShop();
  for (const path of ['/%zz', '/a//b', '/..', '/a%2fb', '/%00', '/%ff', '//']) {
    await assert.rejects(ask('GET', path), Malformed, path);
    await assert.rejects(ask('GET', `/api${path}`, { as: 'ann' }), Malformed, path);
  }
});

test('a sender is known who proves it, unknown who says nothing, and refused whose login has ended', async () => {
  const { publisher } = await openShop();
  const known = (about: Partial<RequestHead>) => publisher.isKnown(requestOf('POST', '/api', about));
  assert.equal(await known({ headers: { authorization: 'bob' } }), true);
  assert.equal(await known({}), false);
  await assert.rejects(known({ cookies: new Map([['__Host-trellis_test', 'gone']]) }), NotSignedIn);
  await assert.rejects(known({ headers: { authorization: 'eve' } }), NotSignedIn);
});

test('what the whole server shows is asked of the root', async () => {
  const { publisher } = await openShop();
  const requirePermission = (authorization?: string) =>
    publisher.requirePermission(
      requestOf('GET', '/readyz', authorization ? { headers: { authorization } } : {}),
      MANAGERS,
    );
  await requirePermission('ann');
  await assert.rejects(requirePermission(), NotSignedIn);
  await assert.rejects(
    requirePermission('bob'),
    new Forbidden(`You may not do this at '/': it needs the permission '${MANAGERS}'.`),
  );
});

test('of a failure an operator is told more than others, and nobody is who was not let in', async () => {
  const { publisher } = await openShop();
  const isOperator = async (as: string, wasLetIn = true) =>
    (await publisher.askerOf(requestOf('GET', '/', { headers: { authorization: as } }), wasLetIn)).isOperator;
  assert.deepEqual(
    [await isOperator('ann'), await isOperator('bob'), await isOperator('eve'), await isOperator('ann', false)],
    [true, false, false, false],
  );
});

test('a login under a former name of its cookie is sent again under the one that it has', async () => {
  const { ask } = await openShop();
  const { cookies = [], headers } = await ask('GET', '/page', { cookies: new Map([['__Host-trellis', LOGIN]]) });
  assert.match(cookies[0] ?? '', /^__Host-trellis_test=a-login; /);
  assert.equal(headers['cache-control'], 'no-store');
});
