import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { after, test } from 'node:test';
import { several, sized } from '../../support/figures.ts';
import { startMemcached } from '../../support/memcached/memcached.ts';
import { RawMemcached, type RawItem } from '../../support/memcached/raw-memcached.ts';
import type { TestServer } from '../../support/server.ts';
import { startSite } from '../../support/sessions-site.ts';
import { resultOf, resultsOf, Visitor } from '../../support/applications/visitor.ts';

// Two installations that were even given the same secret, on one memcached server that anybody can write to.
const memcached = await startMemcached();
const environment = { TRELLIS_SECRETS: randomBytes(32).toString('base64url'), TRELLIS_LOG_LEVEL: 'fatal' };
const [site, neighbour] = await Promise.all(
  [0, 1].map(() => startSite({ servers: [memcached.address] }, { environment })),
);
const raw = new RawMemcached(memcached.port);
after(async () => {
  raw[Symbol.dispose]();
  await Promise.all([site?.[Symbol.asyncDispose](), neighbour?.[Symbol.asyncDispose](), memcached.kill()]);
});

interface Stored {
  readonly visitor: Visitor;
  readonly key: string;
  readonly item: RawItem;
}

const SECRET = 'only mine';

test('a session record with any bit changed is not accepted', async (t) => {
  const { visitor, key, item } = await storedSession(site!);
  const bits = Array.from({ length: item.value.length * 8 }, (_, bit) => bit);
  const statuses = new Map<number, number>();
  for (const bit of bits) {
    const value = Buffer.from(item.value);
    value[bit >> 3]! ^= 1 << (bit & 7);
    await raw.set(key, { ...item, value });
    await refuses(visitor, `bit ${bit}`, statuses);
  }
  await raw.set(key, item);
  assert.equal(resultOf(await visitor.visit('/page', 'get secret')), SECRET);
  t.diagnostic(`${bits.length} bits changed one by one: 0 accepted; ${counts(statuses)}`);
});

test('a session record that is cut, empty, too long or nonsense is not accepted', async (t) => {
  const { visitor, key, item } = await storedSession(site!);
  const { value } = item;
  const cut = Array.from({ length: value.length }, (_, length) => value.subarray(0, length));
  const nonsense = [1, 16, 17, 48, 49, 50, 300, 70_000, 1_000_000].map((length) => randomBytes(length));
  const zeros = [1, 17, 49, 300].map((length) => Buffer.alloc(length));
  const long = [Buffer.concat([value, Buffer.from([0])]), Buffer.concat([value, value])];
  const statuses = new Map<number, number>();
  const records = [...cut, ...nonsense, ...zeros, ...long];
  for (const [index, forged] of records.entries()) {
    await raw.set(key, { ...item, value: forged });
    await refuses(visitor, `record ${index}`, statuses);
  }
  t.diagnostic(`${records.length} records cut, made longer or made up: 0 accepted; ${counts(statuses)}`);
});

test('a session record moved to another key, of this installation or of another with the same secret, is not accepted', async () => {
  const [mine, yours, foreign] = [
    await storedSession(site!),
    await storedSession(site!),
    await storedSession(neighbour!),
  ];
  const statuses = new Map<number, number>();
  for (const target of [yours, foreign]) {
    await raw.set(target.key, mine.item);
    await refuses(target.visitor, 'a swapped record', statuses);
  }
  await raw.set(mine.key, yours.item);
  await refuses(mine.visitor, 'a swapped record', statuses);
});

test('who stores something after a neighbour’s tampering gets a new browser id, and nothing of what was forged', async () => {
  const { visitor, key, item } = await storedSession(site!);
  await raw.set(key, { ...item, value: randomBytes(200) });
  const old = visitor.browserId;
  assert.equal((await visitor.visit('/page', 'set n 1')).status, 200);
  assert.notEqual(visitor.browserId, old);
  assert.deepEqual(resultOf(await visitor.visit('/page', 'all')), { n: 1 });
});

test('other flags and times on a record neither harm it nor stop the server', async () => {
  const { visitor, key, item } = await storedSession(site!);
  for (const flags of [0, 1, 2 ** 31, 2 ** 32 - 1]) {
    await raw.set(key, { ...item, flags });
    assert.equal(resultOf(await visitor.visit('/page', 'get secret')), SECRET);
  }
});

test('two installations on one memcached server never see each other’s sessions', async (t) => {
  const count = sized(300, 10_000);
  let crossed = 0;
  await several(count, 10, async (index) => {
    const mine = await visitorAt(site!, `set n ${index}`);
    const theirs = mine.copy(neighbour!);
    if (resultOf(await theirs.visit('/page', 'get n')) !== null) crossed += 1;
    assert.equal((await theirs.visit('/page', `set n ${-index - 1}`)).status, 200);
    if (resultOf(await mine.visit('/page', 'get n')) !== index) crossed += 1;
    if (resultOf(await theirs.visit('/page', 'get n')) !== -index - 1) crossed += 1;
    if (index % 3 === 0) assert.equal((await theirs.visit('/page', 'invalidate')).status, 200);
    if (resultOf(await mine.visit('/page', 'get n')) !== index) crossed += 1;
  });
  t.diagnostic(`${count} browsers with one and the same id at both installations: ${crossed} cross reads`);
  assert.equal(crossed, 0);
});

test('keys on the server say nothing of the ids that open sessions', async () => {
  const visitor = await visitorAt(site!, 'set n 1');
  const keys = await memcached.keys();
  assert.ok(keys.length > 0);
  for (const key of keys) {
    assert.match(key, /^[A-Za-z0-9:_-]{1,200}$/);
    assert.ok(!key.includes(visitor.browserId.slice(0, 43)));
  }
});

async function visitorAt(at: TestServer, step: string): Promise<Visitor> {
  const visitor = new Visitor(at);
  assert.equal((await visitor.visit('/page', step)).status, 200);
  return visitor;
}

/** A session, with the record that memcached has of it. */
async function storedSession(at: TestServer): Promise<Stored> {
  const before = new Set(await memcached.keys());
  const visitor = await visitorAt(at, `set secret ${JSON.stringify(SECRET)}`);
  const [key, ...others] = (await memcached.keys()).filter((each) => !before.has(each));
  assert.ok(key !== undefined);
  assert.deepEqual(others, []);
  const item = await raw.get(key);
  assert.ok(item !== undefined);
  assert.ok(!item.value.includes(SECRET), 'The record is not sealed.');
  return { visitor, key, item };
}

/** The visitor is answered as if there were no session, or not at all. */
async function refuses(visitor: Visitor, what: string, statuses: Map<number, number>): Promise<void> {
  const answer = await visitor.visit('/page', 'all', 'new');
  statuses.set(answer.status, (statuses.get(answer.status) ?? 0) + 1);
  if (answer.status === 200) assert.deepEqual(resultsOf(answer), [{}, true], what);
  else assert.equal(answer.status, 503, `${what}: ${answer.text}`);
}

function counts(statuses: ReadonlyMap<number, number>): string {
  return [...statuses].map(([status, count]) => `${count} times ${status}`).join(', ');
}
