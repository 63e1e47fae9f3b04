import assert from 'node:assert/strict';
import { once } from 'node:events';
import { after, beforeEach, test } from 'node:test';
import { Cookie, Session, type SessionData } from 'express-session';
import { startMemcached } from '../../e2e/support/memcached/memcached.ts';
import { ExpressSessionStore, SessionRefusal } from './express-session.ts';
import { openTestSessions } from './testing.ts';

const { sessions, memcached, change, ...rest } = await openTestSessions();
after(() => rest[Symbol.asyncDispose]());
const store = new ExpressSessionStore(sessions);
let sid = '';
let number = 0;
beforeEach(() => (sid = `sid-${number++}`));

/** What express-session makes where it begins a session. */
const Begun = Session as unknown as new (request: object, data: object) => SessionData;
type Data = SessionData & Record<string, unknown>;
type Done<Value> = (error?: unknown, value?: Value) => void;

function called<Value = void>(act: (done: Done<Value>) => void): Promise<Value> {
  let calls = 0;
  return new Promise((resolve, reject) => {
    act((error, value) => {
      calls += 1;
      assert.equal(calls, 1, 'a callback is called once');
      if (error === null || error === undefined) resolve(value as Value);
      else reject(error as Error);
    });
  });
}

const get = (id = sid) => called<Data | null>((done) => store.get(id, done as Done<SessionData | null>));
const set = (data: object, id = sid) => called((done) => store.set(id, data as SessionData, done));
const touch = (data: object, id = sid) => called((done) => store.touch(id, data as SessionData, done));
const destroy = (id = sid) => called((done) => store.destroy(id, done));
const all = () => called<SessionData[]>((done) => store.all(done));
const length = () => called<number>((done) => store.length(done));

function sessionWith(values: object, maxAge: number | null = 60_000): Data {
  const cookie = new Cookie();
  if (maxAge !== null) cookie.maxAge = maxAge;
  return { cookie, ...values } as Data;
}

/** What express-session makes of what a request got: the session that it sets and touches with later. */
async function request(): Promise<Data> {
  const data = await get();
  assert.ok(data !== null);
  const made: unknown = store.createSession({ sessionID: sid } as never, data);
  return made as Data;
}

const writes = async () => Number(/STAT cmd_set (\d+)/.exec((await memcached.ask('stats')).join('\n'))?.[1]);

test('what was set is got, as JSON keeps it, and a session that nobody set is null', async () => {
  assert.equal(await get(), null);
  await set(sessionWith({ user: 'jo', when: new Date(0), none: undefined, nested: { list: [1, 'two'] } }));
  const { cookie, ...values } = (await get()) ?? {};
  assert.deepEqual(values, { user: 'jo', when: '1970-01-01T00:00:00.000Z', nested: { list: [1, 'two'] } });
  assert.equal((cookie as unknown as { originalMaxAge: number }).originalMaxAge, 60_000);
});

test('two requests that change different entries at once lose neither', async () => {
  await set(sessionWith({ a: 1, b: 1, gone: true }));
  const [one, other] = [await request(), await request()];
  one['a'] = 2;
  other['b'] = 2;
  delete other['gone'];
  other['c'] = 2;
  await Promise.all([set(one), set(other)]);
  const { cookie: _, ...values } = (await get()) ?? {};
  assert.deepEqual(values, { a: 2, b: 2, c: 2 });
});

test('a request may save several times, and what it did not change stays as others left it', async () => {
  await set(sessionWith({ mine: 0, theirs: 0 }));
  const one = await request();
  one['mine'] = 1;
  await set(one);
  const other = await request();
  other['theirs'] = 5;
  await set(other);
  one['mine'] = 2;
  await set(one);
  const { cookie: _, ...values } = (await get()) ?? {};
  assert.deepEqual(values, { mine: 2, theirs: 5 });
});

test('where both changed one entry the container’s on_conflict decides', async () => {
  for (const rule of ['newest', 'fail']) {
    await change('/mcsdc', { on_conflict: rule });
    await set(sessionWith({ n: 0 }));
    const [one, other] = [await request(), await request()];
    one['n'] = 1;
    other['n'] = 2;
    await set(one);
    if (rule === 'newest') await set(other);
    else await assert.rejects(set(other), { status: 409, code: 'conflict' });
    assert.equal((await get())?.['n'], rule === 'newest' ? 2 : 1);
  }
  await change('/mcsdc', { on_conflict: 'newest' });
});

test('a touch writes at most once per resolution, and never over anybody’s change', async () => {
  await set(sessionWith({ n: 0 }));
  const slow = await request();
  const quick = await request();
  quick['n'] = 1;
  await set(quick);
  const before = await writes();
  for (let time = 0; time < 10; time += 1) await touch(slow);
  assert.equal(await writes(), before, 'nothing was written');
  slow.cookie.maxAge = 3_600_000;
  await touch(slow);
  assert.ok((await writes()) > before);
  const after = await get();
  assert.equal(after?.['n'], 1);
  assert.ok(new Date(after?.cookie.expires ?? 0).getTime() > Date.now() + 3_000_000);
});

test('a session that is good for seconds only is touched at a finer resolution than the container’s', async () => {
  await set(sessionWith({ n: 0 }, 5_000));
  const used = await request();
  const before = await writes();
  await touch(used);
  assert.equal(await writes(), before);
  used.cookie.expires = new Date(Date.now() + 6_000);
  used.cookie.originalMaxAge = 5_000;
  await touch(used);
  assert.ok((await writes()) > before);
});

test('a touch leaves how long a session is good to whoever says so meanwhile', async () => {
  await set(sessionWith({ n: 0 }));
  const [uses, signsIn] = [await request(), await request()];
  signsIn.cookie.maxAge = 60 * 86_400_000;
  signsIn['user'] = 'jo';
  await set(signsIn);
  uses.cookie.expires = new Date(Date.now() + 90_000);
  uses.cookie.originalMaxAge = 59_999;
  uses['n'] = 1;
  await set(uses);
  await touch(uses);
  const { cookie, ...values } = (await get())!;
  assert.deepEqual(values, { n: 1, user: 'jo' });
  assert.ok(new Date(cookie.expires!).getTime() > Date.now() + 59 * 86_400_000);
});

test('an id of the application’s own making can be used again after its session was destroyed', async () => {
  await set(sessionWith({ n: 0 }));
  const slow = await request();
  await destroy();
  const begun = new Begun({ sessionID: sid }, { cookie: sessionWith({}).cookie, n: 1 });
  await set(begun);
  slow['n'] = 2;
  await set(slow);
  assert.equal((await get())?.['n'], 1);
});

test('a touch after a save that was refused stores nothing of it, and is not refused', async () => {
  await set(sessionWith({ n: 0 }));
  const one = await request();
  one['n'] = 1;
  one['large'] = 'x'.repeat(300 * 1024);
  await assert.rejects(set(one), { status: 413 });
  one.cookie.maxAge = 3_600_000;
  await touch(one);
  const after = await get();
  assert.equal(after?.['n'], 0);
  assert.ok(new Date(after?.cookie.expires ?? 0).getTime() > Date.now() + 3_000_000, 'the touch was stored');
});

test('a touch brings nothing back', async () => {
  const data = sessionWith({ n: 0 });
  await touch(data);
  assert.equal(await get(), null);
});

test('a destroyed session is gone for good, also for a slow writer', async () => {
  await set(sessionWith({ n: 0 }));
  const slow = await request();
  await destroy();
  await destroy();
  slow['n'] = 1;
  await set(slow);
  await touch(slow);
  assert.equal(await get(), null);
});

test('the cookie says how long a session is good, also longer than the container’s timeout', async () => {
  await set(sessionWith({ n: 0 }, -1));
  assert.equal(await get(), null, 'over');
  const week = 7 * 24 * 60 * 60;
  sid = 'week';
  await set(sessionWith({ n: 0 }, week * 1_000));
  const dump = await memcached.ask('lru_crawler metadump all');
  const ends = Array.from(dump.join('\n').matchAll(/ exp=(\d+)/g), ([, seconds]) => Number(seconds));
  assert.ok(Math.max(...ends) - Date.now() / 1_000 > week - 60, 'kept for a week');
  sid = 'browser session';
  await set(sessionWith({ n: 0 }, null));
  assert.equal((await get())?.['n'], 0);
});

test('a cookie that is to end with the browser leaves the end of its session to the container', async () => {
  for (const expires of [false, null, undefined, 'no date']) {
    await set({ cookie: { expires, originalMaxAge: null }, n: 1 });
    assert.equal((await get())?.['n'], 1, `${expires}`);
  }
});

test('all, length and clear', async () => {
  await called((done) => store.clear(done));
  assert.deepEqual([await all(), await length()], [[], 0]);
  for (const n of [1, 2, 3]) await set(sessionWith({ n }), `all-${n}`);
  await set(sessionWith({ n: 4 }, -1), 'all-over');
  assert.deepEqual(new Set((await all()).map((data) => (data as Data)['n'])), new Set([1, 2, 3]));
  assert.equal(await length(), 3);
  await called((done) => store.clear(done));
  assert.equal(await length(), 0);
  assert.equal(await get('all-1'), null);
});

test('a callback that throws is not called again', async () => {
  let calls = 0;
  const caught = new Promise<unknown>((resolve) => process.setUncaughtExceptionCaptureCallback(resolve));
  store.get(sid, () => {
    calls += 1;
    throw new Error('from the callback');
  });
  const { message } = (await caught) as Error;
  process.setUncaughtExceptionCaptureCallback(null);
  await get();
  assert.deepEqual([message, calls], ['from the callback', 1]);
});

test('changed servers hold from the next call on, also for a request under way', async () => {
  await using second = await startMemcached();
  await set(sessionWith({ n: 0, kept: true }));
  const underWay = await request();
  await change('/mcproxy', { servers: [memcached.address, second.address] });
  underWay['n'] = 1;
  await set(underWay);
  const { cookie: _, ...values } = (await get()) ?? {};
  assert.deepEqual(values, { n: 1, kept: true });
  await change('/mcproxy', { servers: [memcached.address] });
});

test('one silent server of several is no outage: sessions on the others are to be had', async () => {
  await using second = await startMemcached();
  await change('/mcproxy', { servers: [memcached.address, second.address] });
  const guarded = new ExpressSessionStore(sessions);
  const guard = guarded.guard();
  const ids = Array.from({ length: 20 }, (_, index) => `one of several ${index}`);
  for (const id of ids) await set(sessionWith({ n: 0 }), id);
  await second.stop();
  const errors = await Promise.all(ids.map((id) => new Promise((resolve) => guarded.get(id, resolve))));
  const refused = errors.filter((error) => error !== null);
  assert.ok(refused.length > 0 && refused.length < ids.length, `${refused.length} are there`);
  const asking = {} as { session?: unknown };
  guard(asking as never, {} as never, () => undefined);
  assert.equal(asking.session, undefined);
  second.resume();
  await change('/mcproxy', { servers: [memcached.address] });
});

test('where the only server is frozen, the first request that finds it out is the last that waits for it', async () => {
  const guarded = new ExpressSessionStore(sessions);
  guarded.guard();
  await set(sessionWith({ n: 0 }));
  let isOut = false;
  guarded.on('disconnect', () => (isOut = true));
  const connected = once(guarded, 'connect');
  await memcached.stop();
  await assert.rejects(
    called((done) => guarded.get(sid, done as Done<SessionData | null>)),
    (error: Error) => error instanceof SessionRefusal && /did not answer within/.test((error.cause as Error).message),
  );
  assert.ok(isOut);
  memcached.resume();
  await connected;
});

test('an outage is an error with its status and Retry-After, and an event where a guard stands behind', async () => {
  const guarded = new ExpressSessionStore(sessions);
  const guard = guarded.guard();
  let unguarded = 0;
  store.on('disconnect', () => (unguarded += 1));
  await memcached.kill();
  const disconnected = once(guarded, 'disconnect');
  await assert.rejects(get(), { status: 503, headers: { 'Retry-After': '1' } });
  guarded.get(sid, () => undefined);
  await disconnected;
  const touching = {} as { session?: unknown };
  guard(touching as never, {} as never, () => undefined);
  assert.throws(() => touching.session, { status: 503, headers: { 'Retry-After': '1' } });
  const connected = once(guarded, 'connect');
  await using back = await startMemcached({ port: memcached.port });
  await connected;
  const whole = {} as { session?: unknown };
  guard(whole as never, {} as never, () => undefined);
  assert.equal(whole.session, undefined);
  assert.equal(unguarded, 0, 'without a guard express-session must not go on as if nobody were signed in');
  assert.ok(back.pid > 0);
});
