import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { statfs } from 'node:fs/promises';
import { test } from 'node:test';
import type { ProblemMessage } from '../../schema/messages/problems.ts';
import { managerOf } from '../http/client.ts';
import { startServer } from '../support/server.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

const MIB = 1024 * 1024;

test('an upload for which the disk has no room is 507, and everything else goes on', async (t) => {
  await using folder = await temporaryFolder();
  if (!mount(folder.path)) return t.skip('only root may mount a small disk');
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

function mount(path: string): boolean {
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=24m', 'tmpfs', path], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}
