import assert from 'node:assert/strict';
import { after, beforeEach, test } from 'node:test';
import { sized } from '../../support/figures.ts';
import { startMemcached } from '../../support/memcached/memcached.ts';
import { changeProperties, startSite } from '../../support/sessions-site.ts';
import { resultOf, resultsOf, Visitor } from '../../support/applications/visitor.ts';

const memcached = await startMemcached();
const site = await startSite({ servers: [memcached.address], container: { resolution_seconds: 1 } });
after(async () => {
  await Promise.all([site[Symbol.asyncDispose](), memcached.kill()]);
});

const MINUTE_MS = 60_000;
const DEFAULTS = { timeout_minutes: 20, max_lifetime_minutes: 0, resolution_seconds: 1 };

beforeEach(() => changeProperties(site, '/mcsdc', DEFAULTS));

test('a session is readable at once whatever its timeout, up to a year and without end', async (t) => {
  const lifetimes = [1, 43_199, 43_200, 43_201, 527_040, 0];
  for (const timeout_minutes of lifetimes) {
    await changeProperties(site, '/mcsdc', { timeout_minutes });
    const visitor = await newVisitor();
    assert.equal(resultOf(await visitor.visit('/page', 'get n')), 1, `${timeout_minutes} minutes`);
    const expiry = Math.min(...(await expiries()));
    assert.ok(expiry === -1 || expiry > Date.now() / 1000 + 60, `memcached drops it at ${expiry}`);
  }
  t.diagnostic(`timeouts of ${lifetimes.join(', ')} minutes (0: none): ${lifetimes.length} readable`);
});

test('a session ends when it is not used for its idle timeout, and each use begins it anew', async () => {
  await changeProperties(site, '/mcsdc', { timeout_minutes: 1 });
  const visitor = await newVisitor();
  for (let use = 0; use < 4; use += 1) {
    await passTime(0.7 * MINUTE_MS);
    assert.equal(resultOf(await visitor.visit('/page', 'get n')), 1);
  }
  await passTime(1.1 * MINUTE_MS);
  assert.deepEqual(resultsOf(await visitor.visit('/page', 'get n', 'new')), [null, true]);
});

test('a session ends after its longest life, however much it is used and changed', async () => {
  await changeProperties(site, '/mcsdc', { timeout_minutes: 2, max_lifetime_minutes: 2 });
  const visitor = await newVisitor();
  for (let age = 25; age < 120; age += 25) {
    await passTime(25_000);
    assert.equal(resultOf(await visitor.post('/page', 'get n', 'add uses 1')), 1);
  }
  await passTime(25_000);
  assert.deepEqual(resultsOf(await visitor.visit('/page', 'get n', 'new')), [null, true]);
});

test('another timeout applies to every session at its next use', async () => {
  const visitor = await newVisitor();
  await passTime(5 * MINUTE_MS);
  await changeProperties(site, '/mcsdc', { timeout_minutes: 4 });
  assert.equal(resultOf(await visitor.visit('/page', 'get n')), null);
  await changeProperties(site, '/mcsdc', { timeout_minutes: 20 });
  assert.equal(resultOf(await visitor.visit('/page', 'get n')), 1);
});

test('what is stored after a timeout is a new session, with nothing of the old one', async () => {
  const visitor = await newVisitor();
  await passTime(21 * MINUTE_MS);
  assert.equal((await visitor.visit('/page', 'set m 2')).status, 200);
  assert.deepEqual(resultOf(await visitor.visit('/page', 'all')), { m: 2 });
});

test('clocks that differ by half a minute end no session early', async () => {
  await changeProperties(site, '/mcsdc', { timeout_minutes: 1 });
  await passTime(30_000);
  const ahead = await newVisitor();
  await passTime(-30_000);
  assert.equal(resultOf(await ahead.visit('/page', 'get n')), 1);
  assert.equal((await ahead.visit('/page', 'add n 1')).status, 200);
  await passTime(30_000);
  assert.equal(resultOf(await ahead.visit('/page', 'get n')), 2);
});

test('reading a session writes at most once per resolution, and a page without a session sends memcached nothing', async (t) => {
  await changeProperties(site, '/mcsdc', { resolution_seconds: 20 });
  const visitor = await newVisitor();
  await passTime(21_000);
  const before = await commands();
  for (let visit = 0; visit < 100; visit += 1) await visitor.visit('/page', 'get n');
  const reading = await commands();
  for (let visit = 0; visit < 100; visit += 1) await visitor.ask('/plain');
  for (let visit = 0; visit < 100; visit += 1) await visitor.visit('/page', 'wait 0');
  const without = await commands();
  t.diagnostic(
    `100 visits that read: ${reading.get - before.get} gets, ${reading.set - before.set} sets; ` +
      `200 that do not: ${without.get - reading.get} gets, ${without.set - reading.set} sets`,
  );
  assert.ok(reading.set - before.set <= 1);
  assert.ok(reading.get - before.get <= 100);
  assert.deepEqual(without, reading);
});

// Takes three minutes of real time.
if (sized(0, 1) === 1)
  test('memcached itself drops a session some time after its timeout', async () => {
    await changeProperties(site, '/mcsdc', { timeout_minutes: 1 });
    const visitor = await newVisitor();
    const known = (await memcached.keys()).length;
    await pause(50_000);
    assert.equal(resultOf(await visitor.copy().visit('/page', 'get n')), 1);
    await pause(62_000);
    assert.equal(resultOf(await visitor.visit('/page', 'get n')), null);
    await pause(65_000);
    assert.ok((await memcached.keys()).length < known);
  });

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}

async function newVisitor(): Promise<Visitor> {
  const visitor = new Visitor(site);
  assert.equal((await visitor.visit('/page', 'set n 1')).status, 200);
  return visitor;
}

/** By the clock of the server process; memcached's goes on as it is. */
async function passTime(ms: number): Promise<void> {
  assert.equal((await new Visitor(site).visit('/page', `clock ${ms}`)).status, 200);
}

/** When memcached drops each item: seconds since 1970, -1 for never. */
async function expiries(): Promise<readonly number[]> {
  const lines = (await memcached.ask('lru_crawler metadump all')).flatMap((text) => text.split('\n'));
  return lines.flatMap((line) => (/exp=(-?\d+)/.exec(line) ?? []).slice(1).map(Number));
}

async function commands(): Promise<{ readonly get: number; readonly set: number }> {
  const stats = new Map((await memcached.ask('stats')).map((line) => line.split(' ').slice(1) as [string, string]));
  const count = (name: string) => Number(stats.get(name));
  return { get: count('cmd_get') + count('cmd_touch'), set: count('cmd_set') };
}
