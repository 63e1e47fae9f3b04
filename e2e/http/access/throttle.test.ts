import assert from 'node:assert/strict';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { after, test } from 'node:test';
import { ADMIN_PASSWORD, basic, startServer } from '../../support/server.ts';
import { clientOf, managerOf, sameOrigin } from '../client.ts';

const environment = { TRELLIS_TRUST_PROXY: 'loopback' };
const server = await startServer({ environment });
after(() => server[Symbol.asyncDispose]());

/** A browser at an address, as a trusted proxy tells it. */
const at = (address: string) => clientOf(server, { ...sameOrigin(server), 'x-forwarded-for': address });
const guess = (address: string, name: string, password = 'a wrong password') =>
  at(address)('/api/@login', { body: { name, password } });

test('after five wrong tries the next has to wait, and is told how long', async () => {
  for (let tries = 0; tries < 5; tries += 1) assert.equal((await guess('203.0.113.1', 'admin')).status, 401);
  const { answer } = await untilRefused(() => guess('203.0.113.1', 'admin'));
  const seconds = Number(answer.headers['retry-after']);
  assert.ok(seconds >= 1, String(seconds));
  assert.equal(answer.json()['detail'], `Too many tries. Wait ${seconds} s.`);
});

test('guesses from many addresses at one account count together', async () => {
  const { tries } = await untilRefused((from) => guess(`198.51.100.${from}`, 'nobody'));
  assert.ok(tries > 5, `${tries} tries`);
});

test('tries that are sent at once do not slip through', async () => {
  const begun = performance.now();
  const all = await Promise.all(Array.from({ length: 40 }, () => guess('203.0.113.7', 'somebody')));
  assertSixAndWaits(all, begun);
});

test('an address from which one signs in is not locked out by what others try', async () => {
  const own = await waitUntilAllowed(() => guess('192.0.2.10', 'admin', ADMIN_PASSWORD));
  assert.equal(own.status, 200);
  await untilRefused(() => guess('203.0.113.50', 'admin'));
  assert.equal((await guess('192.0.2.10', 'admin', ADMIN_PASSWORD)).status, 200);
});

test('wrong Basic credentials are slowed down in the same way', async () => {
  const client = clientOf(server, {
    authorization: basic('basic_user', 'wrong one'),
    'x-forwarded-for': '203.0.113.77',
  });
  const { tries } = await untilRefused(() => client('/api/'));
  assert.ok(tries > 5, `${tries} tries`);
});

test('who reads pages does not wait for who guesses', async () => {
  const manager = managerOf(server);
  await waitUntilAllowed(() => manager('/api/'));
  let isGuessing = true;
  const guesses = Promise.all(Array.from({ length: 30 }, (_, user) => guess(`192.0.2.${user}`, `user${user}`)));
  const checked = guesses.finally(() => (isGuessing = false));
  let pages = 0;
  // Not over the connections of those who guess.
  for (; isGuessing; pages += 1) {
    const page = await fetch(server.url);
    assert.equal(page.status, 200);
    await page.text();
  }
  for (const { status } of await checked) assert.equal(status, 401);
  assert.ok(pages > 5, `${pages} pages while 30 passwords were checked`);
});

test('two processes count wrong passwords together, by sign-in and by Basic: six in all, and no more after a restart', async () => {
  await using other = await startServer({ environment, data: server.data });
  const tryAt = (port: number, number: number) => {
    const from = { 'x-forwarded-for': `192.0.2.${100 + number}` };
    const body = { name: 'shared', password: 'a wrong password' };
    if (number % 2 === 0)
      return clientOf({ port }, { ...sameOrigin({ url: `http://127.0.0.1:${port}` }), ...from })('/api/@login', {
        body,
      });
    return clientOf({ port }, { authorization: basic(body.name, body.password), ...from })('/api/');
  };
  const ports = [server.port, other.port];
  const begun = performance.now();
  const all = await Promise.all(Array.from({ length: 24 }, (_, number) => tryAt(ports[(number >> 1) % 2]!, number)));
  assertSixAndWaits(all, begun);

  await other.stop();
  await using again = await startServer({ environment, data: server.data });
  const restarted = performance.now();
  const afterwards: Answered[] = [];
  const { answer: refusal } = await untilRefused(async (number) => {
    const answer = await tryAt(again.port, number);
    afterwards.push(answer);
    return answer;
  });
  const refused = performance.now();
  const elsewhere = await tryAt(server.port, 0);
  // Told in whole seconds, of which the last may have been nearly over.
  const isOver = performance.now() - refused > (Number(refusal.headers['retry-after']) - 1) * 1000;
  assert.ok(isOver || elsewhere.status === 429, 'the other process knows of the wait');
  assertSixAndWaits([...all, ...afterwards, elsewhere], begun);
  // One wait was over by then, at the most, and each further one is a longer one.
  assert.ok(afterwards.length - 1 <= 1 + waitsSince(restarted), `${afterwards.length} tries after a restart`);
});

test('while another program holds the data file locked, a process counts by itself', async () => {
  const tryOnce = (number: number) =>
    clientOf(server, { authorization: basic('locked', `wrong ${number}`), 'x-forwarded-for': '203.0.113.99' })('/api/');
  using file = new DatabaseSync(join(server.data, 'trellis.sqlite'));
  file.exec('BEGIN IMMEDIATE');
  const begun = performance.now();
  const all = await Promise.all(Array.from({ length: 8 }, (_, number) => tryOnce(number)));
  assertSixAndWaits(all, begun);
  file.exec('ROLLBACK');
  assert.equal((await untilRefused(tryOnce)).answer.status, 429);
});

type Answered = Awaited<ReturnType<typeof guess>>;

/** How many waits of 1 s, 2 s, 4 s … there was time for. */
function waitsSince(time: number): number {
  return Math.floor(Math.log2((performance.now() - time) / 1000 + 1));
}

/** Six of the tries were checked, and as many more as there was time for: after the sixth one waits 1 s, then 2 s, then 4 s … */
function assertSixAndWaits(all: readonly Pick<Answered, 'status'>[], begun: number) {
  const waits = waitsSince(begun);
  const checked = all.filter(({ status }) => status === 401).length;
  assert.ok(
    checked >= 6 && checked <= 6 + waits,
    `${checked} of ${all.length} were checked, with time for ${waits} waits`,
  );
  assert.equal(all.filter(({ status }) => status === 429).length, all.length - checked);
}

/** Repeats a wrong try until it has to wait. The waits grow, so that they outlast the tries of the slowest machine. */
async function untilRefused(attempt: (number: number) => ReturnType<typeof guess>) {
  for (let tries = 1; tries <= 60; tries += 1) {
    const answer = await attempt(tries);
    if (answer.status === 429) return { answer, tries };
    assert.equal(answer.status, 401);
  }
  return assert.fail('60 tries, and none had to wait');
}

/** Repeats a try for as long as it is told to wait. */
async function waitUntilAllowed(attempt: () => ReturnType<typeof guess>): ReturnType<typeof guess> {
  for (;;) {
    const answer = await attempt();
    if (answer.status !== 429) return answer;
    const waitMs = Number(answer.headers['retry-after']) * 1000;
    await new Promise((resolve) => setTimeout(resolve, waitMs));
  }
}
