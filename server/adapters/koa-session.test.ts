import assert from 'node:assert/strict';
import { after, beforeEach, test } from 'node:test';
import { koaSessionStore, type KoaSessionCall } from './koa-session.ts';
import { openTestSessions } from './testing.ts';

const { sessions, memcached, change, ...rest } = await openTestSessions();
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

test('what changed is written although koa-session says that nothing did, as where a handler sets maxAge', async () => {
  await store.set(sid, until({ user: 'jo', cart: { tea: 1 } }), DAY_MS);
  const call = request();
  await store.get(sid, DAY_MS, call);
  await store.set(sid, until({ cart: { tea: 1, cups: 2 } }, 30 * DAY_MS), 30 * DAY_MS, { ...call, changed: false });
  assert.deepEqual(await valuesIn(), { cart: { tea: 1, cups: 2 } });
  await store.set(sid, until({ cart: { cups: 2, tea: 1 } }, 30 * DAY_MS), 30 * DAY_MS, { ...call, changed: false });
  assert.equal(JSON.stringify(await valuesIn()), '{"cart":{"cups":2,"tea":1}}', 'and the order inside a value');
});

/** How long memcached keeps what lives longest there. */
async function longestLifeMs(): Promise<number> {
  const dump = (await memcached.ask('lru_crawler metadump all')).join('\n');
  return Math.max(...Array.from(dump.matchAll(/ exp=(\d+)/g), ([, seconds]) => Number(seconds) * 1_000)) - Date.now();
}

test('of two requests at once, one that sets maxAge and one that only uses the session, both are kept, for as long', async () => {
  await store.set(sid, until({ a: 1 }), DAY_MS);
  const [signsIn, uses] = [request(), request()];
  for (const call of [signsIn, uses]) await store.get(sid, DAY_MS, call);
  await store.set(sid, until({ a: 1, user: 'jo' }, 60 * DAY_MS), 60 * DAY_MS, { ...signsIn, changed: false });
  await store.set(sid, { ...until({ a: 2 }, DAY_MS + 60_000), _maxAge: DAY_MS }, DAY_MS, { ...uses, changed: true });
  assert.deepEqual(await valuesIn(), { a: 2, user: 'jo' });
  const { _expire, _maxAge } = (await store.get(sid)) ?? {};
  assert.ok(Number(_expire) > Date.now() + 59 * DAY_MS);
  assert.equal(_maxAge, 60 * DAY_MS);
  assert.ok((await longestLifeMs()) > 59 * DAY_MS, 'memcached keeps it so long, too');
});

test('of two that both say how long a session is good the later is right, as a whole and whatever on_conflict says', async () => {
  await change('/mcsdc', { on_conflict: 'fail' });
  const ends: Readonly<Record<string, object>> = {
    days: until({ a: 1 }, 60 * DAY_MS),
    browser: { a: 1, _session: true },
  };
  for (const [first, second] of [
    ['days', 'browser'],
    ['browser', 'days'],
  ] as const) {
    await store.set((sid += first), until({ a: 1 }), DAY_MS);
    const [one, other] = [request(), request()];
    for (const call of [one, other]) await store.get(sid, DAY_MS, call);
    await store.set(sid, ends[first]!, undefined, one);
    await store.set(sid, ends[second]!, undefined, other);
    assert.deepEqual(Object.keys((await store.get(sid)) ?? {}).toSorted(), Object.keys(ends[second]!).toSorted());
  }
  await store.set((sid += ' used'), until({ a: 1 }), DAY_MS);
  const [says, uses] = [request(), request()];
  for (const call of [says, uses]) await store.get(sid, DAY_MS, call);
  await store.set(sid, ends['browser']!, undefined, says);
  await store.set(sid, { ...until({ a: 1, b: 1 }, DAY_MS + 60_000), _maxAge: DAY_MS }, DAY_MS, uses);
  const { _session, _maxAge, b } = (await store.get(sid)) ?? {};
  assert.deepEqual([_session, _maxAge, b], [true, undefined, 1], 'who only used it takes nothing of that back');
  await change('/mcsdc', { on_conflict: 'newest' });
});

test('an id of the application’s own making can be used again after its session was destroyed, but by no slow writer', async () => {
  await store.set(sid, until({ n: 1 }), DAY_MS, request());
  const [slow, signsOut] = [request(), request()];
  for (const call of [slow, signsOut]) await store.get(sid, DAY_MS, call);
  await store.destroy(sid, signsOut);
  await store.set(sid, until({ n: 2 }), DAY_MS, { ...slow, changed: true });
  assert.equal(await store.get(sid), undefined);
  const signsIn = request();
  assert.equal(await store.get(sid, DAY_MS, signsIn), undefined);
  await store.set(sid, until({ n: 3 }), DAY_MS, { ...signsIn, changed: true });
  assert.deepEqual(await valuesIn(), { n: 3 });
  await store.set(sid, until({ n: 2 }), DAY_MS, { ...slow, changed: true });
  assert.deepEqual(await valuesIn(), { n: 3 });
});

test('of a version that does not say whose call it is the whole is written', async () => {
  await store.set(sid, until({ a: 1, b: 1 }), DAY_MS, { changed: true });
  await store.get(sid, DAY_MS, {});
  await store.set(sid, until({ a: 2 }), DAY_MS, { changed: true });
  assert.deepEqual(await valuesIn(), { a: 2 });
  await store.destroy(sid, {});
  await store.set(sid, until({ a: 3 }), DAY_MS, { changed: true });
  assert.equal(await store.get(sid), undefined);
});

test('a session ends with its maxAge', async () => {
  await store.set(sid, until({ n: 1 }, -1), 1);
  assert.equal(await store.get(sid), undefined);
  await store.set(sid, { n: 1, _session: true }, undefined);
  assert.deepEqual(await store.get(sid), { n: 1, _session: true });
});

test('a store that is called by somebody else, with a maxAge or without, keeps what it is given', async () => {
  await store.set(sid, { n: 1 }, DAY_MS);
  assert.ok(Number((await store.get(sid))?.['_expire']) > Date.now() + DAY_MS / 2);
  await store.set(sid, { n: 2 });
  assert.deepEqual(await store.get(sid), { n: 2 });
});

test('a key that is called like something of every object is a key like others', async () => {
  await store.set(sid, JSON.parse('{ "__proto__": { "admin": true }, "constructor": 1 }') as object, DAY_MS);
  const data = await store.get(sid);
  assert.deepEqual(Object.keys(data ?? {}).slice(0, 2), ['__proto__', 'constructor']);
  assert.equal(({} as { admin?: boolean }).admin, undefined);
});
