import assert from 'node:assert/strict';
import { mkdtemp, readFile, rm, unlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { startMemcached } from '../../support/memcached/memcached.ts';
import { startServer } from '../../support/server.ts';
import { clientOf, managerOf } from '../client.ts';
import { runCli } from '../cli.ts';
import { Browser, itemsOf, setUpSessions } from '../site.ts';

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

test('a backup for which no keys are found says so, and a restore of it leaves the key ring that is there', async () => {
  const data = join(folder, 'keyless');
  const [first, second] = [join(folder, 'missed'), join(folder, 'given')];
  await (await startServer({ data })).stop();
  const ring = join(data, 'secrets.json');
  const keys = await readFile(ring);
  await unlink(ring);
  const missed = await runCli(['backup', first, '--data', data], '');
  assert.equal(missed.code, 1);
  assert.match(missed.output, /^Backed up \d+ objects .* without a key ring to [^\n]*\n$/);
  assert.match(missed.errors, /^The backup has no keys: there is no secrets\.json .* TRELLIS_SECRETS is not set for/);
  const given = await runCli(['backup', second, '--data', data], '', { TRELLIS_SECRETS: 'A'.repeat(43) });
  assert.deepEqual([given.code, given.errors], [0, '']);
  assert.match(given.output, /The keys in use are those of TRELLIS_SECRETS/);

  const wanted = await runCli(['restore', first, '--data', data], '');
  assert.equal(wanted.code, 0);
  assert.match(wanted.output, /The backup has no key ring, and none was there: put its secrets\.json/);
  await writeFile(ring, keys);
  const kept = await runCli(['restore', first, '--data', data], '');
  assert.deepEqual([kept.code, kept.errors], [0, '']);
  assert.match(kept.output, /The backup has no key ring: the secrets\.json that was there stays as it was\./);
  assert.doesNotMatch(kept.output, /TRELLIS_SECRETS/);
  await using again = await startServer({ data });
  assert.equal((await managerOf(again)('/api')).status, 200);
});

test('a backup of nothing, or without a folder, is refused in a sentence', async () => {
  const nothing = await runCli(['backup', join(folder, 'none'), '--data', join(folder, 'nowhere')], '');
  assert.deepEqual([nothing.code, nothing.output], [1, '']);
  assert.match(nothing.errors, /There is no database/);
  const unnamed = await runCli(['backup'], '');
  assert.match(unnamed.errors, /^This is how it is used: npm run trellis -- backup <folder>/);
  const file = join(folder, 'file');
  await writeFile(file, '');
  const data = join(folder, 'data');
  for (const into of [file, join(file, 'below')]) {
    const refused = await runCli(['backup', into, '--data', data], '');
    assert.equal(refused.code, 1);
    assert.match(
      refused.errors,
      /^".*" cannot be used \((part of its path is a file|a file of that name is there)\)\. See to it, and try again\.\n$/,
    );
  }
});
