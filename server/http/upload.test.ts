import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { Malformed, StorageUnreachable, TooLarge } from '../base/errors.ts';
import type { Received } from '../publisher/request.ts';
import { ask, type TestRequest } from './testing.ts';
import { FileUpload, sweepUploads, UPLOAD_LIMITS } from './upload.ts';

const folder = await mkdtemp(join(tmpdir(), 'trellis-upload-'));
after(() => rm(folder, { recursive: true }));

/** What is done with an upload while it is open. */
function uploading<Result>(
  asking: TestRequest,
  step: (upload: FileUpload) => Promise<Result>,
  into = folder,
): Promise<Result> {
  const { promise, resolve, reject } = Promise.withResolvers<Result>();
  const answering = ask(
    async (message, response) => {
      const upload = new FileUpload(message, into);
      await step(upload).then(resolve, reject);
      await upload.close();
      response.end();
    },
    '/',
    { method: 'POST', ...asking },
  );
  answering.catch(() => undefined);
  return promise;
}

async function bytesOf(received: Received, pieceBytes: number): Promise<Buffer> {
  const pieces: Buffer[] = [];
  for await (const piece of received.slices(pieceBytes)) pieces.push(Buffer.from(piece));
  return Buffer.concat(pieces);
}

test('what is sent is taken in whole, and given in pieces of any size, as often as somebody asks', async () => {
  for (const bytes of [Buffer.alloc(300_000, 'bytes'), Buffer.alloc(0)]) {
    await uploading({ body: bytes }, async (upload) => {
      const received = await upload.receive();
      assert.equal(await upload.receive(), received);
      assert.deepEqual(
        [received.size, received.hash],
        [bytes.length, createHash('sha256').update(bytes).digest('base64url')],
      );
      assert.ok((await received.head(7)).equals(bytes.subarray(0, 7)));
      for (const size of [100_000, 131_072, 1_000_000]) assert.ok((await bytesOf(received, size)).equals(bytes));
    });
  }
});

test('while it is taken in, and after, no name in the folder leads to it', async () => {
  await uploading({ body: 'bytes' }, async (upload) => {
    await upload.receive();
    assert.deepEqual(await readdir(folder), []);
  });
});

test('what nobody asks for is not taken in', async () => {
  assert.equal(await uploading({ body: 'bytes' }, async () => 'refused'), 'refused');
});

test('what is too large is refused by the length that it announces', async () => {
  const headers = { 'content-length': String(UPLOAD_LIMITS.bytes + 1) };
  await assert.rejects(
    uploading({ headers }, (upload) => upload.receive()),
    TooLarge,
  );
});

test('what is not sent to its end is no file', async () => {
  async function* broken() {
    yield 'bytes';
    await new Promise(setImmediate);
    throw new Error('gone');
  }
  await assert.rejects(
    uploading({ body: broken() }, (upload) => upload.receive()),
    Malformed,
  );
});

test('where no file can be made, whoever looks after the disk is told, and not where it is', async () => {
  await assert.rejects(
    uploading({ body: 'bytes' }, (upload) => upload.receive(), join(folder, 'gone')),
    (error) => error instanceof StorageUnreachable && !error.message.includes(folder),
  );
});

test('what a killed process left behind is removed, and nothing else', async () => {
  for (const name of ['upload-1', 'upload-2', 'secrets.json']) await writeFile(join(folder, name), '');
  await sweepUploads(folder);
  assert.deepEqual(await readdir(folder), ['secrets.json']);
});
