import assert from 'node:assert/strict';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { readFilesIn } from './files.ts';

test('every file below a folder is read, by its path from there, however the folder is written', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'trellis-files-'));
  await mkdir(join(folder, 'deep/er'), { recursive: true });
  await writeFile(join(folder, 'top.js'), 'top');
  await writeFile(join(folder, 'deep/er/low.js'), 'low');
  for (const written of [folder, `${folder}/`, join(folder, 'deep/..')]) {
    const files = await readFilesIn(written);
    assert.deepEqual(
      new Map(Array.from(files, ([path, bytes]) => [path, bytes.toString()])),
      new Map([
        ['/top.js', 'top'],
        ['/deep/er/low.js', 'low'],
      ]),
      written,
    );
  }
  await rm(folder, { recursive: true });
});
