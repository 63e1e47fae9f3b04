import assert from 'node:assert/strict';
import { test } from 'node:test';
import { endpoint } from '../../schema/endpoint.ts';
import { integer, object, text } from '../../schema/json-schema.ts';
import { Malformed, UnsupportedMediaType } from '../base/errors.ts';
import { openTestTree, typeNamed } from '../objects/testing.ts';
import type { Call, ChangingCall } from './call.ts';
import { html, json, type Request } from './request.ts';
import { requestOf } from './testing.ts';
import { byView, isResponse, method, responseOf, viewsOn, visitsOf } from './views.ts';

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
  const { http, permission, declared, bodySchema } = upload;
  const { summary, takesBytes } = declared;
  assert.deepEqual([http, permission, summary, takesBytes], ['POST', 'Manage properties', 'Takes bytes.', true]);
  assert.equal(bodySchema, undefined);
});

const count = endpoint({ http: 'GET', view: 'count', summary: 'Counts.', answer: object({ count: integer }) });
const countAll = endpoint({ ...count, view: 'count/@all', http: 'POST', body: { in: text } });
const forget = endpoint({ http: 'DELETE', view: 'count', summary: 'Counts no more.' });

test('what a method is sent and answers is what its endpoint declares; otherwise it does not compile', async () => {
  const permission = 'View';
  const right = method(countAll, { permission, run: ({ body }) => json({ count: body.in.length }, { status: 201 }) });
  assert.equal(responseOf(await right.call(callOf({ body: { in: 'abc' } }))).body, '{"count":3}');
  method(count, { permission, run: async () => () => ({ count: 1 }) });
  // @ts-expect-error another answer
  method(count, { permission, run: () => ({ count: 'one' }) });
  // @ts-expect-error another answer, once everything is committed
  method(count, { permission, run: async () => async () => json({ counted: 1 }) });
  // @ts-expect-error nothing is answered
  method(forget, { permission, run: () => ({ count: 0 }) });
  // @ts-expect-error no such member of the body
  method(countAll, { permission, run: ({ body }) => ({ count: body.where }) });
});

test('methods of endpoints are found by the views that these declare', () => {
  const permission = 'View';
  const [one, all, none] = [
    method(count, { permission, run: () => ({ count: 1 }) }),
    method(countAll, { permission, run: () => ({ count: 2 }) }),
    method(forget, { permission, run() {} }),
  ];
  assert.deepEqual({ ...byView(one, all, none) }, { count: [one, none], 'count/@all': [all] });
  assert.deepEqual(viewsOn('root', all), [{ name: 'count/@all', on: 'root', methods: [all] }]);
});

test('an object is visited in every way that its type declares, and in none where that has no view', async () => {
  const types = [
    typeNamed('One', { publish: { view: rename } }),
    typeNamed('Both', { publish: { view: [rename, upload] } }),
    typeNamed('Plain'),
  ];
  const transaction = await (await openTestTree(...types)).open();
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
  assert.equal(responseOf(undefined).status, 204);
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
