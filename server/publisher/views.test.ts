import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Malformed, UnsupportedMediaType } from '../base/errors.ts';
import { openTestTree, typeNamed } from '../objects/testing.ts';
import { text } from './body.ts';
import type { Call, ChangingCall } from './call.ts';
import { html, json, type Request } from './request.ts';
import { requestOf } from './testing.ts';
import { isResponse, method, responseOf, visitsOf } from './views.ts';

const rename = method({
  http: 'POST',
  permission: 'Delete objects',
  summary: 'Renames it.',
  body: { to: text },
  run: ({ body }) => `to ${body.to}`,
});

const upload = method({
  http: 'POST',
  permission: 'Manage properties',
  summary: 'Takes bytes.',
  takesBytes: true,
  run: async ({ request }) => (await request.upload?.receive())?.size,
});

const bytes = { receive: async () => ({ hash: '', size: 3, head: async () => Buffer.from(''), async *slices() {} }) };

/** What a method needs to know of a call before it runs. */
function callOf(about: Partial<Request>): Call {
  return { request: requestOf('POST', '/api', about) } as Call;
}

test('a method runs with a body that was checked', async () => {
  assert.equal(await rename.call(callOf({ body: { to: 'b' } })), 'to b');
  await assert.rejects(rename.call(callOf({ body: { to: 7 } })), Malformed);
  await assert.rejects(rename.call(callOf({})), Malformed);
});

test('a method without a body asks for none, and is not troubled by one', async () => {
  const plain = method({ http: 'POST', permission: 'View', summary: 'Does it.', run: () => 'done' });
  assert.deepEqual([await plain.call(callOf({})), await plain.call(callOf({ body: { a: 1 } }))], ['done', 'done']);
});

test('bytes are taken where they are expected, and nowhere else; JSON is where they are not', async () => {
  assert.equal(await upload.call(callOf({ upload: bytes })), 3);
  await assert.rejects(upload.call(callOf({ body: {} })), /application\/octet-stream, whatever kind of file it is\.$/);
  await assert.rejects(rename.call(callOf({ upload: bytes })), /must be application\/json\.$/);
});

test('a body of another type is refused by its name, before anything else of it is looked at', async () => {
  const wrong = callOf({ body: { to: 'b' }, unreadType: 'text/xml' });
  await assert.rejects(
    rename.call(wrong),
    new UnsupportedMediaType("The body must be application/json, not 'text/xml'."),
  );
  await assert.rejects(rename.call(callOf({ unreadType: '' })), UnsupportedMediaType);
  await assert.rejects(
    rename.call(callOf({ unreadType: 'x'.repeat(9999) })),
    ({ message }: Error) => message.length < 200,
  );
});

test('a method says of itself what its documentation has to say', () => {
  assert.deepEqual(rename.bodySchema?.required, ['to']);
  const { http, permission, query, tail, takesBytes, bodySchema } = upload;
  assert.deepEqual([http, permission, query, tail, takesBytes], ['POST', 'Manage properties', {}, undefined, true]);
  assert.equal(bodySchema, undefined);
});

test('an object is visited in every way that its type declares, and in none where that has no view', async () => {
  const types = [typeNamed('One', { view: rename }), typeNamed('Both', { view: [rename, upload] }), typeNamed('Plain')];
  const transaction = (await openTestTree(...types)).open();
  const root = await transaction.root();
  const visits = (type: string) => visitsOf(transaction.add(root, { type, id: type }));
  assert.deepEqual([visits('One'), visits('Both')], [[rename], [rename, upload]]);
  assert.deepEqual([visits('Plain'), visits('Not installed'), visitsOf(undefined)], [[], [], []]);
});

test('an answer is told from a value that looks a little like one', () => {
  for (const value of [html('a'), json({}), { kind: 'file', status: 200, headers: {}, body: null }]) {
    assert.ok(isResponse(value));
    assert.equal(responseOf(value), value);
  }
  for (const value of [{ kind: 'note', status: 'done' }, 'text', null, [1]]) {
    assert.ok(!isResponse(value));
    assert.deepEqual(responseOf(value), json(value));
  }
});

test('TypeScript refuses a view that answers GET and changes the tree', () => {
  const about = { permission: 'View', summary: 'x' };
  method({ ...about, http: 'GET', run: ({ tree, object }) => tree.findChild(object, 'a') });
  method({ ...about, http: 'POST', run: ({ tree, object }) => tree.change(object, { title: 'x' }) });
  // @ts-expect-error it adds
  method({ ...about, http: 'GET', run: ({ tree, object }) => tree.add(object, { type: 'Note', id: 'a' }) });
  // @ts-expect-error it changes
  method({ ...about, http: 'GET', run: ({ tree, object }) => tree.change(object, { title: 'x' }) });
  // @ts-expect-error it copies
  method({ ...about, http: 'GET', run: ({ tree, object }) => tree.copy(object, object, 'a') });
  // @ts-expect-error it removes
  method({ ...about, http: 'GET', run: ({ tree, object }) => tree.remove(object) });
  // @ts-expect-error it commits
  method({ ...about, http: 'GET', run: ({ tree }) => tree.commit('x') });
  // @ts-expect-error it changes by way of an object
  method({ ...about, http: 'GET', run: ({ object }) => object.tree.change(object, { title: 'x' }) });
  // @ts-expect-error it hands on what it was given to something that changes
  method({ ...about, http: 'GET', run: (call) => retitle(call) });
});

function retitle({ tree, object }: ChangingCall): boolean {
  return tree.change(object, { title: 'x' });
}
