import assert from 'node:assert/strict';
import { join } from 'node:path';
import { after, test } from 'node:test';
import Database from 'better-sqlite3';
import type { CheckMessage } from '../../../schema/endpoints/forms.ts';
import type { ObjectMessage } from '../../../schema/endpoints/objects.ts';
import type { ProblemMessage } from '../../../schema/problems.ts';
import { startServer } from '../../support/server.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';
import { clientOf, managerOf } from '../client.ts';

const server = await startServer();
after(() => server[Symbol.asyncDispose]());
const manager = managerOf(server);

/** Ids that break a rule, with the words of the answer. */
const BROKEN: readonly (readonly [string, string | RegExp])[] = [
  ['', 'Empty or invalid id specified'],
  ['   ', 'Empty or invalid id specified'],
  ['a\u0000b', /contains characters illegal in URLs\.$/],
  ['a\nb', /contains characters illegal in URLs\.$/],
  ['a\u007fb', /contains characters illegal in URLs\.$/],
  ...['<', '>', '&', '\\', '?', '#', '%', '/'].map(
    (character) => [`a${character}b`, `The id "a${character}b" contains characters illegal in URLs.`] as const,
  ),
  ['.', 'The id "." is invalid because it is not traversable.'],
  ['..', 'The id ".." is invalid because it is not traversable.'],
  ['_private', 'The id "_private" is invalid because it begins with an underscore.'],
  ['__proto__', /begins with an underscore/],
  ['aq_parent', 'The id "aq_parent" is invalid because it begins with "aq_".'],
  ['name__', 'The id "name__" is invalid because it ends with two underscores.'],
  ['@@view', 'The id "@@view" is invalid because it starts with characters reserved for this server views lookup.'],
  ['++add++', /starts with characters reserved for this server views lookup/],
  ['@view', 'The id "@view" is invalid because it begins with "@".'],
  ['index_html', 'The id "index_html" is invalid - it is already in use.'],
  ['  index_html ', 'The id "index_html" is invalid - it is already in use.'],
  ...['manage', 'api', 'assets', 'healthz', 'livez', 'readyz', 'metrics', 'constructor', 'prototype'].map(
    (id) => [id, `The id "${id}" is reserved.`] as const,
  ),
  ['REQUEST', 'REQUEST is a reserved name.'],
  ['x'.repeat(256), 'The id is 256 bytes long. At most 255 are allowed.'],
  ['ä'.repeat(128), 'The id is 256 bytes long. At most 255 are allowed.'],
  ['\u202egpj.exe', /contains U\+202E, which is not seen/],
  ['zero\u200bwidth', /contains U\+200B, which is not seen/],
  ['\u{e0041}', /contains U\+E0041, which is not seen/],
  ['\u2800', /contains U\+2800, which is not seen/],
  ['a\ufe0fb', /contains U\+FE0F, which is not seen/],
  ['a\u00a0b', /contains U\+00A0, which is not seen/],
  ['a\u3000b', /contains U\+3000, which is not seen/],
];

function matches(detail: string | undefined, words: string | RegExp): boolean {
  return typeof words === 'string' ? detail === words : words.test(detail ?? '');
}

test('an id that breaks a rule is refused with the rule, when it is added and while it is typed', async () => {
  const wrong: string[] = [];
  for (const [id, words] of BROKEN) {
    const added = await manager('/api/', { body: { type: 'Folder', id } });
    const problem = added.json<ProblemMessage>();
    if (added.status !== 422 || problem.errors?.[0]?.pointer !== '/id' || !matches(problem.detail, words))
      wrong.push(`added ${JSON.stringify(id)}: ${added.status} ${problem.detail}`);
    const checked = await manager('/api/@check', { body: { type: 'Folder', id } });
    const [error] = checked.json<CheckMessage>().errors;
    if (error?.pointer !== '/id' || !matches(error.detail, words))
      wrong.push(`checked ${JSON.stringify(id)}: ${checked.status} ${error?.detail}`);
  }
  assert.deepEqual(wrong, []);
});

test('the same rules hold for another name', async () => {
  await manager('/api/', { body: { type: 'Folder', id: 'to_rename' } });
  for (const [to, words] of BROKEN) {
    const answer = await manager('/api/@rename', { body: { from: 'to_rename', to } });
    const problem = answer.json<ProblemMessage>();
    assert.equal(answer.status, 422, to);
    assert.equal(problem.errors?.[0]?.pointer, '/to');
    assert.ok(matches(problem.detail, words), `${to}: ${problem.detail}`);
  }
  assert.equal((await manager('/api/to_rename')).status, 200);
});

test('a path with what is not seen is told with its code: at its field, on saving it, and where nothing is', async () => {
  const path = '/mcp\u200b\u00a0roxy';
  const told = /There is no object at '\/mcp\[U\+200B\]\[U\+00A0\]roxy'/;
  const body = { type: 'MemCache Session Data Container', id: 'typed', properties: { proxy_path: path } };
  const checked = (await manager('/api/@check', { body })).json<CheckMessage>();
  assert.match(checked.errors[0]?.detail ?? '', told);
  assert.match(checked.fields['proxy_path']?.results[0]?.text ?? '', told);
  const saved = (await manager('/api/', { body })).json<ProblemMessage>();
  assert.match(saved.detail, told);
  assert.match(saved.errors?.[0]?.detail ?? '', told);
  const absent = await manager(`/api${encodeURI(path)}`);
  assert.deepEqual([absent.status, absent.json()['detail']], [404, "There is nothing at '/mcp[U+200B][U+00A0]roxy'."]);
});

test('what is reserved in the root is free in a folder', async () => {
  await manager('/api/', { body: { type: 'Folder', id: 'inside' } });
  for (const id of ['manage', 'api', 'assets', 'metrics']) {
    assert.equal((await manager('/api/inside', { body: { type: 'Page Template', id } })).status, 201, id);
    assert.equal((await manager(`/inside/${id}`)).status, 200, id);
  }
});

test('ids are kept composed and without white space around them, so that none looks like another', async () => {
  const added = await manager('/api/', { body: { type: 'Folder', id: '  caf\u0065\u0301 ' } });
  assert.equal(added.json()['id'], 'caf\u00e9');
  const again = await manager('/api/', { body: { type: 'Folder', id: 'caf\u00e9' } });
  assert.equal(again.status, 422);
});

test('a name is found however its letters were sent: in addresses, bodies, properties, templates and for a user', async () => {
  const [kept, sent] = ['Z\u00fcrich', 'Zu\u0308rich'];
  const url = encodeURIComponent(sent);
  await manager('/api/', { body: { type: 'Folder', id: sent } });
  const page = { text: 'page {{ here.path }}' };
  await manager(`/api/${url}`, { body: { type: 'Page Template', id: sent, properties: page } });
  assert.equal((await manager(`/${url}/${url}`)).text, `page /${kept}/${kept}`);
  assert.equal((await manager(`/api/${url}/${url}`)).json()['path'], `/${kept}/${kept}`);
  assert.equal((await manager(`/api/${url}/@consequences?ids=${url}`)).json()['count'], 1);
  const including = {
    text: `{% render "${sent}/${sent}" %}{{ objects["/${sent}"].id }}{% include "/${sent}/${sent}" %}`,
  };
  await manager('/api/', { body: { type: 'Page Template', id: 'including', properties: including } });
  assert.equal((await manager('/including')).text, `page /including${kept}page /including`);
  const found = await manager(`/api/@children?filter=${url}`);
  assert.equal(found.json()['total'], 1);
  assert.equal((await manager(`/api/@search?text=${url}`)).json<{ items: unknown[] }>().items.length, 2);
  const taken = await manager(`/api/${url}/@check`, { body: { type: 'Folder', id: sent } });
  assert.match(taken.text, /it is already in use/);

  const proxy = await manager(`/api/${url}`, {
    body: { type: 'MemCache Proxy', id: `${sent}-one`, properties: { servers: ['127.0.0.1:11999'] } },
  });
  assert.equal(proxy.status, 201, proxy.text);
  await manager(`/api/${url}/@rename`, { body: { from: `${sent}-one`, to: `${sent}-proxy` } });
  const made = await manager('/api/', {
    body: {
      type: 'MemCache Session Data Container',
      id: 'accented',
      properties: { proxy_path: `/${sent}/${sent}-proxy` },
    },
  });
  assert.equal(made.status, 201, made.text);
  assert.equal(made.json<{ properties: Record<string, unknown> }>().properties['proxy_path'], `/${kept}/${kept}-proxy`);
  const links = (await manager(`/api/${url}/@consequences`)).json<{ pointsHere: readonly unknown[] }>();
  assert.equal(links.pointsHere.length, 1);
  const copied = await manager('/api/', { body: { type: 'Folder', id: 'copies' } });
  assert.equal(copied.status, 201);
  assert.equal((await manager('/api/copies/@copy', { body: { paths: [`/${sent}/${sent}`] } })).status, 200);

  const user = { name: sent, password: 'correct horse battery', roles: ['Manager'] };
  assert.equal((await manager('/api/acl_users/@users', { body: user })).status, 201);
  const [basic, path] = [
    `Basic ${Buffer.from(`${sent}:${user.password}`).toString('base64')}`,
    `/api/acl_users/@users/${url}`,
  ];
  const self = await clientOf(server)(path, { method: 'DELETE', headers: { authorization: basic } });
  assert.match(self.text, /You cannot remove yourself/);
  assert.equal((await manager(path, { method: 'DELETE' })).status, 204);
});

test('ids that follow the rules are taken, however odd', async () => {
  for (const id of [
    'a',
    'toString',
    'hasOwnProperty',
    '0',
    '-',
    'a.b',
    'a b',
    'A',
    'a~b',
    '日本',
    "o'neill",
    '😀',
    'a_',
  ]) {
    assert.equal((await manager('/api/', { body: { type: 'Folder', id } })).status, 201, id);
  }
  assert.equal((await manager('/api/', { body: { type: 'Folder', id: 'a' } })).status, 422, 'but not twice');
});

test('a browser id manager is found by its name and can have no other', async () => {
  await manager('/api/', { body: { type: 'Folder', id: 'site' } });
  const wrong = await manager('/api/site', { body: { type: 'Browser Id Manager', id: 'other' } });
  assert.equal(wrong.status, 422);
  assert.match(String(wrong.json()['detail']), /'browser_id_manager'/);
  const right = await manager('/api/site', { body: { type: 'Browser Id Manager', id: 'browser_id_manager' } });
  assert.equal(right.status, 201);
});

test('an id that a tree had before it was reserved is warned of, and can be changed', async () => {
  await using folder = await temporaryFolder();
  const data = folder.path;
  const before = await startServer({ data });
  await managerOf(before)('/api/', { body: { type: 'Folder', id: 'old' } });
  await before.stop();
  renameInFile(data, 'old', 'livez');
  await using server = await startServer({ data });
  const somebody = managerOf(server);
  assert.deepEqual((await somebody('/livez')).json(), { status: 'ok' });
  const { warnings } = (await somebody('/api/livez')).json<ObjectMessage>();
  assert.match(warnings[0]?.text ?? '', /^Not published: the server keeps the address '\/livez' for itself\. Rename/);
  assert.match(server.log(), /"path":"\/livez".*rename it/);
  assert.equal((await somebody('/api/@rename', { body: { from: 'livez', to: 'alive' } })).status, 200);
  assert.deepEqual((await somebody('/api/alive')).json<ObjectMessage>().warnings, []);
});

test('an object that was called by what is not seen before it was refused is reached, renamed and deleted', async () => {
  await using folder = await temporaryFolder();
  const data = folder.path;
  const before = await startServer({ data });
  for (const id of ['blank', 'varied']) await managerOf(before)('/api/', { body: { type: 'Folder', id } });
  await before.stop();
  renameInFile(data, 'blank', '\u2800');
  renameInFile(data, 'varied', 'a\ufe0fb');
  await using server = await startServer({ data });
  const somebody = managerOf(server);
  assert.equal((await somebody(`/api/${encodeURIComponent('\u2800')}`)).json()['path'], '/\u2800');
  assert.equal((await somebody('/api/@rename', { body: { from: '\u2800', to: 'seen' } })).status, 200);
  assert.equal((await somebody('/api/seen')).status, 200);
  const varied = `/api/${encodeURIComponent('a\ufe0fb')}`;
  assert.equal((await somebody(varied, { method: 'DELETE' })).status, 204);
  assert.equal((await somebody(varied)).status, 404);
});

/** An id as an older version took it. */
function renameInFile(data: string, from: string, to: string): void {
  const database = new Database(join(data, 'trellis.sqlite'));
  const { oid } = database.prepare('SELECT oid FROM objects WHERE id = ?').get(from) as { oid: number };
  database.prepare('UPDATE objects SET id = ?, id_key = ? WHERE oid = ?').run(to, to, oid);
  database.prepare("UPDATE revisions SET state = json_set(state, '$.id', ?) WHERE oid = ?").run(to, oid);
  database.close();
}
