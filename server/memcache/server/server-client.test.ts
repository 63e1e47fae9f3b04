import assert from 'node:assert/strict';
import { test } from 'node:test';
import { startMemcached, type Memcached } from '../../../e2e/support/memcached/memcached.ts';
import { parseServers } from './addresses.ts';
import { Allowlist } from './allowlist.ts';
import { waitUntil } from '../contract.ts';
import { toExpiry } from '../expiry.ts';
import { ServerClient } from './server-client.ts';

function clientOf(server: Memcached, firstSequence = 0): ServerClient {
  const [address] = parseServers([server.address]).addresses;
  assert.ok(address);
  const { allowlist } = Allowlist.parse();
  const limits = { timeoutMs: 1_000, maxBodyBytes: 1e6 };
  return new ServerClient(
    address,
    { allowlist, ...limits, clock: Date.now, onReady: () => undefined, onChange: () => undefined },
    firstSequence,
  );
}

test('get-and-touch reads a value, with its proof, and prolongs it in one round trip', async () => {
  await using server = await startMemcached();
  const client = clientOf(server);
  const [short, long] = [toExpiry(2, Date.now()), toExpiry(60, Date.now())];
  for (const key of ['touched', 'left']) await client.store('set', key, Buffer.from('x'), short);
  const item = await client.getAndTouch('touched', long.expiration);
  assert.equal(item?.value.toString(), 'x');
  assert.equal(await client.getAndTouch('nothing', long.expiration), undefined);
  await waitUntil(async () => (await client.get('left')) === undefined);
  assert.equal((await client.store('set', 'touched', Buffer.from('y'), long, item)).outcome, 'stored');
  client.close();
});

test('the proof of a write is good for the next write', async () => {
  await using server = await startMemcached();
  const client = clientOf(server);
  const lifetime = toExpiry(60, Date.now());
  let { item } = await client.store('add', 'k', Buffer.from('0'), lifetime);
  for (let turn = 1; turn < 5; turn++) {
    const written = await client.store('set', 'k', Buffer.from(String(turn)), lifetime, item);
    assert.equal(written.outcome, 'stored');
    item = written.item;
  }
  assert.equal((await client.get('k'))?.endsAtS, lifetime.endsAtS, 'when it ends travels with it');
  client.close();
});

test('a server knows when it was started, and its version', async () => {
  const begun = Date.now();
  await using server = await startMemcached();
  const client = clientOf(server);
  // memcached counts whole seconds, and begins to before it listens.
  const startedAt = await client.startedAt();
  assert.ok(startedAt > begun - 4_000 && startedAt <= Date.now(), `${startedAt - begun} ms after it was told to start`);
  assert.equal(client.version, (await client.stats()).get('version'));
  client.close();
});

test('the number of a request goes over 2^31 and 2^32 without an error', async () => {
  await using server = await startMemcached();
  for (const edge of [2 ** 31, 2 ** 32]) {
    const client = clientOf(server, edge - 100);
    await client.store('set', 'k', Buffer.from('x'), toExpiry(60, Date.now()));
    for (let round = 0; round < 100; round++) {
      const items = await Promise.all(Array.from({ length: 100 }, () => client.get('k')));
      assert.ok(items.every((item) => item?.value.toString() === 'x'));
    }
    client.close();
  }
});
