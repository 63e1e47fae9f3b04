import assert from 'node:assert/strict';
import { createHash, randomBytes } from 'node:crypto';
import { open, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import Database from 'better-sqlite3';
import type { ProblemMessage } from '../../../schema/problems.ts';
import { clientOf, managerOf, type Client } from '../../http/client.ts';
import { runCli } from '../../http/cli.ts';
import { png } from '../../support/chromium/images.ts';
import { startServer } from '../../support/server.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';

const SLICE = 256 * 1024;
const DAMAGED = /^The bytes of \/(file|picture) are damaged, or missing, on the disk\. Upload the file again/;

test('a bit that flips in the stored bytes of a file is never served, copied or backed up as good, and can be mended', async (t) => {
  await using folder = await temporaryFolder();
  const data = join(folder.path, 'data');
  // Several slices; the bit flips in the last of them, long after the first bytes would have been sent.
  const bytes = randomBytes(3 * SLICE + 1000);
  const picture = png(401, 307);
  const first = await startServer({ data });
  for (const [id, raw] of [
    ['file', bytes],
    ['picture', picture],
    ['other', randomBytes(SLICE + 5)],
  ] as const) {
    assert.equal((await upload(managerOf(first), id, raw)).status, 201);
  }
  const etag = String((await clientOf(first)('/file')).headers['etag']);
  await first.stop();
  const good = join(folder.path, 'good');
  assert.equal((await runCli(['backup', good, '--data', data], '')).code, 0);
  for (const part of [bytes.subarray(-900, -800), picture.subarray(-40, -20)])
    await flipBit(join(data, 'trellis.sqlite'), part);

  await using server = await startServer({ data });
  const [visitor, manager] = [clientOf(server), managerOf(server)];
  for (const path of ['/file', '/picture']) {
    const head = await visitor(path, { method: 'HEAD' });
    assert.deepEqual([head.status, head.headers['etag']], [500, undefined]);
    for (const headers of [{}, { range: 'bytes=0-9' }, { 'if-none-match': etag }, { 'if-none-match': '*' }]) {
      const asked = { headers: { ...headers, accept: 'application/json' } };
      const [refused, told] = [await visitor(path, asked), await manager(path, asked)];
      assert.equal(refused.status, 500, refused.text);
      assert.match(refused.json<ProblemMessage>().detail, /^This is no fault of yours/);
      assert.match(told.json<ProblemMessage>().detail, DAMAGED);
    }
  }
  assert.match(server.log(), /"msg":"A request met something damaged"/);
  assert.match(server.log(), /The bytes of \/file are damaged/);
  const copied = await manager('/api/temp_folder/@copy', { body: { paths: ['/file'] } });
  assert.equal(copied.status, 500, copied.text);
  assert.match(copied.json<ProblemMessage>().detail, DAMAGED);
  assert.equal((await visitor('/other')).status, 200);
  assert.equal((await visitor('/')).status, 200);

  const bad = join(folder.path, 'bad');
  const refused = await runCli(['backup', bad, '--data', data], '');
  assert.equal(refused.code, 1);
  assert.match(refused.errors, /^The bytes of (\/file, \/picture|\/picture, \/file) are damaged\. Upload them again/);
  const taken = await runCli(['backup', bad, '--data', data, '--damaged'], '');
  assert.equal(taken.code, 0);
  assert.match(taken.output, /The bytes of .*\/file.* are damaged\. They were copied as they are\./);
  const elsewhere = join(folder.path, 'elsewhere');
  const unrestored = await runCli(['restore', bad, '--data', elsewhere], '');
  assert.equal(unrestored.code, 1);
  assert.match(unrestored.errors, /^The bytes of .*\/file.* are damaged/);
  assert.equal((await runCli(['restore', good, '--data', elsewhere], '')).code, 0);

  assert.equal((await upload(manager, 'again', bytes)).status, 201);
  for (const path of ['/file', '/again']) {
    const { status, headers } = await visitor(path, { method: 'HEAD' });
    assert.deepEqual([status, headers['content-length']], [200, String(bytes.length)], 'the same bytes mend it');
  }
  t.diagnostic('1 bit flipped in the last of 4 slices: 10 of 10 requests refused before the first byte');
});

test('a state and a value that are no JSON any more are named errors, and a backup refuses them', async () => {
  await using folder = await temporaryFolder();
  const data = join(folder.path, 'data');
  await using server = await startServer({ data });
  const manager = managerOf(server);
  assert.equal((await manager('/api', { body: { type: 'Folder', id: 'docs' } })).status, 201);
  const database = new Database(join(data, 'trellis.sqlite'));
  database.exec(`UPDATE revisions SET state = replace(state, '"id":"docs"', '"id:"docs"')`);
  database.close();
  await using again = await startServer({ data });
  const answer = await managerOf(again)('/api/docs');
  assert.equal(answer.status, 500);
  assert.match(
    answer.json<ProblemMessage>().detail,
    /^The state of object \d+ in the database is damaged\. Stop the server/,
  );
  assert.equal((await managerOf(again)('/healthz')).status, 200);
  const backup = await runCli(['backup', join(folder.path, 'backup'), '--data', data], '');
  assert.equal(backup.code, 1);
  assert.match(backup.errors, /is damaged \(1 of its revisions\)/);
});

function upload(client: Client, id: string, raw: Buffer) {
  return client(`/api/@upload?id=${id}`, { raw, headers: { 'content-type': 'application/octet-stream' } });
}

/** Flips one bit where these bytes stand, and proves that it did. */
async function flipBit(file: string, bytes: Buffer): Promise<void> {
  const before = await readFile(file);
  const at = before.indexOf(bytes);
  assert.ok(at > 0 && before.indexOf(bytes, at + 1) === -1, 'the bytes stand in one place of the file');
  const handle = await open(file, 'r+');
  await handle.write(Buffer.of(before[at]! ^ 0x10), 0, 1, at);
  await handle.close();
  const hash = (content: Buffer) => createHash('sha256').update(content).digest('hex');
  assert.notEqual(hash(await readFile(file)), hash(before));
}
