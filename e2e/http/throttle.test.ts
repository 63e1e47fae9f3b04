import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { ADMIN_PASSWORD, basic, startServer } from '../support/server.ts';
import { clientOf, managerOf, sameOrigin } from './client.ts';

const environment = { TRELLIS_TRUST_PROXY: 'loopback' };
const server = await startServer({ environment });
after(() => server[Symbol.asyncDispose]());

/** A browser at an address, as a trusted proxy tells it. */
const at = (address: string) => clientOf(server, { ...sameOrigin(server), 'x-forwarded-for': address });
const guess = (address: string, name: string, password = 'a wrong password') =>
  at(address)('/api/@login', { body: { name, password } });

test('after five wrong tries the next has to wait, and is told how long', async () => {
  for (let tries = 0; tries < 5; tries += 1) assert.equal((await guess('203.0.113.1', 'admin')).status, 401);
  await guess('203.0.113.1', 'admin');
  const answer = await guess('203.0.113.1', 'admin');
  assert.equal(answer.status, 429);
  const seconds = Number(answer.headers['retry-after']);
  assert.ok(seconds >= 1 && seconds <= 2, String(seconds));
  assert.equal(answer.json()['detail'], `Too many tries. Wait ${seconds} s.`);
});

test('guesses from many addresses at one account count together', async () => {
  const statuses: number[] = [];
  for (let from = 1; from <= 12; from += 1) statuses.push((await guess(`198.51.100.${from}`, 'nobody')).status);
  assert.ok(statuses.filter((status) => status === 401).length <= 7, statuses.join());
  assert.equal(statuses.at(-1), 429);
});

test('tries that are sent at once do not slip through', async () => {
  const all = await Promise.all(Array.from({ length: 40 }, () => guess('203.0.113.7', 'somebody')));
  const reached = all.filter(({ status }) => status === 401).length;
  assert.ok(reached <= 7, `${reached} of 40 reached the password check`);
  for (const { status } of all) assert.ok(status === 401 || status === 429, String(status));
});

test('an address from which one signs in is not locked out by what others try', async () => {
  const own = await waitUntilAllowed(() => guess('192.0.2.10', 'admin', ADMIN_PASSWORD));
  assert.equal(own.status, 200);
  for (let tries = 0; tries < 10; tries += 1) await guess('203.0.113.50', 'admin');
  assert.equal((await guess('203.0.113.50', 'admin')).status, 429);
  assert.equal((await guess('192.0.2.10', 'admin', ADMIN_PASSWORD)).status, 200);
});

test('wrong Basic credentials are slowed down in the same way', async () => {
  const client = clientOf(server, {
    authorization: basic('basic_user', 'wrong one'),
    'x-forwarded-for': '203.0.113.77',
  });
  const statuses: number[] = [];
  for (let tries = 0; tries < 9; tries += 1) statuses.push((await client('/api/')).status);
  assert.deepEqual(statuses.slice(0, 5), [401, 401, 401, 401, 401]);
  assert.equal(statuses.at(-1), 429);
});

test('who reads pages does not wait for who guesses', async () => {
  const manager = managerOf(server);
  await waitUntilAllowed(() => manager('/api/'));
  const guesses = Promise.all(Array.from({ length: 30 }, (_, user) => guess(`192.0.2.${user}`, `user${user}`)));
  const times: number[] = [];
  for (let reads = 0; reads < 30; reads += 1) {
    const start = performance.now();
    assert.equal((await clientOf(server)('/')).status, 200);
    times.push(performance.now() - start);
  }
  await guesses;
  const median = times.toSorted((a, b) => a - b)[15] ?? 0;
  assert.ok(median < 100, `a page takes ${median.toFixed(0)} ms while 30 passwords are checked`);
});

/** Repeats a try for as long as it is told to wait. */
async function waitUntilAllowed(attempt: () => ReturnType<typeof guess>): ReturnType<typeof guess> {
  for (;;) {
    const answer = await attempt();
    if (answer.status !== 429) return answer;
    const waitMs = Number(answer.headers['retry-after']) * 1000;
    await new Promise((resolve) => setTimeout(resolve, waitMs));
  }
}
