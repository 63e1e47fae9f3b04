import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { Live, tellAnyChange, tellChanges } from './live.ts';
import { TestHost } from './testing.ts';

suite('an element that is live', () => {
  test('looks again when something of its kinds changed, while it is on the page', async () => {
    const host = new TestHost();
    let looks = 0;
    new Live(host, ['tree', 'proxy'], () => (looks += 1));
    tellChanges(['tree']);
    host.connect();
    tellChanges(['users']);
    assert.equal(looks, 0);
    for (const tell of [() => tellChanges(['tree', 'users']), () => tellChanges(['proxy']), tellAnyChange]) {
      tell();
      await nextTurn();
    }
    assert.equal(looks, 3);
    host.disconnect();
    tellAnyChange();
    assert.equal(looks, 3);
  });

  test('looks once more after a look during which something changed, and never twice at once', async () => {
    const host = new TestHost();
    const looks: PromiseWithResolvers<void>[] = [];
    new Live(host, ['tree'], () => {
      looks.push(Promise.withResolvers());
      return looks.at(-1)!.promise;
    });
    host.connect();
    for (let change = 0; change < 5; change += 1) tellChanges(['tree']);
    await nextTurn();
    assert.equal(looks.length, 1);
    looks[0]!.reject(new Error('out of reach'));
    await nextTurn();
    assert.equal(looks.length, 2, 'also after one that failed');
    looks[1]!.resolve();
    await nextTurn();
    assert.equal(looks.length, 2);
  });
});
