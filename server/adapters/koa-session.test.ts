import assert from 'node:assert/strict';
import { after, beforeEach, test } from 'node:test';
import { koaSessionStore, type KoaSessionCall } from './koa-session.ts';
import { openTestSessions } from './testing.ts';

const { sessions, memcached, ...rest } = await openTestSessions();
after(() => rest[Symbol.asyncDispose]());
const store = koaSessionStore(sessions);
const DAY_MS = 86_400_000;
let sid = '';
let number = 0;
beforeEach(() => (sid = `key-${number++}`));

/** The context of one request. */
function request(): Required<Pick<KoaSessionCall, 'ctx'>> {
  const req = { headers: { 'user-agent': 'test' } } as Required<KoaSessionCall>['ctx']['req'];
  return { ctx: { ip: '127.0.0.1', req } };
}

/** As koa-session hands a session over: with its end. */
function until(values: object, maxAge = DAY_MS): object {
  return { ...values, _expire: Date.now() + maxAge, _maxAge: maxAge };
}

async function valuesIn(): Promise<unknown> {
  const data = await store.get(sid);
  if (data === undefined) return undefined;
  const { _expire, _maxAge, ...values } = data;
  return values;
}

const writes = async () => Number(/STAT cmd_set (\d+)/.exec((await memcached.ask('stats')).join('\n'))?.[1]);

test('what was set is got, until it is destroyed', async () => {
  assert.equal(await store.get(sid), undefined);
  await store.set(sid, until({ user: 'jo' }), DAY_MS);
  assert.deepEqual(await valuesIn(), { user: 'jo' });
  await store.destroy(sid);
  assert.equal(await store.get(sid), undefined);
});

test('requests that change different entries at once lose neither, and a destroyed session stays so', async () => {
  await store.set(sid, until({ a: 1, b: 1 }), DAY_MS);
  const [one, other, late] = [request(), request(), request()];
  for (const call of [one, other, late]) await store.get(sid, DAY_MS, call);
  await store.set(sid, until({ a: 2, b: 1 }), DAY_MS, { ...one, changed: true });
  await store.set(sid, until({ a: 1, b: 2 }), DAY_MS, { ...other, changed: true });
  assert.deepEqual(await valuesIn(), { a: 2, b: 2 });
  await store.destroy(sid);
  await store.set(sid, until({ a: 3, b: 1 }), DAY_MS, { ...late, changed: true });
  assert.equal(await store.get(sid), undefined);
});

test('a rolling session that did not change is written at most once per resolution', async () => {
  await store.set(sid, until({ n: 1 }), DAY_MS);
  const call = { ...request(), rolling: true };
  await store.get(sid, DAY_MS, call);
  const before = await writes();
  for (let time = 0; time < 5; time += 1) await store.set(sid, until({ n: 1 }), DAY_MS, { ...call, changed: false });
  assert.equal(await writes(), before);
  await store.set(sid, until({ n: 1 }, 2 * DAY_MS), 2 * DAY_MS, { ...call, changed: false });
  assert.ok((await writes()) > before);
  assert.ok(Number((await store.get(sid))?.['_expire']) > Date.now() + 1.5 * DAY_MS);
});

test('a session ends with its maxAge', async () => {
  await store.set(sid, until({ n: 1 }, -1), 1);
  assert.equal(await store.get(sid), undefined);
  await store.set(sid, { n: 1, _session: true }, undefined);
  assert.deepEqual(await store.get(sid), { n: 1, _session: true });
});

test('a key that is called like something of every object is a key like others', async () => {
  await store.set(sid, JSON.parse('{ "__proto__": { "admin": true }, "constructor": 1 }') as object, DAY_MS);
  const data = await store.get(sid);
  assert.deepEqual(Object.keys(data ?? {}).slice(0, 2), ['__proto__', 'constructor']);
  assert.equal(({} as { admin?: boolean }).admin, undefined);
});
