import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { cp, mkdir, mkdtemp, readdir, rename, rm, stat, truncate, unlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import Database from 'better-sqlite3';
import { KeyRing } from '../../../server/base/key-ring.ts';
import { openInFolder } from '../../../server/storage/sqlite/open.ts';
import type { ChildrenMessage } from '../../../schema/endpoints/objects.ts';
import { sized } from '../../support/figures.ts';
import { startServer } from '../../support/server.ts';
import { managerOf } from '../client.ts';
import { runCli, runServer } from '../cli.ts';

const folder = await mkdtemp(join(tmpdir(), 'trellis-lost-'));
after(() => rm(folder, { recursive: true, force: true }));
let number = 0;
const newFolder = () => join(folder, String(number++));

const original = newFolder();
await (await startServer({ data: original })).stop();

/** A folder in which a server ran and ended in order. */
async function used(): Promise<string> {
  const data = newFolder();
  await cp(original, data, { recursive: true });
  return data;
}

const dataFile = (data: string) => join(data, 'trellis.sqlite');
const start = (data: string, environment = {}) => runServer(['--port', '0', '--data', data], environment);

/** The server, or a command, refuses the folder in one sentence, and leaves it as it is. */
async function assertRefused(data: string, words: RegExp, run = () => start(data)): Promise<void> {
  const before = await contentsOf(data);
  const { code, errors } = await run();
  assert.equal(code, 1);
  assert.match(errors, words);
  assert.equal(errors.trim().split('\n').length, 1, errors);
  assert.deepEqual(await contentsOf(data), before);
}

async function contentsOf(data: string): Promise<readonly unknown[]> {
  const names = (await readdir(data)).sort();
  return Promise.all(names.map(async (name) => [name, (await stat(join(data, name))).size]));
}

const LOST: Readonly<Record<string, (data: string) => Promise<unknown>>> = {
  'is deleted': (data) => unlink(dataFile(data)),
  'is emptied': (data) => truncate(dataFile(data)),
  async 'lost the log that had all of it'(data) {
    await unlink(dataFile(data));
    // All that SQLite puts into the file itself before there is a checkpoint.
    const bare = new Database(dataFile(data));
    bare.pragma('journal_mode = WAL');
    bare.close();
  },
};

const IS_LOST =
  /has a key ring \(secrets\.json\), but its data file .* restore a backup: npm run trellis -- restore <folder>/;

test('a data file that is gone, or empty, beside a key ring is refused, and nothing is made in its place', async (t) => {
  for (const [what, lose] of Object.entries(LOST)) {
    const data = await used();
    await lose(data);
    t.diagnostic(what);
    await assertRefused(data, IS_LOST);
  }
  const data = await used();
  await unlink(dataFile(data));
  for (const args of [
    ['user', 'admin', '--password'],
    ['example', 'shop'],
    ['backup', newFolder()],
  ]) {
    await assertRefused(data, IS_LOST, () => runCli([...args, '--data', data], 'violets under glass\n'));
  }
  await mkdir(join(data, 'away'));
  for (const name of await readdir(data)) {
    if (name !== 'away') await rename(join(data, name), join(data, 'away', name));
  }
  await using server = await startServer({ data: data });
  assert.equal((await managerOf(server)('/api')).status, 200, 'whoever moves the rest away begins anew');
});

test('a data file with tables and no tree in it is refused beside a key ring', async () => {
  const data = newFolder();
  (await openInFolder(data)).close();
  KeyRing.inFolder(data);
  const { code, errors } = await start(data);
  assert.equal(code, 1);
  assert.match(errors, /has a key ring \(secrets\.json\), but its data file trellis\.sqlite has no tree/);
});

test('a key ring that is missing where the tree was used with one is refused, and none is made', async () => {
  const data = await used();
  await unlink(join(data, 'secrets.json'));
  const { code, errors } = await start(data);
  assert.equal(code, 1);
  assert.match(
    errors,
    /has a tree that was used with a key ring, and no secrets\.json\. Put that back .* TRELLIS_SECRETS/,
  );
  assert.equal(existsSync(join(data, 'secrets.json')), false);
});

test('a tree that was used with TRELLIS_SECRETS is not used without them, and its data file is missed, too', async () => {
  const TRELLIS_SECRETS = 'A'.repeat(43);
  const data = newFolder();
  await (await startServer({ data, environment: { TRELLIS_SECRETS } })).stop();
  await assertRefused(data, /or give its keys as TRELLIS_SECRETS/);
  const refusal = /what belongs to a data file .*, but its data file trellis\.sqlite is (missing|empty, and)/;
  for (const lose of Object.values(LOST)) {
    const copy = newFolder();
    await cp(data, copy, { recursive: true });
    await lose(copy);
    await assertRefused(copy, refusal, () => start(copy, { TRELLIS_SECRETS }));
  }
});

test('a server that is given other keys than there ever were starts, and says what that ends; one of them is enough', async () => {
  const data = newFolder();
  const [first, second, third] = ['A', 'B', 'C'].map((letter) => letter.repeat(42) + 'A');
  const logOf = async (TRELLIS_SECRETS: string) => {
    await using server = await startServer({ data, environment: { TRELLIS_SECRETS } });
    return server.log();
  };
  const warning = /Every session ends with this start: none of its keys .* Give every process the same keys/;
  assert.doesNotMatch(await logOf(first!), warning);
  assert.doesNotMatch(await logOf(`${second},${first}`), warning);
  assert.match(await logOf(third!), warning);
  assert.doesNotMatch(await logOf(third!), warning);
});

test('a key ring that cannot be read is one sentence', async () => {
  const data = await used();
  const ring = join(data, 'secrets.json');
  await writeFile(ring, '{"keys": [');
  const { code, errors } = await start(data);
  assert.equal(code, 1);
  assert.match(errors, /^\/.*secrets\.json cannot be read as a key ring\. .* Restore it from a backup\.\n$/);
  await unlink(ring);
  await mkdir(ring);
  await assertRefused(data, /^\/.*secrets\.json cannot be read as a key ring \(EISDIR: .*\)\. .* from a backup\.\n$/);
});

test('a log that another process took in when it ended is no loss', async () => {
  const data = newFolder();
  const server = await startServer({ data });
  assert.equal((await managerOf(server)('/api', { body: { type: 'Folder', id: 'kept' } })).status, 201);
  await server.kill();
  assert.ok((await stat(`${dataFile(data)}-wal`)).size > 0, 'the killed server left it');
  (await openInFolder(data, { isGuest: true })).close();
  assert.equal(existsSync(`${dataFile(data)}-wal`), false);
  await using again = await startServer({ data });
  assert.equal((await managerOf(again)('/api/kept')).status, 200);
});

/** What a first start makes, in its order. Its log and its lock come and go with SQLite. */
const MADE = ['trellis.sqlite', 'trellis.sqlite-wal', 'trellis.sqlite.lock', 'secrets.json'];

test('a first start that is killed, wherever it is, begins again by itself', async (t) => {
  const rounds = sized(1, 12);
  const found = new Map<string, number>();
  for (let round = 0; round < rounds; round += 1) {
    for (const last of MADE) {
      const data = newFolder();
      await killOnceThere(data, last, round === 0 ? 0 : Math.random() * 20);
      const names = (await readdir(data))
        .filter((name) => MADE.includes(name))
        .sort()
        .join(' ');
      found.set(names, (found.get(names) ?? 0) + 1);
      await using server = await startServer({ data });
      const manager = managerOf(server);
      assert.equal((await manager('/api/@children')).json<ChildrenMessage>().total, 5, names);
      assert.equal((await manager('/')).status, 200);
    }
  }
  t.diagnostic(`killed with: ${[...found].map(([names, count]) => `${count} x ${names}`).join('; ')}`);
});

async function killOnceThere(data: string, name: string, afterMs: number): Promise<void> {
  const main = new URL('../../../server/main.ts', import.meta.url).pathname;
  const environment = { ...process.env, TRELLIS_ADMIN_PASSWORD: 'correct horse battery' };
  const child = spawn(process.execPath, [main, '--port', '0', '--data', data], { env: environment, stdio: 'ignore' });
  const gone = once(child, 'close');
  while (!existsSync(join(data, name)) && child.exitCode === null) await new Promise(setImmediate);
  if (afterMs > 0) await new Promise((resolve) => setTimeout(resolve, afterMs));
  child.kill('SIGKILL');
  await gone;
  assert.equal(child.signalCode, 'SIGKILL');
}
