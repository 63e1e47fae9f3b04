import assert from 'node:assert/strict';
import { copyFile, mkdir, mkdtemp, rename, rm, truncate, unlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import Database from 'better-sqlite3';
import type { Log } from '../../base/log.ts';
import { StorageGone } from '../../base/errors.ts';
import { batchOf, change } from '../contract/changes.ts';
import { sourceOf } from '../contract/blobs.ts';
import { makeSite } from '../contract/contract.ts';
import { openInFolder } from './open.ts';
import type { SqliteStorage } from './sqlite-storage.ts';

/** What somebody does to the files of a running server, and what is said of it. */
const LOSSES: Readonly<Record<string, { readonly words: RegExp; readonly happen: (folder: string) => Promise<void> }>> =
  {
    'the data file is deleted': {
      words: /^"trellis.sqlite" was deleted or moved away/,
      happen: (folder) => unlink(join(folder, 'trellis.sqlite')),
    },
    'another file is moved to the place of the data file': {
      words: /^"trellis.sqlite" was replaced/,
      async happen(folder) {
        await copyFile(join(folder, 'trellis.sqlite'), join(folder, 'other'));
        await rename(join(folder, 'other'), join(folder, 'trellis.sqlite'));
      },
    },
    'the data file is emptied': {
      words: /^"trellis.sqlite" was overwritten/,
      happen: (folder) => truncate(join(folder, 'trellis.sqlite'), 100),
    },
    'the log is deleted': {
      words: /^"trellis.sqlite-wal" was deleted/,
      happen: (folder) => unlink(join(folder, 'trellis.sqlite-wal')),
    },
    'the log is replaced': {
      words: /^"trellis.sqlite-wal" was replaced/,
      async happen(folder) {
        await writeFile(join(folder, 'other'), '');
        await rename(join(folder, 'other'), join(folder, 'trellis.sqlite-wal'));
      },
    },
    'the shared memory is deleted': {
      words: /^"trellis.sqlite-shm" was deleted/,
      happen: (folder) => unlink(join(folder, 'trellis.sqlite-shm')),
    },
    'the folder is renamed, and another is in its place': {
      words: /^"trellis.sqlite" was deleted/,
      async happen(folder) {
        await rename(folder, `${folder}-renamed`);
        await mkdir(folder);
      },
    },
  };

/** An open storage with an object and a value in it, what it logs, and its folder. */
async function kept() {
  const parent = await mkdtemp(join(tmpdir(), 'trellis-gone-'));
  const dataFolder = join(parent, 'data');
  const lines: string[] = [];
  const log = { fatal: (_: unknown, text: string) => lines.push(text), warn: () => {} } as unknown as Log;
  const site = await makeSite({
    open: (clock) => openInFolder(dataFolder, { clock, log }),
    dispose: () => rm(parent, { recursive: true }),
  });
  const storage = site.storage as SqliteStorage;
  await storage.tables.keyed('things').update((things) => things.set('one', 1));
  const page = change(site, { id: 'page' });
  const { tid: serial } = await storage.commit(batchOf(page));
  return { site, storage, dataFolder, lines, page, serial };
}

for (const [what, { words, happen }] of Object.entries(LOSSES)) {
  test(`once ${what}, nothing is acknowledged any more, and that is said once`, async () => {
    const { site, storage, dataFolder, lines, page, serial } = await kept();
    await using _ = site;
    assert.equal(storage.problem, undefined);
    await happen(dataFolder);
    const things = storage.tables.keyed<number>('things');
    const ways: readonly (() => unknown)[] = [
      () => storage.commit(batchOf({ ...page, basis: serial })),
      () => things.update((drafted) => drafted.set('one', 2)),
      () => things.update((drafted) => drafted.add('two', 2)),
      () => things.update((drafted) => drafted.delete('one')),
      () => things.update((drafted) => drafted.get('one')),
      () => storage.blobs.stage(sourceOf(Buffer.from('bytes'))),
      () => storage.once('step', async () => {}),
    ];
    for (const way of ways) {
      await assert.rejects(
        async () => way(),
        (error) => error instanceof StorageGone && words.test(error.message),
      );
    }
    assert.match(storage.problem ?? '', words);
    assert.equal(lines.length, 1, lines.join('\n'));
    if (/data file is (deleted|moved)|renamed/.test(what)) {
      assert.equal((await storage.load(page.oid, { tid: serial }))?.id, 'page', 'reading goes on');
      assert.equal(await things.get('one'), 1);
    }
  });
}

test('a log that is deleted under a server costs nothing: the data file alone has what was acknowledged', async () => {
  const { site, storage, dataFolder } = await kept();
  await using _ = site;
  const alone = join(dataFolder, 'alone');
  const valueAlone = async () => {
    await copyFile(join(dataFolder, 'trellis.sqlite'), alone);
    using database = new Disposable(alone);
    return database.value();
  };
  await assert.rejects(valueAlone(), /no such table/, 'it is in the log only');
  await unlink(join(dataFolder, 'trellis.sqlite-wal'));
  const setting = storage.tables.keyed('things').update((things) => things.set('one', 2));
  await assert.rejects(setting, StorageGone);
  assert.equal(await valueAlone(), '1');
});

test('what was written is in the data file alone once the storage has kept up', async () => {
  const { site, storage, dataFolder } = await kept();
  await using _ = site;
  await storage.tables.keyed('things').update((things) => things.set('one', 7));
  storage.keepUp();
  await copyFile(join(dataFolder, 'trellis.sqlite'), join(dataFolder, 'alone'));
  using database = new Disposable(join(dataFolder, 'alone'));
  assert.equal(database.value(), '7');
});

/** A database opened with no log beside it. */
class Disposable {
  readonly #database: Database.Database;

  constructor(file: string) {
    this.#database = new Database(file);
  }

  value(): unknown {
    return this.#database.prepare("SELECT value FROM entries WHERE name = 'things'").pluck().get();
  }

  [Symbol.dispose](): void {
    this.#database.close();
  }
}
