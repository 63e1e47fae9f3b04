import assert from 'node:assert/strict';
import { test } from 'node:test';
import { startMemcached } from '../../../e2e/support/memcached/memcached.ts';
import { textOf, versioned } from '../contract.ts';
import { clusterOf, failure } from '../testing.ts';

test('a full server that refuses is a refusal, not a lost value', async () => {
  await using server = await startMemcached({ args: ['-M', '-m', '8'] });
  const store = clusterOf([server]);
  let stored = 0;
  const { error } = await failure(
    (async () => {
      for (; stored < 100; stored++) await store.set(`k${stored}`, versioned('x'.repeat(500_000)), 60);
    })(),
  );
  assert.equal(error.message, `The memcached server ${server.address} is full and refuses new values.`);
  for (let index = 0; index < stored; index++) assert.ok(await store.get(`k${index}`));
  await store.close();
});

for (const size of [200, 50_000]) {
  test(`what a full server refuses is counted, of values of ${size} bytes`, async () => {
    await using server = await startMemcached({ args: ['-M', '-m', '8'] });
    const store = clusterOf([server]);
    let refused = 0;
    for (let number = 0; refused < 20; number++) {
      await store.set(`k${number}`, versioned('x'.repeat(size)), 60).catch((error: Error) => {
        assert.match(error.message, /is full and refuses new values/);
        refused += 1;
      });
    }
    const [status] = await store.servers();
    assert.equal(status?.refusals, refused);
    await store.close();
  });
}

test('a value that has no room to grow on a full server stays as it was', async () => {
  await using server = await startMemcached({ args: ['-M', '-m', '8'] });
  const store = clusterOf([server]);
  const small = (number: number) => versioned(`${number}`.padEnd(20_000));
  let stored = 0;
  await failure(
    (async () => {
      for (; stored < 1_000; stored++) await store.set(`k${stored}`, small(stored), 60);
    })(),
  );
  let refused = 0;
  for (let number = 0; number < stored; number++) {
    const cas = (await store.get(`k${number}`))?.cas;
    const grown = await store.set(`k${number}`, versioned('x'.repeat(200_000)), 60, cas).catch((error: Error) => error);
    if (grown === 'stored') continue;
    assert.match(String(grown), /is full and refuses new values/);
    refused += 1;
    const left = await store.get(`k${number}`);
    assert.equal(textOf(left)?.trim(), `${number}`);
  }
  assert.ok(refused > 0);
  await store.close();
});
