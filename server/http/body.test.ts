import assert from 'node:assert/strict';
import type { IncomingMessage } from 'node:http';
import { test } from 'node:test';
import { Malformed, TooLarge, TooSlow, Unavailable, UnsupportedMediaType } from '../base/errors.ts';
import { BodyRoom } from './body-room.ts';
import { chunksOf, otherTypeThanJson, readForm, readJson } from './body.ts';
import { ask, type TestRequest } from './testing.ts';

const KIB = 1024;
const JSON_TYPE = { 'content-type': 'application/json' };
const FORM_TYPE = { 'content-type': 'application/x-www-form-urlencoded' };

/** What becomes of a body that is read as it comes in. */
function received<Result>(asking: TestRequest, read: (message: IncomingMessage) => Promise<Result>): Promise<Result> {
  const { promise, resolve, reject } = Promise.withResolvers<Result>();
  const answering = ask(
    (message, response) =>
      void read(message)
        .then(resolve, reject)
        .finally(() => response.end()),
    '/',
    { method: 'POST', ...asking },
  );
  answering.catch(() => undefined);
  return promise;
}

function jsonIn(
  body: TestRequest['body'],
  { isKnown = true, room = new BodyRoom(64 * 1024 * KIB) } = {},
): Promise<unknown> {
  return received({ body: body ?? '', headers: JSON_TYPE }, (message) => readJson(message, room, async () => isKnown));
}

function formIn(body: TestRequest['body'], headers: Record<string, string> = FORM_TYPE): Promise<URLSearchParams> {
  return received({ body: body ?? '', headers }, (message) => readForm(message, new BodyRoom(64 * 1024 * KIB)));
}

test('a body is read as the JSON that it is, in one piece or in many; without one there is nothing', async () => {
  assert.deepEqual(await jsonIn('{"a":["ä",1]}'), { a: ['ä', 1] });
  assert.deepEqual(await jsonIn(Array.from('{"a":["b",1]}')), { a: ['b', 1] });
  assert.deepEqual([await jsonIn(''), await jsonIn('null')], [undefined, null]);
});

test('what is no JSON, or no UTF-8, is refused in words', async () => {
  await assert.rejects(jsonIn('{"a":'), /^Malformed: The body is not JSON: /);
  await assert.rejects(jsonIn(Buffer.from([0x22, 0xff, 0x22])), /The body is not UTF-8/);
});

test('a body may be nested so deep, and hold so many values, and no more', async () => {
  const nested = (levels: number) => '['.repeat(levels) + ']'.repeat(levels);
  assert.ok(await jsonIn(nested(21)));
  await assert.rejects(jsonIn(nested(22)), /nested deeper than 20 levels/);
  await assert.rejects(jsonIn('['.repeat(100 * KIB)), Malformed);
  assert.ok(await jsonIn(JSON.stringify(Array(9_999).fill(0))));
  await assert.rejects(jsonIn(JSON.stringify(Array(10_001).fill(0))), TooLarge);
});

test('from a stranger little is taken, whether its length is told or not; from a user more, and not without end', async () => {
  const text = (bytes: number) => JSON.stringify('x'.repeat(bytes - 2));
  assert.ok(await jsonIn(text(16 * KIB), { isKnown: false }));
  for (const body of [text(16 * KIB + 1), [text(16 * KIB + 1)]]) {
    await assert.rejects(jsonIn(body, { isKnown: false }), /larger than 16 KiB, .* before signing in\.$/);
    assert.ok(await jsonIn(body));
  }
  assert.ok(await jsonIn(text(KIB * KIB)));
  for (const body of [text(KIB * KIB + 1), [text(KIB * KIB), ' ']]) {
    await assert.rejects(jsonIn(body), /^TooLarge: The body is larger than 1 MiB\.$/);
  }
});

test('who sends it is asked only where it is more than is taken from anybody', async () => {
  const room = new BodyRoom(KIB * KIB);
  const small = { body: '{}', headers: JSON_TYPE };
  assert.deepEqual(await received(small, (message) => readJson(message, room, () => assert.fail())), {});
});

test('where all room is taken, a body waits for better times, unless it is small; what was taken is given back', async () => {
  const room = new BodyRoom(4 * KIB);
  const large = JSON.stringify('x'.repeat(3 * KIB));
  for (let round = 0; round < 3; round += 1) {
    assert.ok(await jsonIn(large, { room }));
    await assert.rejects(jsonIn(`${large} x`, { room }), Malformed);
  }
  room.take(4 * KIB, true);
  await assert.rejects(jsonIn(large, { room }), Unavailable);
  assert.deepEqual(await jsonIn('{}', { room }), {});
  room.give(4 * KIB);
  assert.ok(await jsonIn(large, { room }));
});

test('a body in very many very small pieces is refused', async () => {
  const pieces = Array.from({ length: 1_100 }, () => ' ');
  await assert.rejects(jsonIn(pieces), /more than 1000 pieces that are too small/);
});

test('a body that does not come to its end is waited for so long, and a stranger’s not so long', async (t) => {
  t.mock.timers.enable({ apis: ['setTimeout'] });
  async function* endless() {
    yield '{';
    await new Promise(() => {});
  }
  for (const [isKnown, ms] of [
    [false, 10_000],
    [true, 30_000],
  ] as const) {
    let isOver = false;
    const refused = assert.rejects(jsonIn(endless(), { isKnown }), TooSlow).finally(() => (isOver = true));
    await turns();
    t.mock.timers.tick(ms - 1);
    await turns();
    assert.equal(isOver, false);
    t.mock.timers.tick(1);
    await refused;
  }
});

test('a body whose sender goes before its end is none', async () => {
  async function* broken() {
    yield '{"a":';
    await turns();
    throw new Error('gone');
  }
  await assert.rejects(jsonIn(broken()), /The request ended before its body did/);
  const upload = (message: IncomingMessage) => Array.fromAsync(chunksOf(message, { bytes: KIB, ms: 1000 }));
  await assert.rejects(received({ body: broken() }, upload), /The request ended before its body did/);
});

test('a form is read as its fields, and nothing as none', async () => {
  const form = await formIn('a=1&a=2&b=%C3%A4+x');
  assert.deepEqual([form.getAll('a'), form.get('b')], [['1', '2'], 'ä x']);
  assert.equal((await formIn('')).size, 0);
  assert.equal((await formIn('', { 'content-type': 'text/plain' })).size, 0);
});

test('a form of another type, or of too many fields or bytes, is refused', async () => {
  await assert.rejects(formIn('a=1', { 'content-type': 'text/plain' }), UnsupportedMediaType);
  await assert.rejects(formIn('a=1', {}), UnsupportedMediaType);
  assert.equal((await formIn('a&'.repeat(100))).size, 100);
  await assert.rejects(formIn('a&'.repeat(101)), TooLarge);
  await assert.rejects(formIn('a'.repeat(64 * KIB + 1)), TooLarge);
});

test('a body that is no JSON is known by its type, or by having none', async () => {
  const typeOf = (asking: TestRequest) => received(asking, async (message) => otherTypeThanJson(message));
  assert.equal(await typeOf({ headers: JSON_TYPE, body: '{}' }), undefined);
  assert.equal(await typeOf({ headers: { 'content-type': 'Application/JSON; charset=utf-8' }, body: '{}' }), undefined);
  assert.equal(await typeOf({}), undefined);
  assert.equal(await typeOf({ headers: { 'content-type': 'Text/Plain; a=b' } }), 'text/plain');
  assert.deepEqual([await typeOf({ body: 'a' }), await typeOf({ body: ['a'] })], ['', '']);
});

test('bytes come in as they are sent, up to their limit', async () => {
  const limits = { bytes: 10, ms: 1000 };
  const bytesIn = (body: NonNullable<TestRequest['body']>) =>
    received({ body }, async (message) => Buffer.concat(await Array.fromAsync(chunksOf(message, limits))).toString());
  assert.deepEqual(
    [await bytesIn('0123456789'), await bytesIn(['01234', '56789']), await bytesIn('')],
    ['0123456789', '0123456789', ''],
  );
  for (const body of ['0123456789a', ['0123456789', 'a']]) await assert.rejects(bytesIn(body), TooLarge);
});

/** Lets what was sent come in. */
async function turns(): Promise<void> {
  for (let turn = 0; turn < 10; turn += 1) await new Promise(setImmediate);
}
