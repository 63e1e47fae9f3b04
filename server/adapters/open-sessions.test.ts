import assert from 'node:assert/strict';
import { randomBytes, randomUUID } from 'node:crypto';
import { chmod, copyFile, mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import Database from 'better-sqlite3';
import { KeyRing } from '../base/secrets.ts';
import { openStorage } from '../storage/open.ts';
import { openTestInstallation } from '../testing.ts';
import { openSessions, SessionsNotShared } from './open-sessions.ts';
import { MANAGER, openTestSessions } from './testing.ts';

const NOBODY = 65_534;

test('sessions in a Temporary Folder are refused with the remedy, at the start and later', async () => {
  await using installation = await openTestInstallation();
  const opening = openSessions({ data: installation.folder, manager: MANAGER });
  await assert.rejects(opening, (error: Error) => {
    assert.ok(error instanceof SessionsNotShared);
    assert.match(error.message, /'\/temp_folder\/session_data' are in the memory of the Trellis server/);
    assert.match(error.message, /Set up a MemCache Session Data Container, and make it the container path of/);
    return true;
  });
  await using later = await openTestSessions();
  await later.change(MANAGER, { container_path: '/temp_folder/session_data' });
  await assert.rejects(later.sessions.container(), SessionsNotShared);
  await later.change(MANAGER, { container_path: '/mcsdc' });
  await later.sessions.container();
});

test('a manager that is not there is named, and can be mended while the application runs', async () => {
  await using opened = await openTestSessions();
  for (const [manager, words] of [
    ['/nowhere', /There is no object at '\/nowhere'/],
    ['/mcproxy', /There is a MemCache Proxy at '\/mcproxy'/],
  ] as const) {
    const environment = { TRELLIS_LOG_LEVEL: 'silent' };
    const sessions = await openSessions({ data: opened.installation.folder, manager, environment });
    await assert.rejects(sessions.container(), { status: 503, message: words });
    await sessions.close();
  }
});

test('an application is no server: it is not counted as another process of the tree', async () => {
  await using opened = await openTestSessions();
  assert.equal(opened.installation.site.processes.hasOthers, false);
});

test('an option that is missing, empty or no text is refused by its name', async () => {
  const good = { data: '/srv/trellis/var', manager: MANAGER };
  for (const name of ['data', 'manager'] as const) {
    for (const wrong of [undefined, '', 7]) {
      await assert.rejects(
        openSessions({ ...good, [name]: wrong }),
        new RegExp(`^TypeError: The option '${name}' of openSessions is missing\\. Give the .+, such as '/s\\S+'\\.$`),
      );
    }
  }
  await assert.rejects(openSessions({} as never), /^TypeError: The option 'data' .*\nThe option 'manager' /);
  await assert.rejects(openSessions({ ...good, data: '-var' }), /There is no Trellis in the data folder ".*\/-var"/);
});

test('a data folder without a database or a key ring is refused in a sentence', async () => {
  const data = join(tmpdir(), `trellis-missing-${randomUUID()}`);
  await assert.rejects(openSessions({ data, manager: MANAGER }), /There is no Trellis in the data folder/);
});

test('the data folder of another user is refused with what to do', async () => {
  await using opened = await openTestSessions();
  const { folder: data } = opened.installation;
  // Whoever is no superuser has no other user to be: then the rights are taken from this one.
  const isRoot = process.geteuid?.() === 0;
  if (isRoot) process.seteuid!(NOBODY);
  else await chmod(data, 0);
  try {
    await assert.rejects(
      openSessions({ data, manager: MANAGER }),
      /^CannotOpen: This user may not look into the data folder ".+" \(permission denied\)\. Run this program as the user whose/,
    );
  } finally {
    if (isRoot) process.seteuid!(0);
    else await chmod(data, 0o700);
  }
});

test('keys of which none was ever used with the tree are refused and not noted; one of them that was is enough', async () => {
  await using opened = await openTestSessions();
  const { folder, site } = opened.installation;
  const strange = randomBytes(32).toString('base64url');
  const { keys } = JSON.parse(await readFile(join(folder, 'secrets.json'), 'utf8')) as { keys: readonly string[] };
  const open = (...ring: readonly string[]) =>
    openSessions({ data: folder, manager: MANAGER, environment: { TRELLIS_SECRETS: ring.join(',') } });
  for (let time = 0; time < 2; time += 1) {
    await assert.rejects(
      open(strange),
      /^CannotOpen: The application knows nobody's session: none of its keys \(TRELLIS_SECRETS or secrets\.json\) was ever used with the data folder ".+"\. Give every process the same keys/,
    );
  }
  const [id] = KeyRing.parse(strange).ids;
  assert.equal(site.keyRing.isOurs?.(id!), false);
  await (await open(strange, ...keys)).close();
  await (await open(strange)).close();
});

test('a database of another version, older or newer, is refused with both versions and stays as it was to the byte', async () => {
  await using installation = await openTestInstallation();
  const folder = await mkdtemp(join(tmpdir(), 'trellis-versions-'));
  try {
    for (const version of [1, 99]) {
      const data = await mkdtemp(join(folder, 'data-'));
      const file = join(data, 'trellis.sqlite');
      const there = new Database(join(installation.folder, 'trellis.sqlite'));
      await there.backup(file);
      there.close();
      await copyFile(join(installation.folder, 'secrets.json'), join(data, 'secrets.json'));
      const made = new Database(file);
      if (version === 1) made.exec('DROP TABLE slices; DROP TABLE contents');
      made.pragma(`user_version = ${version}`);
      made.close();
      const before = [await readdir(data), await readFile(file)];
      await assert.rejects(
        openSessions({ data, manager: MANAGER }),
        new RegExp(
          `is of version ${version}, and this program needs version \\d+: nothing was changed\\. Use the Trellis of`,
        ),
      );
      assert.deepEqual([await readdir(data), await readFile(file)], before);
    }
  } finally {
    await rm(folder, { recursive: true });
  }
});

test('a folder whose first start has not ended is no Trellis yet, and nothing is made in it', async () => {
  const data = await mkdtemp(join(tmpdir(), 'trellis-unfinished-'));
  try {
    (await openStorage({ dataFolder: data })).close();
    const opening = openSessions({ data, manager: MANAGER, environment: { TRELLIS_SECRETS: 'A'.repeat(43) } });
    await assert.rejects(opening, /There is no Trellis in the data folder/);
    assert.deepEqual(await readdir(data), ['trellis.sqlite']);
  } finally {
    await rm(data, { recursive: true });
  }
});
