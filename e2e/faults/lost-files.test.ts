import assert from 'node:assert/strict';
import { copyFile, rename, unlink } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import Database from 'better-sqlite3';
import type { ProblemMessage } from '../../schema/messages/problems.ts';
import { clientOf, managerOf } from '../http/client.ts';
import { until } from '../support/figures.ts';
import { startServer, type TestServer } from '../support/server.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

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
    assert.equal(linesOf(server).length, 1, server.log());
  });
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
