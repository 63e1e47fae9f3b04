import assert from 'node:assert/strict';
import { test } from 'node:test';
import { openTestInstallation } from '../testing.ts';
import { openSessions, SessionsNotShared } from './open-sessions.ts';
import { MANAGER, openTestSessions } from './testing.ts';

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

test('a data folder without a database or a key ring is refused in a sentence', async () => {
  await assert.rejects(
    openSessions({ data: '/nonexistent', manager: MANAGER }),
    /There is no Trellis in the data folder/,
  );
});
