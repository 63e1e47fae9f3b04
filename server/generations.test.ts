import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test } from 'node:test';
import { setTimeout as wait } from 'node:timers/promises';
import Database from 'better-sqlite3';
import { openTestInstallation } from './testing.ts';

test('what ends sessions or kept pages waits for another process that writes, and holds up nobody meanwhile', async () => {
  await using installation = await openTestInstallation();
  using other = openOther(join(installation.folder, 'trellis.sqlite'));
  for (const path of ['/api/@invalidate', '/api/temp_folder/session_data/@sessions/@end']) {
    other.database.exec('BEGIN IMMEDIATE');
    const answering = installation.ask('POST', path, { body: {} });
    // Longer than any call waits that blocks the process.
    await wait(400);
    other.database.exec('COMMIT');
    const { status, text } = await answering;
    assert.equal(status, 200, text);
  }
});

function openOther(file: string) {
  const database = new Database(file, { timeout: 0 });
  return { database, [Symbol.dispose]: () => database.close() };
}
