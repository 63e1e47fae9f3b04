import assert from 'node:assert/strict';
import { mock, test } from 'node:test';
import { openTestTree } from './testing.ts';

test('what is found out late about an older state takes nothing away from what is known of the newest', async () => {
  const tree = await openTestTree();
  const earlier = await tree.open();
  await tree.change(async (transaction) => transaction.add(await transaction.root(), { type: 'Note', id: 'note' }));
  const newest = await tree.open();
  assert.equal(await newest.remembered('state', async () => 'new'), 'new');
  assert.equal(await earlier.remembered('state', async () => 'old'), 'old');
  assert.equal(await newest.remembered('state', async () => 'newer'), 'new');
});

test('a change in memory alone begins a new state, too', async () => {
  const tree = await openTestTree();
  await tree.change(async (transaction) => {
    transaction.add(await transaction.root(), { type: 'Temporary Folder', id: 'temp' });
  });
  assert.equal(await (await tree.open()).remembered('state', async () => 1), 1);
  await tree.change(async (transaction) =>
    transaction.add(await transaction.get('/temp'), { type: 'Note', id: 'note' }),
  );
  assert.equal(await (await tree.open()).remembered('state', async () => 2), 2);
});

test('a tree closes what its objects keep alive before the storages', async () => {
  const { database } = await openTestTree();
  const events: string[] = [];
  for (const { storage } of [database.main, database.memory])
    mock.method(storage, 'close', () => events.push('storage'));
  const closed = Promise.withResolvers<void>();
  database.closables.add({ path: '/slow', close: () => closed.promise.then(() => void events.push('value')) });
  const ended = database.close();
  closed.resolve();
  await ended;
  assert.deepEqual(events, ['value', 'storage', 'storage']);
});

test('what cannot be closed keeps nothing else from it, and is told of in the end with the path that it belongs to', async () => {
  const { database } = await openTestTree();
  const fine = mock.fn(async () => {});
  const failing = { path: '/stuck', close: () => Promise.reject(new Error('It is stuck.')) };
  for (const closable of [failing, { path: '/fine', close: fine }]) database.closables.add(closable);
  const storage = mock.method(database.main.storage, 'close');
  await assert.rejects(database.close(), (error: AggregateError) => {
    assert.equal(error.message, "What '/stuck' keeps alive could not be closed: It is stuck.");
    return error.errors.length === 1;
  });
  assert.deepEqual([fine.mock.callCount(), storage.mock.callCount()], [1, 1]);
});

test('nothing is waited for without end', async (t) => {
  t.mock.timers.enable({ apis: ['setTimeout'] });
  const { database } = await openTestTree();
  database.closables.add({ path: '/endless', close: () => new Promise<void>(() => {}) });
  const ended = assert.rejects(database.close(), /What '\/endless' keeps alive .*: It took longer than 5 s\./);
  t.mock.timers.tick(5_000);
  await ended;
});
