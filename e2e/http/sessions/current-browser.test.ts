import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { startSteppedServer } from '../../support/sessions-site.ts';
import { administer, resultsOf, Visitor } from '../../support/applications/visitor.ts';

const server = await startSteppedServer();
after(() => server[Symbol.asyncDispose]());
await administer(server.port, '/api/', { body: { type: 'Stepped Page', id: 'page' } });
const text = '[{{ browser.id }}][{{ browser.source }}]{% session n = request.query.n %}';
await administer(server.port, '/api/', { body: { type: 'Page Template', id: 'look', properties: { text } } });

const visit = async (visitor: Visitor, ...steps: readonly string[]) =>
  resultsOf(await visitor.visit('/page', ...steps));

test('code asks for the id of the browser: it is given one only then, which is from its cookie from then on', async () => {
  const visitor = new Visitor(server);
  assert.deepEqual(await visit(visitor, 'has-id'), [false]);
  assert.equal(visitor.browserId, '');
  const none = await visitor.visit('/page', 'source');
  assert.equal(none.status, 422);
  assert.match(none.text, /There is no current browser id\./);

  const [id, has, source, again] = await visit(visitor, 'id', 'has-id', 'source', 'id');
  assert.match(String(id), /^[\w-]{43}$/);
  assert.deepEqual([has, source, again], [true, 'new', id]);
  assert.equal(visitor.browserId.split('.')[0], id, 'the answer gave it the id');
  assert.deepEqual(await visit(visitor, 'has-id', 'source', 'id', 'new'), [true, 'cookie', id, true]);
});

test('the id that code asked for is that under which the session is stored', async () => {
  const visitor = new Visitor(server);
  const [id] = await visit(visitor, 'id', 'set n 1');
  assert.deepEqual(await visit(visitor, 'id', 'get n'), [id, 1]);
  const other = new Visitor(server);
  const [, late] = await visit(other, 'set n 2', 'id');
  assert.deepEqual(await visit(other, 'id', 'get n'), [late, 2]);
});

test('what is stored for a browser without an id gives it one, which code sees as soon as that is certain', async () => {
  const visitor = new Visitor(server);
  assert.deepEqual(await visit(visitor, 'get n', 'has-id', 'set n 1', 'has-id', 'source'), [
    null,
    false,
    null,
    true,
    'new',
  ]);
  assert.deepEqual(await visit(visitor, 'set n 2', 'source'), [null, 'cookie']);
  const text = '[{{ browser.source }}]{% session a = 1 %}[{{ browser.source }}][{{ browser.id }}]';
  await administer(server.port, '/api/', { body: { type: 'Page Template', id: 'begin', properties: { text } } });
  const guest = new Visitor(server);
  const { text: first } = await guest.ask('/begin');
  const id = guest.browserId.split('.')[0];
  assert.equal(first, `[][new][${id}]`);
  assert.equal((await guest.ask('/begin')).text, `[cookie][cookie][${id}]`);
});

test('the cookie is flushed: the browser forgets its id, and nobody comes to what was stored', async () => {
  const visitor = new Visitor(server);
  await visit(visitor, 'set n 1');
  const former = visitor.copy();
  assert.deepEqual(await visit(visitor, 'get n', 'flush', 'get n'), [1, null, 1]);
  assert.equal(visitor.browserId, '');
  assert.deepEqual(await visit(visitor, 'has-id', 'get n'), [false, null]);
  assert.deepEqual(await visit(former, 'get n'), [1], 'it was not ended');
  assert.equal((await former.visit('/page', 'flush', 'throw')).status, 500);
  assert.notEqual(former.browserId, '', 'a request that fails flushes nothing');
});

test('a session that is ended takes the cookie with it', async () => {
  const visitor = new Visitor(server);
  await visit(visitor, 'set n 1');
  await visit(visitor, 'invalidate');
  assert.equal(visitor.browserId, '');
});

test('the id can be had while sessions are off', async () => {
  const properties = { container_path: '' };
  await administer(server.port, '/api/session_data_manager', { method: 'PATCH', body: { properties } });
  const visitor = new Visitor(server);
  const [id] = await visit(visitor, 'id');
  assert.deepEqual(await visit(visitor, 'id', 'source'), [id, 'cookie']);
  const back = { properties: { container_path: '/temp_folder/session_data' } };
  await administer(server.port, '/api/session_data_manager', { method: 'PATCH', body: back });
});

test('a page sees the id of the browser and where it is from, gives it none, and is kept by no cache', async () => {
  const visitor = new Visitor(server);
  const first = await visitor.ask('/look');
  assert.deepEqual([first.text, visitor.browserId, first.headers['cache-control']], ['[][]', '', 'no-store']);
  await visitor.ask('/look?n=1');
  assert.equal((await visitor.ask('/look')).text, `[${visitor.browserId.split('.')[0]}][cookie]`);
});
