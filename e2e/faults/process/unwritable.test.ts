import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { describe, test, type TestContext } from 'node:test';
import type { ProblemMessage } from '../../../schema/problems.ts';
import { managerOf } from '../../http/client.ts';
import { sized, until } from '../../support/figures.ts';
import { startKoaApplication, type KoaApplication } from '../../support/applications/koa-application.ts';
import { startMemcached } from '../../support/memcached/memcached.ts';
import { ADMIN_PASSWORD, basic, startServer, type TestServer } from '../../support/server.ts';
import { startSite, startSteppedServer } from '../../support/sessions-site.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';
import { fill, fillDisk, holdLock, limitFiles, mountSmallDisk, type Trouble } from '../../support/unwritable.ts';
import { administer, ask, resultOf, Visitor, type Answer } from '../../support/applications/visitor.ts';

/** Each process notes every second that it serves: so it fails at that several times while the trouble lasts. */
const environment = { TRELLIS_HEARTBEAT_SECONDS: '1', TRELLIS_LOG_LEVEL: 'info' };
const FULL_MS = sized(2_500, 60_000);
/** A note waits five seconds for a lock. */
const LOCKED_MS = sized(6_000, 45_000);
const LIMITED_MS = sized(2_500, 20_000);
const MOST_LINES = 30;

/** What whoever changes something is told meanwhile. */
interface Refusal {
  readonly status: number;
  readonly words: RegExp;
}

/** Two servers and an application on one data folder, a visitor with a session at each, and a manager who is signed in. */
interface Site extends AsyncDisposable {
  readonly servers: readonly [TestServer, TestServer];
  readonly application: KoaApplication;
  readonly manager: Visitor;
  readonly shopper: Visitor;
  readonly customer: Visitor;
}

async function startAll(data: string, memcached: string): Promise<Site> {
  await using stack = new AsyncDisposableStack();
  const started = <T extends AsyncDisposable>(process: T) => stack.use(process);
  const first = started(await startSite({ servers: [memcached] }, { data, environment }));
  const second = started(await startSteppedServer({ data, environment }));
  const application = started(await startKoaApplication(data, environment));
  const [manager, shopper, customer] = [new Visitor(first), new Visitor(first), new Visitor(application)];
  assert.equal((await manager.signIn('admin', ADMIN_PASSWORD)).status, 200);
  resultOf(await shopper.visit('/page', 'set n 0'));
  assert.equal((await customer.ask('/set?key=n&value=0')).status, 200);
  // From now on each use of the login is to be noted, because the last one is long ago.
  for (const server of [first, second]) resultOf(await shopper.copy(server).visit('/page', 'clock 120000'));
  const all = stack.move();
  const dispose = () => all.disposeAsync();
  return { servers: [first, second], application, manager, shopper, customer, [Symbol.asyncDispose]: dispose };
}

/** Asks for everything that must go on, again and again, until the time is over. */
async function goesOn(t: TestContext, site: Site, ms: number, refusal: Refusal): Promise<void> {
  const { servers, application, manager, shopper, customer } = site;
  const slowest = new Map<string, number>();
  const see = (what: string, answer: Answer) => {
    assert.equal(answer.status, 200, `${what}: ${answer.text}`);
    slowest.set(what, Math.max(slowest.get(what) ?? 0, answer.tookMs));
  };
  let rounds = 0;
  const goOn = async () => {
    for (const end = performance.now() + ms; performance.now() < end; rounds += 1) {
      see('a page', await ask(servers[0].port, '/plain'));
      see('a signed-in page', await manager.ask('/api/@me'));
      see('a program', await ask(servers[0].port, '/api/page', { headers: { authorization: basic() } }));
      see('a session', await shopper.visit('/page', 'add n 1'));
      see('a page of the application', await ask(application.port, '/plain'));
      see('a session of the application', await customer.ask('/add?key=n'));
    }
  };
  await Promise.all([goOn(), refuses(servers[0], refusal)]);
  const figures = Array.from(slowest, ([what, took]) => `${what} ${took.toFixed(0)} ms`);
  t.diagnostic(`${rounds} rounds in ${ms} ms; the slowest: ${figures.join(', ')}`);
  for (const [what, took] of slowest) assert.ok(took < 2_000, `${what} took ${took} ms`);
}

/** Signing in and changing something are refused in a sentence. */
async function refuses(server: TestServer, { status, words }: Refusal): Promise<void> {
  const answers = await Promise.all([
    new Visitor(server).signIn('admin', ADMIN_PASSWORD),
    ask(server.port, '/api/', { headers: { authorization: basic() }, body: { type: 'Folder', id: 'refused' } }),
  ]);
  for (const answer of answers) {
    assert.equal(answer.status, status, answer.text);
    assert.match((JSON.parse(answer.text) as ProblemMessage).detail, words);
  }
}

/** Everything works again, in the same processes, and they know of each other again. */
async function worksAgain({ servers, manager, application, customer }: Site, id: string): Promise<void> {
  for (const server of servers) {
    assert.equal((await new Visitor(server).signIn('admin', ADMIN_PASSWORD)).status, 200);
    await administer(server.port, '/api/', { body: { type: 'Folder', id: `${id}${server.port}` } });
  }
  assert.equal(await manager.user(), 'admin');
  assert.equal((await customer.ask('/add?key=n')).status, 200);
  await until('the servers know of each other again', async () => {
    const seen = await administer<{ unseen: string }>(servers[0].port, '/api/mcsdc/@statistics');
    return seen.unseen.startsWith('Another process serves this tree');
  });
  for (const { log } of [...servers, application]) {
    assert.match(log(), /Could not note in the data file that this process serves it/);
    await until('each says that it can note again that it serves', async () =>
      log().includes('Could note in the data file that this process serves it again'),
    );
    const lines = log().trimEnd().split('\n');
    assert.ok(lines.length <= MOST_LINES, `${lines.length} lines, the last: ${lines.slice(-3).join('\n')}`);
  }
}

/** SIGTERM, while the trouble lasts: each process ends as it would have. */
async function endInOrder({ servers, application }: Site): Promise<void> {
  const codes = await Promise.all([...servers, application].map((each) => each.stop()));
  assert.deepEqual(codes, [0, 0, 0]);
}

const LOCKED = {
  status: 503,
  words: /^Another program holds the database locked: nothing was changed\. Try again; if/,
};
const FULL = { status: 507, words: /^The disk is full: nothing was changed\. Make room where the data folder is/ };
const LIMITED = {
  status: 507,
  words: /^No more can be written where the data folder is: nothing was changed\. See to its/,
};

const HOLDERS = process.env['FULL'] === '1' ? [true, false] : [true];

describe('a data file that cannot be written for a while', { concurrency: true }, () => {
  test('while a program holds the lock of the data file, frozen or not, all but changing goes on; then everything does', async (t) => {
    await using folder = await temporaryFolder();
    await using memcached = await startMemcached();
    await using site = await startAll(folder.path, memcached.address);
    for (const isFrozen of HOLDERS) {
      await using lock = await holdLock(folder.path, isFrozen);
      await goesOn(t, site, LOCKED_MS, LOCKED);
      await lock.end();
      await worksAgain(site, isFrozen ? 'woken' : 'released');
    }
    await using lock = await holdLock(folder.path, false);
    await endInOrder(site);
    for (const { log } of site.servers)
      assert.match(log(), /Could not note in the data file that this process ends: it counts for up to 3 s more/);
    await lock.end();
  });

  test('while the disk is full, all but changing goes on, also after a start; afterwards everything does', async (t) => {
    await using folder = await temporaryFolder();
    if (!mountSmallDisk(folder.path, 16)) return t.skip('only root may mount a small disk');
    try {
      await using memcached = await startMemcached();
      await using site = await startAll(folder.path, memcached.address);
      await using first = await fillDisk(folder.path);
      await untilNothingFits(site.servers[0]);
      await goesOn(t, site, FULL_MS, FULL);
      await first.end();
      await worksAgain(site, 'after');
      await using second = await fillDisk(folder.path);
      await untilNothingFits(site.servers[0]);
      await endInOrder(site);
      await using again = await startSteppedServer({ data: folder.path, environment });
      assert.equal((await ask(again.port, '/plain')).status, 200);
      await refuses(again, FULL);
      await second.end();
      assert.equal((await new Visitor(again).signIn('admin', ADMIN_PASSWORD)).status, 200);
    } finally {
      execFileSync('umount', [folder.path]);
    }
  });
});

test('a first start on a full disk says so, and ends', async (t) => {
  await using folder = await temporaryFolder();
  if (!mountSmallDisk(folder.path, 1)) return t.skip('only root may mount a small disk');
  try {
    await fill(folder.path);
    await assert.rejects(startServer({ data: folder.path }), /ended with 1 before it listened:\s+The disk is full: /);
  } finally {
    execFileSync('umount', [folder.path]);
  }
});

test('while a server may write no further, all but changing goes on; afterwards everything does', async (t) => {
  await using folder = await temporaryFolder();
  if (process.env['FULL'] !== '1' && canMount(folder.path)) return t.skip('a full disk was tried itself');
  await using memcached = await startMemcached();
  await using site = await startAll(folder.path, memcached.address);
  const processes = [...site.servers, site.application];
  const limitAll = () => Promise.all(processes.map(({ pid }) => limitFiles(pid)));
  const first = await limitAll();
  await goesOn(t, site, LIMITED_MS, LIMITED);
  const headers = { 'content-type': 'application/octet-stream' };
  const upload = await managerOf(site.servers[0])('/api/@upload?id=f', { raw: Buffer.alloc(9_000), headers });
  assert.equal(upload.status, 507, upload.text);
  assert.match(upload.json<ProblemMessage>().detail, LIMITED.words);
  await endAll(first);
  await worksAgain(site, 'after');
  await limitAll();
  await endInOrder(site);
});

function canMount(path: string): boolean {
  if (!mountSmallDisk(path, 1)) return false;
  execFileSync('umount', [path]);
  return true;
}

async function endAll(troubles: readonly Trouble[]): Promise<void> {
  await Promise.all(troubles.map(({ end }) => end()));
}

/** The log that SQLite writes to may have some room in it still, which is used up first. */
async function untilNothingFits(server: TestServer): Promise<void> {
  let count = 0;
  await until('everything refused', async () => {
    const body = { type: 'Folder', id: `filling${server.port}_${(count += 1)}` };
    const changed = await ask(server.port, '/api/', { headers: { authorization: basic() }, body });
    const signedIn = await new Visitor(server).signIn('admin', ADMIN_PASSWORD);
    return changed.status === 507 && signedIn.status === 507;
  });
}
