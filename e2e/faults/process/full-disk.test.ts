import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { readdir, statfs } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import type { ProblemMessage } from '../../../schema/problems.ts';
import { runCli } from '../../http/cli.ts';
import { managerOf } from '../../http/client.ts';
import { startServer } from '../../support/server.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';
import { fill, mountSmallDisk } from '../../support/unwritable.ts';

const MIB = 1024 * 1024;

test('an upload for which the disk has no room is 507, and everything else goes on', async (t) => {
  await using folder = await temporaryFolder();
  if (!mountSmallDisk(folder.path, 24)) return t.skip('only root may mount a small disk');
  try {
    await using server = await startServer({ data: folder.path });
    const manager = managerOf(server);
    const upload = (id: string, bytes: number) =>
      manager(`/api/@upload?id=${id}`, {
        raw: Buffer.alloc(bytes, id),
        headers: { 'content-type': 'application/octet-stream' },
      });
    const { bavail, bsize } = await statfs(folder.path);
    assert.ok(bavail * bsize < 24 * MIB, 'the disk is small');
    // Too large to wait until it is whole; and too large only once it is written down.
    for (const size of [40 * MIB, 14 * MIB]) {
      const refused = await upload(`large${size}`, size);
      assert.equal(refused.status, 507, refused.text);
      assert.match(refused.json<ProblemMessage>().detail, /^The disk is full: nothing was changed\. Make room/);
      assert.equal((await manager(`/api/large${size}`)).status, 404);
    }
    assert.equal((await manager('/')).status, 200);
    assert.equal((await manager('/healthz')).status, 200);
  } finally {
    execFileSync('umount', [folder.path]);
  }
});

test('a backup to a full disk, and a restore on one, say that there is no room, and leave everything as it was', async (t) => {
  await using folder = await temporaryFolder();
  await using elsewhere = await temporaryFolder();
  const [data, backup] = [join(elsewhere.path, 'data'), join(elsewhere.path, 'backup')];
  await (await startServer({ data })).stop();
  assert.equal((await runCli(['backup', backup, '--data', data], '')).code, 0);
  if (!mountSmallDisk(folder.path, 1)) return t.skip('only root may mount a small disk');
  try {
    await fill(folder.path);
    const there = await readdir(folder.path);
    for (const args of [
      ['backup', join(folder.path, 'new'), '--data', data],
      ['restore', backup, '--data', folder.path],
    ]) {
      const { code, errors } = await runCli(args, '');
      assert.equal(code, 1);
      assert.match(
        errors,
        /^There is no room for the copy in ".*": nothing was changed\. Make room there, and try again\.\n$/,
      );
      assert.deepEqual(await readdir(folder.path), there);
    }
  } finally {
    execFileSync('umount', [folder.path]);
  }
});
