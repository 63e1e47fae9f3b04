import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { after, describe, test } from 'node:test';
import { codeBlocksOf } from '../../support/code-blocks.ts';
import { until } from '../../support/figures.ts';
import { startMemcached, type Memcached } from '../../support/memcached/memcached.ts';
import { installPacked, type Application, type Project } from '../../support/applications/packed.ts';
import { startServer } from '../../support/server.ts';
import { ask, listens, Visitor, type Answer } from '../../support/applications/visitor.ts';
import { managerOf } from '../client.ts';
import { setUpSessions } from '../site.ts';

const BACK_MS = 30_000;
const MANUAL = new URL('../../../docs/sessions-in-your-application.md', import.meta.url);

const project: Project = await installPacked();
const server = await startServer();
let memcached: Memcached = await startMemcached();
/** Stays up after it was taken out of the tree: until its sessions have expired it is asked for what it holds. */
const second = await startMemcached();
await setUpSessions(server, [memcached.address]);
after(async () => {
  await server.stop();
  await memcached[Symbol.asyncDispose]();
  await second[Symbol.asyncDispose]();
  await project[Symbol.asyncDispose]();
});

function start(example: string, environment: Readonly<Record<string, string>> = {}): Promise<Application> {
  return project.start(example, { TRELLIS_DATA: server.data, ...environment });
}

for (const example of ['koa', 'koa-session', 'express-session']) {
  describe(`the ${example} example`, () => {
    test('keeps a browser’s session over requests and restarts, and each browser’s own', async () => {
      const visitor = new Visitor({ port: 0 });
      {
        await using app = await start(example);
        visitor.port = app.port;
        assert.deepEqual(await visits(visitor, 3), [1, 2, 3]);
        assert.deepEqual(await visits(new Visitor(app), 1), [1]);
      }
      await using again = await start(example);
      visitor.port = again.port;
      assert.deepEqual(await visits(visitor, 1), [4]);
    });

    test('sets no cookie on a page that needs no session, and ends one that is signed out', async () => {
      await using app = await start(example);
      const visitor = new Visitor(app);
      const about = await visitor.ask('/about');
      assert.deepEqual([about.status, about.headers['set-cookie']], [200, undefined]);
      await visits(visitor, 2);
      const stolen = visitor.copy();
      assert.equal((await visitor.ask('/sign-out')).status, 200);
      assert.deepEqual(await visits(stolen, 1), [1], 'the old id leads to nothing');
    });

    test('answers 503 with Retry-After while memcached is killed, other pages as ever, and is whole again', async () => {
      await using app = await start(example);
      const visitor = new Visitor(app);
      await visits(visitor, 2);
      const cookies = [...visitor.cookies];
      const { port } = memcached;
      await memcached.kill();
      for (let round = 0; round < 5; round += 1) {
        const refused = await visitor.ask('/');
        assert.equal(refused.status, 503, refused.text);
        assert.match(refused.headers['retry-after'] ?? '', /^\d+$/);
        assert.match(refused.text, /out of reach just now/);
        assert.doesNotMatch(refused.text, /memcache|127\.0\.0\.1|\/server\//, 'nothing of how it is built');
        assert.equal(refused.headers['set-cookie'], undefined);
      }
      const told = `"reason":"Can't reach memcache server! 127.0.0.1:${port} `;
      assert.equal(app.log().split(told).length, 2, 'the log says what happened, once for many requests');
      const about = await visitor.ask('/about');
      assert.deepEqual([about.status, about.headers['set-cookie']], [200, undefined]);
      assert.deepEqual([...visitor.cookies], cookies, 'no cookie was dropped');
      memcached = await startMemcached({ port });
      assert.deepEqual([await visitsOnceBack(visitor)], [1], 'memcached came back empty');
      assert.deepEqual(await visits(visitor, 1), [2]);
      await until('the log says that it is over', async () => app.log().includes('A memcached server answers again.'));
    });

    test('ends at SIGTERM as the manual says, and drops no request that is on its way over an open connection', async () => {
      const [ending] = (await codeBlocksOf(MANUAL)).filter(({ file }) => file === 'app.js');
      const source = await readFile(join(project.folder, example, 'app.js'), 'utf8');
      for (const part of ending!.text.split('\n\n')) assert.ok(source.includes(part.trim()), part);
      await using app = await start(example);
      const visitor = new Visitor(app);
      await visits(visitor, 1);
      const stopping = app.stop();
      await until('the port is closed', async () => !(await listens(app.port)));
      const last = await visitor.ask('/');
      assert.deepEqual([countIn(last), last.headers.connection], [2, 'close']);
      assert.equal(await stopping, 0, app.log());
      assert.equal(app.log(), '');
    });

    test('moves to other servers when they are changed in the tree, without a restart, and loses nothing', async () => {
      await using app = await start(example);
      const visitor = new Visitor(app);
      await visits(visitor, 2);
      await changeServers([memcached.address, second.address]);
      assert.deepEqual(await visits(visitor, 2), [3, 4]);
      const fresh = Array.from({ length: 20 }, () => new Visitor(app));
      for (const each of fresh) assert.deepEqual(await visits(each, 1), [1]);
      assert.ok((await second.keys()).length > 0, 'the second server holds sessions');
      await changeServers([memcached.address]);
      for (const each of fresh) assert.deepEqual(await visits(each, 1), [2]);
    });
  });
}

test('while servers are added and removed under load no request is refused and no visit lost', async () => {
  for (const example of ['koa', 'koa-session', 'express-session']) {
    await using app = await start(example);
    let isOver = false;
    const keepVisiting = async () => {
      const visitor = new Visitor(app);
      let expected = 0;
      while (!isOver) assert.deepEqual(await visits(visitor, 1), [(expected += 1)]);
      return expected;
    };
    const visitors = Promise.all(Array.from({ length: 6 }, keepVisiting));
    for (let round = 0; round < 8; round += 1) {
      await changeServers(round % 2 === 0 ? [memcached.address, second.address] : [memcached.address]);
      await ask(app.port, '/about');
    }
    isOver = true;
    const made = (await visitors).reduce((sum, each) => sum + each, 0);
    console.log(`${example}: 0 of ${made} visits lost or refused over 8 changes of servers`);
  }
});

test('the Koa application has the session that the tree’s pages have, and they have its', async () => {
  await using app = await start('koa');
  const visitor = new Visitor(app);
  await visits(visitor, 3);
  visitor.port = server.port;
  const answer = await visitor.ask('/api/mcsdc/@test', { headers: { authorization: BASIC } });
  const { session } = JSON.parse(answer.text) as { session: readonly { key: string; value: string }[] };
  assert.deepEqual(
    session.map(({ key, value }) => [key, value]),
    [['visits', '3']],
  );
});

test('a handler that throws stores nothing, and no cookie goes out', async () => {
  await using app = await start('koa');
  const visitor = new Visitor(app);
  const failed = await visitor.ask('/fail');
  assert.deepEqual([failed.status, failed.headers['set-cookie']], [500, undefined]);
  await visits(visitor, 1);
  await visitor.ask('/fail');
  assert.deepEqual(await visits(visitor, 1), [2]);
});

test('signing in gives the browser another id and keeps its session', async () => {
  await using app = await start('koa');
  const visitor = new Visitor(app);
  await visits(visitor, 1);
  const before = visitor.browserId;
  await visitor.ask('/sign-in');
  assert.notEqual(visitor.browserId, before);
  assert.deepEqual(await visits(visitor, 1), [3]);
});

test('of 50 requests at once to one session none is lost or refused', async () => {
  await using app = await start('koa');
  const visitor = new Visitor(app);
  await visits(visitor, 1);
  const answers = await Promise.all(Array.from({ length: 50 }, () => visitor.ask('/')));
  assert.deepEqual([...new Set(answers.map(({ status }) => status))], [200]);
  assert.deepEqual(await visits(visitor, 1), [52]);
});

// They mostly wait, so they wait together.
describe('a session of another framework', { concurrency: 2 }, () => {
  for (const example of ['koa-session', 'express-session']) {
    test(`with ${example} a session ends with its cookie’s maxAge, and using it moves the end`, async () => {
      await using app = await start(example, { MAX_AGE: '4000' });
      const visitor = new Visitor(app);
      await visits(visitor, 1);
      const kept = visitor.copy();
      const began = performance.now();
      while (performance.now() - began < 5_000) {
        const [count] = await visits(kept, 1);
        assert.ok(count !== undefined && count > 1, 'used, it lives on');
        await new Promise((resolve) => setTimeout(resolve, 300));
      }
      await new Promise((resolve) => setTimeout(resolve, 4_500));
      assert.deepEqual(await visits(kept, 1), [1], 'unused, it is over');
    });
  }
});

test('a container in the Temporary Folder is refused with the remedy', async () => {
  await using fresh = await startServer();
  const refused = await project.start('koa', { TRELLIS_DATA: fresh.data }).then(
    () => 'started',
    (error: Error) => error.message,
  );
  assert.match(refused, /'\/temp_folder\/session_data' are in the memory of the Trellis server/);
  assert.match(refused, /Set up a MemCache Session Data Container/);
});

test('a data folder without a Trellis is refused and left as it is', async () => {
  const data = join(project.folder, 'nothing-here');
  await assert.rejects(project.start('koa', { TRELLIS_DATA: data }), /There is no Trellis in the data folder/);
});

const BASIC = `Basic ${Buffer.from('admin:correct horse battery').toString('base64')}`;

async function visits(visitor: Visitor, times: number): Promise<readonly number[]> {
  const counts: number[] = [];
  for (let time = 0; time < times; time += 1) counts.push(countIn(await visitor.ask('/')));
  return counts;
}

function countIn({ status, text }: Answer): number {
  assert.equal(status, 200, text);
  return Number(/^Visits: (\d+)$/m.exec(text)?.[1]);
}

async function visitsOnceBack(visitor: Visitor): Promise<number> {
  const deadline = performance.now() + BACK_MS;
  for (;;) {
    const answer = await visitor.ask('/');
    if (answer.status !== 503 || performance.now() > deadline) return countIn(answer);
    await ask(server.port, '/healthz');
  }
}

async function changeServers(servers: readonly string[]): Promise<void> {
  const answer = await managerOf(server)('/api/mcproxy', { method: 'PATCH', body: { properties: { servers } } });
  assert.equal(answer.status, 200, answer.text);
}
