import assert from 'node:assert/strict';
import { test } from 'node:test';
import { startMemcached } from '../../../e2e/support/memcached/memcached.ts';
import { newKey, versioned } from '../contract.ts';
import { clusterOf, several } from '../testing.ts';

test('a server that is down, frozen, or takes no text is named, and the others are listed', async () => {
  await using up = await startMemcached();
  await using down = await startMemcached();
  await using frozen = await startMemcached();
  await using binary = await startMemcached();
  await down.kill();
  await binary.kill();
  const store = clusterOf([up], { prefix: 'p:' });
  await store.set('k', versioned('x'), 60);
  await using textless = await startBinary(binary.port);
  await frozen.stop();
  const all = clusterOf([up, down, frozen, textless], { prefix: 'p:', timeoutMs: 1_000 });
  const { keys, walked, unreachable } = await all.keys('', 10);
  assert.deepEqual(
    keys.map(({ key, servers }) => [key, servers]),
    [['k', [up.address]]],
  );
  assert.deepEqual(walked, [up.address]);
  assert.deepEqual(
    unreachable.map(({ address, reason }) => [address, reason.short]),
    [
      [down.address, 'refused'],
      [frozen.address, 'did not answer within 1000 ms'],
      [textless.address, 'refuses the text protocol'],
    ],
  );
  frozen.resume();
  await Promise.all([store.close(), all.close()]);
});

test('an address that is not allowed is not connected to', async () => {
  const store = clusterOf([{ address: '169.254.1.1:11211' }]);
  const { unreachable } = await store.keys('', 10);
  assert.equal(unreachable[0]?.reason.short, 'was not asked: TRELLIS_MEMCACHED_ALLOW does not allow its address');
  await store.close();
});

test('many walks at once, of two clusters over the same servers, each find everything', async () => {
  await using servers = await several(2);
  const stores = [clusterOf(servers.all), clusterOf(servers.all)];
  const prefix = `${newKey()}:`;
  await Promise.all(
    Array.from({ length: 2_000 }, (_, index) => stores[0]!.set(`${prefix}${index}`, versioned('x'), 60)),
  );
  const walks = await Promise.all(Array.from({ length: 10 }, (_, index) => stores[index % 2]!.keys(prefix, 5_000)));
  for (const { keys, unreachable } of walks) {
    assert.deepEqual(unreachable, []);
    assert.equal(keys.length, 2_000);
  }
  await Promise.all(stores.map((store) => store.close()));
});

/** A memcached that takes the binary protocol alone: it closes the connection on the first word of text. */
async function startBinary(port: number): Promise<{ readonly address: string } & AsyncDisposable> {
  const { spawn } = await import('node:child_process');
  const { once } = await import('node:events');
  const { connect } = await import('node:net');
  const child = spawn('memcached', ['-u', 'root', '-U', '0', '-B', 'binary', '-l', '127.0.0.1', '-p', String(port)]);
  const isUp = () =>
    new Promise<boolean>((resolve) => {
      const socket = connect(port, '127.0.0.1', () => (socket.destroy(), resolve(true)));
      socket.once('error', () => resolve(false));
    });
  while (!(await isUp())) assert.equal(child.exitCode, null);
  return {
    address: `127.0.0.1:${port}`,
    async [Symbol.asyncDispose]() {
      child.kill('SIGKILL');
      await once(child, 'exit');
    },
  };
}
