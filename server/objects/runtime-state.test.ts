import assert from 'node:assert/strict';
import { mock, test, type TestContext } from 'node:test';
import { isRuntimeState, RuntimeState } from './runtime-state.ts';
import { openTestTree, type TestTree } from './testing.ts';

interface Line {
  readonly to: unknown;
  readonly former: Promise<void>;
}

/** Lines that notes keep alive, each to where the note leads, and what becomes of them. */
function makeLines({ graceMs, close }: { graceMs?: number; close?: () => Promise<void> } = {}) {
  const events: string[] = [];
  const lines = new RuntimeState<Line>({
    madeFrom: ({ properties }) => properties['to'],
    make({ properties: { to } }, former) {
      events.push(`made ${String(to)}`);
      return { to, former };
    },
    close({ to }) {
      events.push(`closed ${String(to)}`);
      return close?.();
    },
    ...(graceMs !== undefined && { graceMs }),
  });
  return { lines, events };
}

async function planted(): Promise<TestTree> {
  const tree = await openTestTree();
  await tree.change(async (transaction) => {
    transaction.add(await transaction.root(), { type: 'Note', id: 'note', properties: { to: '/a' } });
  });
  return tree;
}

const note = async (tree: TestTree) => (await tree.open()).get('/note');

function lead(tree: TestTree, to: string): Promise<unknown> {
  return tree.change(async (transaction) => transaction.change(await transaction.get('/note'), { properties: { to } }));
}

function timersOf(t: TestContext) {
  t.mock.timers.enable({ apis: ['setTimeout'] });
  return t.mock.timers;
}

test('a value is made once for all requests, and stays where something changes that it was not made from', async () => {
  const tree = await planted();
  const { lines, events } = makeLines();
  const value = lines.of(await note(tree));
  await tree.change(async (transaction) => transaction.change(await transaction.get('/note'), { title: 'New' }));
  assert.equal(lines.of(await note(tree)), value);
  assert.deepEqual(events, ['made /a']);
});

test('where that changes it is closed, and its successor can wait for it', async () => {
  const tree = await planted();
  const closing = Promise.withResolvers<void>();
  const { lines, events } = makeLines({ close: () => closing.promise });
  lines.of(await note(tree));
  await lead(tree, '/b');
  const successor = lines.of(await note(tree));
  const waited = successor.former.then(() => events.push('former is closed'));
  assert.deepEqual(events, ['made /a', 'closed /a', 'made /b']);
  closing.resolve();
  await waited;
  assert.equal(events.at(-1), 'former is closed');
});

test('a request that began before the change uses what the change made', async () => {
  const tree = await planted();
  const { lines, events } = makeLines();
  const earlier = await note(tree);
  lines.of(earlier);
  await lead(tree, '/b');
  assert.equal(lines.of(await note(tree)).to, '/b');
  assert.equal(lines.of(earlier).to, '/b');
  assert.deepEqual(events, ['made /a', 'closed /a', 'made /b']);
});

test('what has a time of grace goes on for it, for requests that still use it; its end and the tree’s are one', async (t) => {
  const timers = timersOf(t);
  const tree = await planted();
  const { lines, events } = makeLines({ graceMs: 1000 });
  lines.of(await note(tree));
  await lead(tree, '/b');
  lines.of(await note(tree));
  timers.tick(999);
  assert.deepEqual(events, ['made /a', 'made /b']);
  timers.tick(1);
  assert.equal(events.at(-1), 'closed /a');
  await lead(tree, '/c');
  lines.of(await note(tree));
  await tree.database.close();
  timers.tick(1000);
  assert.deepEqual(events.slice(3).toSorted(), ['closed /b', 'closed /c', 'made /c']);
});

test('what belongs to an object that is gone is closed, and made anew where it is needed again', async () => {
  const tree = await planted();
  const { lines, events } = makeLines();
  const object = await note(tree);
  lines.of(object);
  lines.drop(object);
  lines.drop(object);
  lines.of(object);
  assert.deepEqual(events, ['made /a', 'closed /a', 'made /a']);
});

test('what is being closed already is waited for when the tree ends, and not closed twice', async () => {
  const tree = await planted();
  const closing = Promise.withResolvers<void>();
  const { lines, events } = makeLines({ close: () => closing.promise });
  const object = await note(tree);
  lines.of(object);
  lines.drop(object);
  const ended = tree.database.close().then(() => events.push('the tree is closed'));
  closing.resolve();
  await ended;
  assert.deepEqual(events, ['made /a', 'closed /a', 'the tree is closed']);
});

test('a value that cannot be closed is told of in the log, and keeps nobody from its successor', async () => {
  const tree = await planted();
  const told = mock.method(tree.database.log, 'error');
  const { lines } = makeLines({ close: () => Promise.reject(new Error('It is stuck.')) });
  lines.of(await note(tree));
  await lead(tree, '/b');
  await lines.of(await note(tree)).former;
  assert.equal(told.mock.callCount(), 1);
  assert.equal(tree.database.closables.size, 1);
});

test('two trees in one process share nothing', async () => {
  const [one, other] = [await planted(), await planted()];
  const { lines, events } = makeLines();
  assert.notEqual(lines.of(await note(one)), lines.of(await note(other)));
  await one.database.close();
  assert.deepEqual(events, ['made /a', 'made /a', 'closed /a']);
});

test('a value is known as one, and so is what it is a promise of', async () => {
  const tree = await planted();
  const promised = {};
  const lines = new RuntimeState({ madeFrom: () => '', make: () => Promise.resolve(promised), close: () => {} });
  const value = lines.of(await note(tree));
  await value;
  assert.deepEqual([isRuntimeState(promised), isRuntimeState({})], [true, false]);
  const { lines: others } = makeLines();
  assert.ok(isRuntimeState(others.of(await note(tree))));
});
