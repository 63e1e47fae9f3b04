import assert from 'node:assert/strict';
import { mock, test } from 'node:test';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { Background } from './background.ts';
import type { Log } from './log.ts';

function watched() {
  const said: string[] = [];
  // At one level: whoever hears that something fails hears that it does no more.
  const log = { warn: (...given: unknown[]) => void said.push(String(given.at(-1))) } as unknown as Log;
  return { background: new Background(log), said };
}

for (const [how, fail] of [
  ['throws', () => assert.fail('no room')],
  ['rejects', async () => assert.fail('no room')],
] as const) {
  test(`a task that ${how} reaches nobody, and the log says so once until it succeeds again`, async () => {
    const { background, said } = watched();
    for (let time = 0; time < 100; time += 1) {
      background.do('sweep the floor', fail);
      await nextTurn();
    }
    assert.deepEqual(said, ['Could not sweep the floor. It is tried again; this is said once']);
    background.do('sweep the floor', () => undefined);
    background.do('sweep the floor', () => undefined);
    assert.equal(said[1], 'Could sweep the floor again');
    background.do('sweep the floor', fail);
    await nextTurn();
    assert.equal(said.length, 3);
  });
}

test('a task that is under way still is not begun again', async () => {
  const { background } = watched();
  const { promise, resolve } = Promise.withResolvers<void>();
  let begun = 0;
  const begin = () => {
    begun += 1;
    return promise;
  };
  background.do('wait', begin);
  background.do('wait', begin);
  assert.equal(begun, 1);
  resolve();
  await nextTurn();
  background.do('wait', begin);
  assert.equal(begun, 2);
});

test('what is done again and again goes on after a failure, until it is closed', async () => {
  mock.timers.enable({ apis: ['setInterval'] });
  try {
    const { background, said } = watched();
    let tries = 0;
    background.every(1000, 'count', () => {
      tries += 1;
      if (tries < 3) throw new Error('not yet');
    });
    mock.timers.tick(2000);
    assert.equal(tries, 3);
    assert.deepEqual(said.at(-1), 'Could count again');
    background.close();
    mock.timers.tick(5000);
    assert.equal(tries, 3);
  } finally {
    mock.timers.reset();
  }
});
