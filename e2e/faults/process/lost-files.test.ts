import assert from 'node:assert/strict';
import { copyFile, mkdir, readdir, readFile, rename, stat, symlink, truncate, unlink } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import Database from 'better-sqlite3';
import type { ProblemMessage } from '../../../schema/problems.ts';
import { clientOf, managerOf, sameOrigin } from '../../http/client.ts';
import { runCli } from '../../http/cli.ts';
import { until } from '../../support/figures.ts';
import { freezeProcess, wakeProcess } from '../../support/process-state.ts';
import { ADMIN_PASSWORD, startServer, type TestServer } from '../../support/server.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';

const FILE = 'trellis.sqlite';

/** What happens to a data file under the server that has it open. */
const LOSSES: Readonly<Record<string, (data: string) => Promise<void>>> = {
  deleted: (data) => unlink(join(data, FILE)),
  async replaced(data) {
    await copyFile(join(data, FILE), join(data, 'other'));
    await rename(join(data, 'other'), join(data, FILE));
  },
};

for (const [what, happen] of Object.entries(LOSSES)) {
  test(`once its data file is ${what}, a server acknowledges nothing more, says so and goes on reading`, async () => {
    await using folder = await temporaryFolder();
    await using server = await startServer({ data: folder.path });
    const manager = managerOf(server);
    const add = (id: string) => manager('/api', { body: { type: 'Folder', id } });
    assert.equal((await add('before')).status, 201);
    assert.equal((await clientOf(server)('/readyz')).status, 200);
    await happen(folder.path);
    const ways = [
      () => add('after'),
      () => manager('/api/before', { method: 'PATCH', body: { title: 'New' } }),
      () => manager('/api/before', { method: 'DELETE' }),
      () => manager('/api/acl_users/@users', { body: { name: 'ada', password: 'violets under glass', roles: [] } }),
      () =>
        manager('/api/@upload?id=f', { raw: Buffer.alloc(9), headers: { 'content-type': 'application/octet-stream' } }),
    ];
    for (const way of ways) {
      const refused = await way();
      assert.equal(refused.status, 503, refused.text);
      assert.match(refused.json<ProblemMessage>().detail, /^"trellis\.sqlite" was .* Stop the server, see that/);
    }
    assert.equal((await manager('/api/before')).status, 200);
    assert.equal((await clientOf(server)('/')).status, 200);
    assert.equal((await clientOf(server)('/readyz')).status, 503);
    assert.equal((await clientOf(server)('/livez')).status, 200);
    assert.equal(linesOf(server).length, 1, server.log());
  });
}

test('once its data file is emptied, a server says so to whoever needs what it held, and answers what it can', async () => {
  await using folder = await temporaryFolder();
  const data = join(folder.path, 'data');
  await using first = await startServer({ data });
  const add = (on: TestServer, id: string) => managerOf(on)('/api', { body: { type: 'Folder', id } });
  assert.equal((await add(first, 'before')).status, 201);
  assert.equal(await first.stop(), 0);
  await using server = await startServer({ data });
  await truncate(join(data, FILE));
  for (const refused of [await managerOf(server)('/api/before'), await add(server, 'after')]) {
    assert.equal(refused.status, 503, refused.text);
    assert.match(
      refused.json<ProblemMessage>().detail,
      /^"trellis\.sqlite" was overwritten .* Stop the server, see that/,
    );
  }
  assert.equal((await clientOf(server)('/livez')).status, 200);
  assert.equal((await clientOf(server)('/readyz')).status, 503);
  assert.equal(linesOf(server).length, 1, server.log());
});

test('while its data folder is out of reach a server says so, goes on reading, and afterwards does everything', async () => {
  await using folder = await temporaryFolder();
  const data = join(folder.path, 'data');
  await using server = await startServer({ data });
  const manager = managerOf(server);
  const visitor = clientOf(server, sameOrigin(server));
  const login = (password: string) => visitor('/api/@login', { body: { name: 'admin', password } });
  const add = (id: string) => manager('/api', { body: { type: 'Folder', id } });
  const upload = (id: string) =>
    manager(`/api/@upload?id=${id}`, {
      raw: Buffer.alloc(9),
      headers: { 'content-type': 'application/octet-stream' },
    });
  assert.equal((await add('before')).status, 201);
  await rename(data, join(folder.path, 'away'));
  await symlink(data, data);
  await assert.rejects(stat(data), { code: 'ELOOP' });
  for (const refused of [await add('meanwhile'), await upload('f'), await login(ADMIN_PASSWORD)]) {
    assert.equal(refused.status, 500, refused.text);
    const { detail } = refused.json<ProblemMessage>();
    assert.match(detail, /cannot be read or written \(ELOOP: .*\)\. See to the disk of the data folder\.$/);
    assert.ok(!detail.includes(folder.path), 'where the data are is not told');
  }
  assert.equal((await login('wrong')).status, 401);
  assert.equal((await manager('/api/before')).status, 200);
  assert.equal((await clientOf(server)('/readyz')).status, 503);
  await unlink(data);
  await rename(join(folder.path, 'away'), data);
  assert.equal((await clientOf(server)('/readyz')).status, 200);
  for (const done of [await add('after'), await upload('g')]) assert.equal(done.status, 201, done.text);
  assert.equal((await login(ADMIN_PASSWORD)).status, 200);
});

test('a server that is frozen is no reason to restore; one whose files were exchanged meanwhile acknowledges nothing, and harms nobody', async () => {
  await using folder = await temporaryFolder();
  const data = join(folder.path, 'data');
  const backup = join(folder.path, 'backup');
  await using frozen = await startServer({ data });
  assert.equal((await runCli(['backup', backup, '--data', data], '')).code, 0);
  await freezeProcess(frozen.pid);
  forgetWhoServes(data);
  const refused = await runCli(['restore', backup, '--data', data], '');
  assert.equal(refused.code, 1);
  assert.match(
    refused.errors,
    /is in use by a process that has its data file open\. End it first, also where it is stopped/,
  );

  // What no command does, a person can.
  const away = join(folder.path, 'away');
  await mkdir(away);
  for (const name of await readdir(data)) if (name.startsWith(FILE)) await rename(join(data, name), join(away, name));
  await copyFile(join(backup, FILE), join(data, FILE));
  await using next = await startServer({ data });
  const add = (server: TestServer, id: string) => managerOf(server)('/api', { body: { type: 'Folder', id } });
  assert.equal((await add(next, 'first')).status, 201);
  wakeProcess(frozen.pid);
  for (const id of ['a', 'b', 'c', 'd', 'e']) assert.equal((await add(frozen, id)).status, 503);
  await frozen.stop();
  assert.equal((await add(next, 'second')).status, 201, 'the end of the other one took no file away');
  await next.kill();
  await using again = await startServer({ data });
  for (const id of ['first', 'second']) assert.equal((await managerOf(again)(`/api/${id}`)).status, 200, id);
});

test('a data file that was replaced under a server is used as it is by the next start, without the log of the former', async () => {
  await using folder = await temporaryFolder();
  const data = join(folder.path, 'data');
  const backup = join(folder.path, 'backup');
  await using server = await startServer({ data });
  const add = (on: TestServer, id: string) => managerOf(on)('/api', { body: { type: 'Folder', id } });
  assert.equal((await add(server, 'before')).status, 201);
  assert.equal((await runCli(['backup', backup, '--data', data], '')).code, 0);
  for (const id of ['a', 'b', 'c', 'd', 'e']) assert.equal((await add(server, id)).status, 201);
  const log = await readFile(join(data, `${FILE}-wal`));
  await copyFile(join(backup, FILE), join(data, 'n'));
  await rename(join(data, 'n'), join(data, FILE));
  const refused = await add(server, 'after');
  assert.equal(refused.status, 503);
  assert.match(
    refused.json<ProblemMessage>().detail,
    /Where it was killed, remove the files that end in -wal and -shm/,
  );
  assert.equal(await server.stop(), 0);
  assert.match(server.log(), /the log of that one was moved aside/);
  const names = await readdir(data);
  const aside = names.find((name) => name.startsWith('of-replaced-file-'));
  assert.deepEqual(new Set(names), new Set([aside, 'secrets.json', FILE, `${FILE}.lock`]));
  assert.deepEqual(await readFile(join(data, aside!, `${FILE}-wal`)), log);
  assert.deepEqual(await readFile(join(data, FILE)), await readFile(join(backup, FILE)));
  await using again = await startServer({ data });
  for (const [id, status] of [
    ['before', 200],
    ['a', 404],
    ['e', 404],
  ] as const)
    assert.equal((await managerOf(again)(`/api/${id}`)).status, status, id);
  assert.equal((await add(again, 'after')).status, 201);
});

test('a data file that was moved away, and back after its server ended, has its log still', async () => {
  await using folder = await temporaryFolder();
  const data = join(folder.path, 'data');
  await using server = await startServer({ data });
  const add = (on: TestServer, id: string) => managerOf(on)('/api', { body: { type: 'Folder', id } });
  assert.equal((await add(server, 'kept')).status, 201);
  await rename(join(data, FILE), join(folder.path, 'away'));
  assert.equal((await add(server, 'after')).status, 503);
  assert.equal(await server.stop(), 0);
  await rename(join(folder.path, 'away'), join(data, FILE));
  await using again = await startServer({ data });
  assert.equal((await managerOf(again)('/api/kept')).status, 200);
});

/** As if the signs of life of all servers had expired. */
function forgetWhoServes(data: string): void {
  const database = new Database(join(data, FILE));
  database.exec("DELETE FROM entries WHERE name = 'processes'");
  database.close();
}

test('a server without requests has what it acknowledged in the data file alone', async () => {
  await using folder = await temporaryFolder();
  await using server = await startServer({ data: folder.path, environment: { TRELLIS_HEARTBEAT_SECONDS: '1' } });
  assert.equal((await managerOf(server)('/api', { body: { type: 'Folder', id: 'kept' } })).status, 201);
  const alone = join(folder.path, 'alone');
  await until('the folder is in the data file', async () => {
    await copyFile(join(folder.path, FILE), alone);
    return idsIn(alone).includes('kept');
  });
});

function linesOf(server: TestServer): readonly string[] {
  return server
    .log()
    .split('\n')
    .filter((line) => line.includes('takes no more changes'));
}

function idsIn(file: string): readonly unknown[] {
  const database = new Database(file);
  try {
    const isMade = database.prepare("SELECT 1 FROM sqlite_schema WHERE name = 'objects'").get() !== undefined;
    return isMade ? database.prepare('SELECT id FROM objects').pluck().all() : [];
  } finally {
    database.close();
  }
}
