import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer, type AddressInfo } from 'node:net';
import { test } from 'node:test';
import { startChaosProxy } from '../../../e2e/support/network/chaos-proxy.ts';
import { startMemcached } from '../../../e2e/support/memcached/memcached.ts';
import { Allowlist } from '../server/allowlist.ts';
import { versioned } from '../contract.ts';
import { ServerUnreachable } from '../errors.ts';
import { clusterOf, failure } from '../testing.ts';

const TIMEOUT_MS = 500;

test('a port that does not speak memcached gets 24 bytes and no more', async () => {
  const received: Buffer[] = [];
  const banner = { redis: '-ERR unknown command\r\n', http: 'HTTP/1.1 400 Bad Request\r\n\r\n', silent: '' };
  for (const [name, answer] of Object.entries(banner)) {
    const listener = createServer((socket) => {
      socket.on('data', (chunk: Buffer) => {
        received.push(chunk);
        socket.write(answer);
      });
      socket.on('error', () => undefined);
    }).listen(0, '127.0.0.1');
    await once(listener, 'listening');
    const address = `127.0.0.1:${(listener.address() as AddressInfo).port}`;
    const store = clusterOf([{ address }], { timeoutMs: TIMEOUT_MS });
    const { error } = await failure(store.set('k', versioned('a secret'), 60));
    assert.ok(error instanceof ServerUnreachable, name);
    assert.ok(!error.message.includes('ERR') && !error.message.includes('HTTP'), 'what it said is not repeated');
    await store.close();
    listener.close();
  }
  assert.deepEqual(
    received.map((chunk) => chunk.length),
    [24, 24, 24],
  );
  assert.ok(received.every((chunk) => chunk[1] === 0x0b));
});

test('an address that is not allowed is never connected to', async () => {
  await using server = await startMemcached();
  await using proxy = await startChaosProxy(server.port);
  const { allowlist } = Allowlist.parse('10.0.0.0/8');
  for (const host of ['127.0.0.1', 'localhost', '[::ffff:7f00:1]']) {
    const store = clusterOf([{ address: `${host}:${proxy.port}` }], { allowlist });
    const { error } = await failure(store.get('k'));
    assert.match(
      error.message,
      /is not an allowed address; TRELLIS_MEMCACHED_ALLOW of this server or application says/,
    );
    await store.close();
  }
  assert.equal(proxy.connections, 0);
});

test('a name that does not resolve says so', async () => {
  const store = clusterOf([{ address: 'no-such-host.invalid:11211' }], { timeoutMs: 5_000 });
  const { error } = await failure(store.get('k'));
  assert.equal(
    error.message,
    "Can't reach memcache server! no-such-host.invalid:11211 has a name that does not resolve.",
  );
  await store.close();
});
