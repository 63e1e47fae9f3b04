import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { randomBytes, randomUUID } from 'node:crypto';
import { chmod, copyFile, mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { promisify } from 'node:util';
import { KeyRing } from '../base/key-ring.ts';
import { storageAt } from '../storage/address/storage-at.ts';
import { copyAsOfVersion, DATA_FILE } from '../storage/testing/data-file.ts';
import { openTestInstallation } from '../testing.ts';
import { ExpressSessionStore } from './express-session.ts';
import { koaSessions } from './koa.ts';
import { koaSessionStore } from './koa-session.ts';
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
  assert.equal(await opened.installation.site.processes.hasOthers(), false);
});

test('options that can never work are refused at once, all of them, each with what would be right', async () => {
  const good = { data: '/srv/trellis/var', manager: MANAGER };
  const cases: readonly (readonly [options: unknown, ...sentences: RegExp[]])[] = [
    [
      { ...good, data: undefined },
      /^openSessions: the option 'data' is missing\. It must be the data folder of .*, such as '\/srv\/trellis\/var'\.$/,
    ],
    [{ ...good, data: '' }, /^openSessions: the option 'data' is ''\. It must be the data folder/],
    [
      { ...good, data: new URL('file:///srv/var') },
      /'data' is the URL 'file:\/\/\/srv\/var'\. It must be the data folder/,
    ],
    [{ ...good, data: 'a\0b' }, /'data' is 'a\0b'\. It must be/],
    [
      { ...good, manager: undefined },
      /'manager' is missing\. It must be the path of a Session Data Manager in its tree, such as/,
    ],
    [{ ...good, manager: 7 }, /'manager' is 7\. It must be the path/],
    [
      { ...good, manager: 'session_data_manager' },
      /'manager' is 'session_data_manager'\. It must be the path .* such as '\/session_data_manager'\.$/,
    ],
    [
      { ...good, environment: 'production' },
      /'environment' is 'production'\. It must be an object such as `process\.env`\.$/,
    ],
    [
      { data: good.data, manger: MANAGER },
      /'manger' is no member .* Did you mean 'manager'\?$/,
      /'manager' is missing/,
    ],
    [{}, /'data' is missing/, /'manager' is missing/],
    [undefined, /^openSessions: the argument is undefined\. It must be the options of openSessions\.$/],
    ['/srv/trellis/var', /^openSessions: the argument is '\/srv\/trellis\/var'\. It must be the options/],
  ];
  for (const [options, ...sentences] of cases) {
    await assert.rejects(openSessions(options as never), (error: unknown) => {
      assert.ok(error instanceof TypeError, String(error));
      const lines = error.message.split('\n');
      assert.equal(lines.length, sentences.length, error.message);
      for (const [index, sentence] of sentences.entries()) assert.match(lines[index] ?? '', sentence);
      return true;
    });
  }
  await assert.rejects(openSessions({ ...good, data: '-var' }), /There is no Trellis in the data folder ".*\/-var"/);
  const long = openSessions({ ...good, data: 'x'.repeat(5_000) });
  await assert.rejects(long, /^CannotOpen: The data folder ".*" cannot be used \(ENAMETOOLONG/);
});

test('an adapter that is given something else than open sessions, or wrong options, says so at the start', async () => {
  const opening = Promise.resolve();
  for (const [adapter, name] of [
    [koaSessions, 'koaSessions'],
    [koaSessionStore, 'koaSessionStore'],
    [(given: never) => new ExpressSessionStore(given), 'new ExpressSessionStore'],
  ] as const) {
    const says = (what: string) => ({
      name: 'TypeError',
      message: `${name}: the first argument is ${what}. It must be what openSessions gives: await openSessions({ data, manager }).`,
    });
    assert.throws(() => adapter(undefined as never), says('undefined'));
    assert.throws(() => adapter(opening as never), says('a promise'));
    assert.throws(() => adapter({ data: 'var' } as never), says('an object'));
  }
  await using opened = await openTestSessions();
  assert.throws(
    () => koaSessions(opened.sessions, { user: 'ada' } as never),
    /the option 'user' is 'ada'\. It must be a function that gives/,
  );
  assert.throws(() => koaSessions(opened.sessions, { users: () => 'ada' } as never), /Did you mean 'user'\?$/);
});

test('whoever names the data file is told to name its folder', async () => {
  await using opened = await openTestSessions();
  const { folder } = opened.installation;
  const data = join(folder, DATA_FILE);
  const message = `The data folder "${data}" is a file. Name the folder that it is in: "${folder}".`;
  await assert.rejects(openSessions({ data, manager: MANAGER }), { name: 'CannotOpen', message });
});

test('a data folder without a database or a key ring is refused in a sentence', async () => {
  const data = join(tmpdir(), `trellis-missing-${randomUUID()}`);
  await assert.rejects(openSessions({ data, manager: MANAGER }), /There is no Trellis in the data folder/);
});

test('whoever may not use the data folder is told who is refused, whose it is, and what to give', async () => {
  await using opened = await openTestSessions();
  const { folder: data } = opened.installation;
  const file = join(data, DATA_FILE);
  const remedy = String.raw`Run this program as the user whose it is \(id ${process.geteuid?.()}\), or share the data folder and the files in it, to be read and written, with a group`;
  const cases: readonly (readonly [folder: number, file: number, what: string])[] = [
    [0o000, 0o600, 'look into the data folder'],
    [0o711, 0o600, 'read and write the data folder'],
    [0o755, 0o666, 'read and write the data folder'],
    [0o777, 0o600, 'read and write the database'],
    [0o777, 0o444, 'read and write the database'],
  ];
  for (const [folderMode, fileMode, what] of cases) {
    await chmod(file, fileMode);
    await chmod(data, folderMode);
    const said = await openAsAnother(data);
    await chmod(data, 0o700);
    assert.match(
      said,
      new RegExp(
        String.raw`^CannotOpen: This user \(.+, id \d+\) may not ${what} ".+" \(permission denied\)\. ${remedy}`,
      ),
    );
  }
  await chmod(file, 0o600);
});

/** What a process of another user is told. Whoever is no superuser has no other user to be: the rights were taken from this one. */
async function openAsAnother(data: string): Promise<string> {
  const adapter = JSON.stringify(new URL('open-sessions.ts', import.meta.url).href);
  const program = `
    const { openSessions } = await import(${adapter});
    if (process.geteuid() === 0) process.setuid(${NOBODY});
    await openSessions(${JSON.stringify({ data, manager: MANAGER })}).catch((error) => console.log(String(error)));`;
  const { stdout } = await promisify(execFile)(process.execPath, ['--input-type=module', '-e', program]);
  return stdout;
}

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
      const file = join(data, DATA_FILE);
      await copyAsOfVersion(version, installation.folder, data);
      await copyFile(join(installation.folder, 'secrets.json'), join(data, 'secrets.json'));
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
    (await storageAt(data).open()).close();
    const opening = openSessions({ data, manager: MANAGER, environment: { TRELLIS_SECRETS: 'A'.repeat(43) } });
    await assert.rejects(opening, /There is no Trellis in the data folder/);
    assert.deepEqual(await readdir(data), [DATA_FILE]);
  } finally {
    await rm(data, { recursive: true });
  }
});
