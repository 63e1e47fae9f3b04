import assert from 'node:assert/strict';
import { cp, mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import Database from 'better-sqlite3';
import { startServer } from '../../support/server.ts';
import { managerOf } from '../client.ts';
import { runCli, runServer } from '../cli.ts';

const folder = await mkdtemp(join(tmpdir(), 'trellis-versions-'));
after(() => rm(folder, { recursive: true, force: true }));
const original = join(folder, 'original');
await (await startServer({ data: original })).stop();

/** Takes back what later versions added to the first. */
const TO_VERSION_1 = `
  DROP TRIGGER small_entry_set; DROP TRIGGER small_entry_deleted; DROP TABLE small_changes; DROP TABLE small_tables;
  DROP TABLE slices; DROP TABLE contents`;

/** A data folder as a program of another version left it. */
async function ofVersion(version: number): Promise<string> {
  const data = join(folder, `version-${version}`);
  await cp(original, data, { recursive: true });
  const database = new Database(join(data, 'trellis.sqlite'));
  if (version === 1) database.exec(TO_VERSION_1);
  database.pragma(`user_version = ${version}`);
  database.close();
  return data;
}

async function stateOf(data: string): Promise<readonly unknown[]> {
  // Whoever looks at a database needs the two files beside it; they hold nothing.
  const names = (await readdir(data)).filter((name) => !/-(wal|shm)$/.test(name)).sort();
  return [names, await readFile(join(data, 'trellis.sqlite'))];
}

const COMMANDS = {
  user: ['user', 'admin', '--password'],
  example: ['example', 'shop'],
} as const;

for (const version of [1, 99]) {
  test(`a command refuses a database of version ${version} with both versions, and leaves it as it is`, async () => {
    const data = await ofVersion(version);
    const before = await stateOf(data);
    for (const args of Object.values(COMMANDS)) {
      const { code, errors } = await runCli([...args, '--data', data], 'violets under glass\n');
      assert.equal(code, 1);
      assert.match(
        errors,
        new RegExp(`is of version ${version}, and this program needs version \\d+: nothing was changed`),
      );
      assert.deepEqual(await stateOf(data), before);
    }
    const backup = await runCli(['backup', join(folder, `backup-${version}`), '--data', data], '');
    assert.deepEqual(await stateOf(data), before);
    if (version === 99) {
      assert.match(backup.errors, /is of version 99, and this program knows versions up to \d+/);
      assert.match(
        (await runServer(['--port', '0', '--data', data])).errors,
        /is of version 99, and this program knows/,
      );
      assert.deepEqual(await stateOf(data), before);
      return;
    }
    assert.deepEqual(
      [backup.code, backup.errors],
      [0, ''],
      'an older one can be backed up before it is brought up to date',
    );
    await using server = await startServer({ data });
    assert.equal((await managerOf(server)('/api')).status, 200, 'a server brings it up to date');
  });
}
