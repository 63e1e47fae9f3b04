import assert from 'node:assert/strict';
import { connect } from 'node:net';
import { test } from 'node:test';
import { startMemcached } from './memcached.ts';
import { statesOf } from '../process-state.ts';

test('a started memcached answers, lists its keys, and is gone after kill', async () => {
  await using memcached = await startMemcached();
  assert.deepEqual(await memcached.ask('set some:key 0 60 3\r\nabc'), ['STORED']);
  assert.deepEqual(await memcached.keys(), ['some:key']);
  await memcached.kill();
  await assert.rejects(memcached.ask('version'), { code: 'ECONNREFUSED' });
});

test('a memcached comes back on its port, empty', async () => {
  await using first = await startMemcached();
  await first.ask('set k 0 60 1\r\nx');
  await first.kill();
  await using second = await startMemcached({ port: first.port });
  assert.deepEqual(await second.keys(), []);
});

test('a memcached that was stopped under load stands, with every thread, until it is resumed', async () => {
  await using memcached = await startMemcached();
  const busy = Array.from({ length: 8 }, () => connect(memcached.port, '127.0.0.1').on('error', () => undefined));
  const askMuch = (socket: (typeof busy)[number]) => socket.write('get k\r\n'.repeat(200));
  for (const socket of busy) askMuch(socket.on('data', () => askMuch(socket)));
  for (let round = 0; round < 100; round += 1) {
    await memcached.stop();
    assert.deepEqual([...new Set(await statesOf(memcached.pid))], ['T']);
    memcached.resume();
    assert.match((await memcached.ask('version')).join(), /^VERSION /);
  }
  for (const socket of busy) socket.destroy();
});

test('a memcached listens on a socket path', async () => {
  const socketPath = `/tmp/memcached-test-${process.pid}.sock`;
  await using memcached = await startMemcached({ socketPath });
  assert.equal(memcached.address, socketPath);
  assert.match((await memcached.ask('version')).join(), /^VERSION /);
});
