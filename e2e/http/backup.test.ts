import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { startMemcached } from '../support/memcached.ts';
import { startServer } from '../support/server.ts';
import { clientOf, managerOf } from './client.ts';
import { runCli } from './cli.ts';
import { Browser, itemsOf, setUpSessions } from './site.ts';

const folder = await mkdtemp(join(tmpdir(), 'trellis-backups-'));
after(() => rm(folder, { recursive: true, force: true }));

test('what was backed up while the server ran is there again on another disk, sessions in memcached included', async () => {
  await using memcached = await startMemcached();
  const data = join(folder, 'data');
  const backup = join(folder, 'backup');
  const elsewhere = join(folder, 'elsewhere');
  await using server = await startServer({ data });
  await setUpSessions(server, [memcached.address]);
  const browser = new Browser(server);
  await browser.add('cart 3 apples');
  const made = await runCli(['backup', backup, '--data', data], '');
  assert.deepEqual([made.code, made.errors], [0, '']);
  assert.match(made.output, /^Backed up \d+ objects \(\d\.\d MiB\) and the key ring to /);

  const refused = await runCli(['restore', backup, '--data', data], '');
  assert.equal(refused.code, 1);
  assert.match(refused.errors, /is in use by a process that has its data file open\. End it first/);
  assert.equal((await clientOf(server)('/healthz')).status, 200);

  await managerOf(server)('/api/mcsdc', { method: 'DELETE' });
  await server.kill();
  for (const target of [data, elsewhere]) {
    const restored = await runCli(['restore', backup, '--data', target], '');
    assert.deepEqual([restored.code, restored.errors], [0, '']);
    assert.match(restored.output, /^Restored \d+ objects/);
    assert.equal(/What was there is in /.test(restored.output), target === data);
    await using again = await startServer({ data: target });
    browser.moveTo(again);
    assert.deepEqual(itemsOf(await browser.look()), ['cart=3 apples']);
  }
});

test('a backup of nothing, or without a folder, is refused in a sentence', async () => {
  const nothing = await runCli(['backup', join(folder, 'none'), '--data', join(folder, 'nowhere')], '');
  assert.deepEqual([nothing.code, nothing.output], [1, '']);
  assert.match(nothing.errors, /There is no database/);
  const unnamed = await runCli(['backup'], '');
  assert.match(unnamed.errors, /^Usage:/);
});
