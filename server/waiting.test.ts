import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setTimeout as wait } from 'node:timers/promises';
import { otherProgramIn } from './storage/testing/data-file.ts';
import { openTestInstallation } from './testing.ts';

const OLGA = { name: 'olga', password: 'seven blue herons', roles: [] };

const REQUESTS: readonly (readonly [method: string, path: string, status: number])[] = [
  ['POST', '/api/@invalidate', 200],
  ['POST', '/api/temp_folder/session_data/@sessions/@end', 200],
  ['POST', '/api/@my-logins/@end-others', 200],
  ['DELETE', '/api/acl_users/@users/olga', 204],
];

test('what is written beside the tree waits for another process that writes, and holds up nobody meanwhile', async () => {
  await using installation = await openTestInstallation();
  const { users, logins, reveals, administrator } = installation.site;
  await users.add(OLGA);
  await logins.begin(users.find('admin')!);
  using other = otherProgramIn(installation.folder);
  const whileOtherWrites = async <Result>(act: () => Promise<Result>): Promise<Result> => {
    other.hold();
    const acting = act();
    // Longer than any call waits that blocks the process.
    await wait(400);
    other.letGo();
    return acting;
  };
  for (const [method, path, status] of REQUESTS) {
    const answer = await whileOtherWrites(() => installation.ask(method, path, { body: {} }));
    assert.equal(answer.status, status, answer.text);
  }
  const reveal = { by: 'admin', address: '192.0.2.1', key: 'k', owner: null, item: null };
  await whileOtherWrites(() => reveals.record({ oid: 7, path: '/mcsdc' }, reveal));
  await whileOtherWrites(() => administrator.makeToken());
});
