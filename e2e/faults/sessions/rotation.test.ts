import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { after, test } from 'node:test';
import { promisify } from 'node:util';
import type { SessionData } from 'express-session';
import { ExpressSessionStore } from '../../../server/adapters/express-session.ts';
import { koaSessionStore } from '../../../server/adapters/koa-session.ts';
import { openSessions, type Sessions } from '../../../server/adapters/open-sessions.ts';
import { cookieNamesOf } from '../../support/cookie-names.ts';
import { several, sized } from '../../support/figures.ts';
import { startKoaApplication } from '../../support/applications/koa-application.ts';
import { startMemcached } from '../../support/memcached/memcached.ts';
import { ADMIN_PASSWORD, type TestServer } from '../../support/server.ts';
import { changeProperties, startSite, startSteppedServer } from '../../support/sessions-site.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';
import { resultOf, resultsOf, Visitor, type Answer } from '../../support/applications/visitor.ts';

// The steps of docs/operations.md, at processes that are started again for each, with a clock that is put forward.
const PEOPLE = sized(20, 200);
const IDLE_MS = 20 * 60_000;
const RESOLUTION_MS = 20_000;
const MINUTE_MS = 60_000;
const memcached = await startMemcached();
after(() => memcached.kill());

/** A server that is started again with other keys, at a time that only goes forward. */
class Rotating implements AsyncDisposable {
  server: TestServer;
  readonly #data: string;
  #shiftMs = 0;

  private constructor(server: TestServer, data: string) {
    this.server = server;
    this.#data = data;
  }

  static async begin(data: string, ...secrets: readonly string[]): Promise<Rotating> {
    const server = await startSite({ servers: [memcached.address] }, withSecrets(data, secrets));
    return new Rotating(server, data);
  }

  async restartWith(...secrets: readonly string[]): Promise<void> {
    assert.equal(await this.server.stop(), 0);
    this.server = await startSteppedServer(withSecrets(this.#data, secrets));
    await this.#shift(this.#shiftMs);
  }

  async pass(ms: number): Promise<void> {
    this.#shiftMs += ms;
    await this.#shift(ms);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.server.stop();
  }

  async #shift(ms: number): Promise<void> {
    assert.equal((await new Visitor(this.server).visit('/page', `clock ${ms}`)).status, 200);
  }
}

function withSecrets(data: string, secrets: readonly string[]) {
  return { data, environment: { TRELLIS_SECRETS: secrets.join(',') } };
}

function newSecret(): string {
  return randomBytes(32).toString('base64url');
}

/** The browser id cookie that an answer sets, as a whole line. */
function idLineOf({ headers }: Answer): string | undefined {
  return headers['set-cookie']?.find((line) => line.startsWith('__Host-browser_id_'));
}

test('a key is dropped when every idle timeout has passed, and nobody who was active notices', async (t) => {
  await using folder = await temporaryFolder();
  const [old, young] = [newSecret(), newSecret()];
  await using site = await Rotating.begin(folder.path, old);
  await changeProperties(site.server, '/browser_id_manager', { cookie_days: 2 });
  const people = Array.from({ length: PEOPLE }, () => new Visitor(site.server));
  await several(PEOPLE, 8, async (me) => {
    if (me % 2 === 1) assert.equal((await people[me]!.signIn('admin', ADMIN_PASSWORD)).status, 200);
    assert.equal((await people[me]!.visit('/page', `set me ${me}`)).status, 200);
  });
  const [late, gone] = [people.at(-2)!, people.at(-1)!];
  const active = people.slice(0, -2);
  let loggedOut = 0;
  const visit = async (visitor: Visitor): Promise<Answer> => {
    visitor.port = site.server.port;
    const answer = await visitor.visit('/page', 'get me');
    if (answer.status !== 200 || resultOf(answer) !== people.indexOf(visitor)) loggedOut += 1;
    return answer;
  };
  const visitAll = () => several(active.length, 8, async (index) => void (await visit(active[index]!)));

  await site.restartWith(old, young);
  for (const visitor of active)
    assert.equal(idLineOf(await visit(visitor)), undefined, 'the old key still is the newest');

  await site.restartWith(young, old);
  const before = new Map(active.map((visitor) => [visitor, visitor.browserId]));
  for (const visitor of active) {
    const plain = await visitor.copy(site.server).ask('/plain');
    assert.equal(plain.headers['set-cookie'], undefined, 'a page without a session sends no cookie');
    const answer = await visit(visitor);
    assert.match(idLineOf(answer) ?? '', /; Max-Age=172800; .*; HttpOnly; Secure; SameSite=Lax$/);
    assert.equal(answer.headers['cache-control'], 'no-store');
    const [[id, signature], [formerId, formerSignature]] = [visitor.browserId, before.get(visitor)!].map((text) => {
      return text.split('.');
    }) as [[string, string], [string, string]];
    assert.equal(id, formerId);
    assert.notEqual(signature, formerSignature);
    assert.equal(idLineOf(await visit(visitor)), undefined, 'once');
  }
  await site.pass(IDLE_MS - MINUTE_MS);
  await visit(late);
  await visitAll();
  await site.pass(MINUTE_MS + RESOLUTION_MS);
  await visitAll();

  await site.restartWith(young);
  await visitAll();
  await visit(late);
  gone.port = site.server.port;
  await site.pass(IDLE_MS / 2);
  await visitAll();
  t.diagnostic(`${active.length + 1} people who came at least once in an idle timeout: ${loggedOut} logged out`);
  assert.equal(loggedOut, 0);
  assert.deepEqual(resultsOf(await gone.visit('/page', 'get me', 'new')), [null, true], 'whoever stayed away is gone');
});

test('what a request changes goes out with the cookie under the newest key, also when it is all it does', async () => {
  await using folder = await temporaryFolder();
  const [old, young] = [newSecret(), newSecret()];
  await using site = await Rotating.begin(folder.path, old);
  const [writer, leaver, mover] = [new Visitor(site.server), new Visitor(site.server), new Visitor(site.server)];
  for (const visitor of [writer, leaver, mover]) await visitor.visit('/page', 'set n 1');
  await site.restartWith(young, old);
  for (const visitor of [writer, leaver, mover]) visitor.port = site.server.port;
  const { browserId } = writer;
  assert.notEqual(idLineOf(await writer.post('/page', 'set n 2')), undefined);
  assert.equal(writer.browserId.slice(0, 43), browserId.slice(0, 43));
  assert.match(idLineOf(await leaver.visit('/page', 'get n', 'invalidate')) ?? '', /^__Host-browser_id_\w+=;/);
  const moved = mover.browserId;
  assert.notEqual(idLineOf(await mover.visit('/page', 'rotate')), undefined);
  assert.notEqual(mover.browserId.slice(0, 43), moved.slice(0, 43));
  const failed = new Visitor(site.server, [[cookieNamesOf(site.server).browserId, browserId]]);
  assert.equal((await failed.visit('/page', 'get n', 'throw')).headers['set-cookie'], undefined);
  await site.restartWith(young);
  for (const visitor of [writer, mover]) visitor.port = site.server.port;
  assert.equal(resultOf(await writer.visit('/page', 'get n')), 2);
  assert.equal(resultOf(await mover.visit('/page', 'get n')), 1);
});

test('a Koa application sends the cookie again, too', async () => {
  await using folder = await temporaryFolder();
  const [old, young] = [newSecret(), newSecret()];
  await using site = await Rotating.begin(folder.path, old);
  const visitor = new Visitor(site.server);
  await visitor.visit('/page', 'set n 1');
  await site.restartWith(young, old);
  {
    await using application = await startKoaApplication(folder.path, { TRELLIS_SECRETS: `${young},${old}` });
    visitor.port = application.port;
    assert.equal((await visitor.ask('/plain')).headers['set-cookie'], undefined);
    const answer = await visitor.ask('/get?key=n');
    assert.notEqual(idLineOf(answer), undefined);
    assert.equal(answer.headers['cache-control'], 'no-store');
    assert.equal(idLineOf(await visitor.ask('/get?key=n')), undefined);
  }
  await using application = await startKoaApplication(folder.path, { TRELLIS_SECRETS: young });
  visitor.port = application.port;
  assert.equal(resultOf(await visitor.ask('/get?key=n')), 1);
});

test('sessions of koa-session and express-session are sealed under the newest key when they are used', async () => {
  await using folder = await temporaryFolder();
  const [old, young] = [newSecret(), newSecret()];
  await using site = await Rotating.begin(folder.path, old);
  const systemTime = Date.now.bind(Date);
  let shiftMs = 0;
  Date.now = () => systemTime() + shiftMs;
  after(() => (Date.now = systemTime));
  const open = (...secrets: readonly string[]) =>
    openSessions({
      data: folder.path,
      manager: '/session_data_manager',
      environment: { TRELLIS_SECRETS: secrets.join(','), TRELLIS_LOG_LEVEL: 'silent' },
    });
  const first = await open(old);
  for (const sid of ['used', 'unused']) {
    await koaSessionStore(first).set(`koa ${sid}`, { n: 1, _session: true });
    await expressOf(first).set(`express ${sid}`, { n: 1, cookie: { originalMaxAge: null, expires: null } });
  }
  await first.close();

  const both = await open(young, old);
  shiftMs = RESOLUTION_MS;
  const koa = koaSessionStore(both);
  const call = { ctx: { ip: '', req: { headers: {} } as never }, changed: false, rolling: true };
  const read = await koa.get('koa used', undefined, call);
  assert.equal(read?.['n'], 1);
  await koa.set('koa used', read ?? {}, undefined, call);
  const express = expressOf(both);
  await express.touch('express used', (await express.get('express used'))!);
  await both.close();

  const last = await open(young);
  assert.equal((await koaSessionStore(last).get('koa used'))?.['n'], 1);
  assert.equal(((await expressOf(last).get('express used')) as { n?: number } | null)?.n, 1);
  for (const reading of [koaSessionStore(last).get('koa unused'), expressOf(last).get('express unused')]) {
    const refusal = await reading.then(
      () => assert.fail('it was read'),
      (error: unknown) => error as Error,
    );
    assert.match(String(refusal.cause), /sealed with a key that this process does not have/);
  }
  await last.close();
  assert.ok(site.server.pid > 0);
});

/** The store as express-session calls it, with promises. */
function expressOf(sessions: Sessions) {
  const store = new ExpressSessionStore(sessions);
  return {
    get: (sid: string) =>
      new Promise<SessionData | null>((resolve, reject) =>
        store.get(sid, (error, data) => (error ? reject(error as Error) : resolve(data ?? null))),
      ),
    set: promisify((sid: string, data: object, done: (error?: unknown) => void) =>
      store.set(sid, data as SessionData, done),
    ),
    touch: promisify((sid: string, data: SessionData, done: (error?: unknown) => void) => store.touch(sid, data, done)),
  };
}
