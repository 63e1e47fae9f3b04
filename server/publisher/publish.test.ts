import assert from 'node:assert/strict';
import { test } from 'node:test';
import { openTestInstallation } from '../testing.ts';

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
