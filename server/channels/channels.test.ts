import assert from 'node:assert/strict';
import { suite, test, type TestContext } from 'node:test';
import { setImmediate as nextTurn } from 'node:timers/promises';
import type { Kind } from '../../schema/live.ts';
import { Background } from '../base/background.ts';
import { NotSignedIn, Unavailable, type Problem } from '../base/errors.ts';
import { openLog } from '../base/log.ts';
import { requestOf } from '../publisher/testing.ts';
import { Changes } from './changes.ts';
import { Channels } from './channels.ts';

const head = requestOf('GET', '/api/@events');

/** Channels on a clock of the test's. What its look tells next is put into `news`. */
function channelsOn(t: TestContext, options: { most?: number; mostOfUser?: number } = {}) {
  t.mock.timers.enable({ apis: ['setInterval', 'setTimeout'] });
  const news: Kind[] = [];
  const state = { looks: 0, refusal: undefined as Error | undefined, asked: 0 };
  const channels = new Channels({
    background: new Background(openLog('silent')),
    looks: [
      {
        task: 'look',
        run: (tell) => {
          state.looks += 1;
          tell(...news.splice(0));
        },
      },
    ],
    requireListener: async () => {
      state.asked += 1;
      if (state.refusal) throw state.refusal;
    },
    ...options,
  });
  const pass = async (seconds: number) => {
    for (let tenth = 0; tenth < seconds * 10; tenth += 1) {
      t.mock.timers.tick(100);
      await nextTurn();
    }
  };
  return { channels, news, state, pass };
}

/** All that a channel gives, as it comes. */
function read(channel: AsyncIterable<Buffer>) {
  const read = { text: '', isOver: false };
  void (async () => {
    for await (const piece of channel) read.text += piece.toString();
    read.isOver = true;
  })();
  return read;
}

suite('channels', () => {
  test('everybody is told of what is told within a moment in one event, each kind once', async (t) => {
    const { channels, news, pass } = channelsOn(t);
    const [one, other] = [read(channels.begin(head, 'mary')), read(channels.begin(head, 'olga'))];
    news.push('tree', 'proxy', 'tree');
    await pass(3);
    for (const { text } of [one, other]) assert.equal(text, 'retry: 1000\n\ndata: tree proxy\n\n');
  });

  test('who does not read is kept nothing for but the kinds', async (t) => {
    const { channels, news, pass } = channelsOn(t);
    const channel = channels.begin(head, 'mary');
    await channel.next();
    for (let round = 0; round < 100; round += 1) {
      news.push('tree', 'users');
      await pass(1);
    }
    const late = read(channel);
    await pass(0.1);
    assert.equal(late.text, ':\n\ndata: tree users\n\n');
  });

  test('a comment comes each 25 seconds', async (t) => {
    const { channels, pass } = channelsOn(t);
    const mary = read(channels.begin(head, 'mary'));
    await pass(76);
    assert.equal(mary.text, `retry: 1000\n\n${':\n\n'.repeat(3)}`);
  });

  test('while nobody listens nothing is looked at', async (t) => {
    const { channels, state, pass } = channelsOn(t);
    await pass(5);
    assert.equal(state.looks, 0);
    const channel = channels.begin(head, 'mary');
    await channel.next();
    await pass(3);
    await channel.return();
    const { looks } = state;
    await pass(5);
    assert.deepEqual([looks >= 3, state.looks, channels.open], [true, looks, 0]);
  });

  test('a channel closes once its right is refused, and not where that cannot be found out', async (t) => {
    const { channels, state, pass } = channelsOn(t);
    const mary = read(channels.begin(head, 'mary'));
    state.refusal = new Unavailable('The data cannot be read.');
    await pass(2);
    state.refusal = new Error('a fault');
    await pass(2);
    assert.deepEqual([mary.isOver, channels.open], [false, 1]);
    state.refusal = new NotSignedIn();
    await pass(2);
    assert.deepEqual([mary.isOver, channels.open], [true, 0]);
  });

  test('however many there are, a few are asked for their right at each look in turn, and more once the users changed', async (t) => {
    const { channels, state, news, pass } = channelsOn(t, { mostOfUser: 1000 });
    for (let count = 0; count < 1000; count += 1) read(channels.begin(head, 'mary'));
    await pass(2);
    assert.ok(state.asked >= 34 && state.asked <= 51, String(state.asked));
    state.refusal = new NotSignedIn();
    news.push('users');
    await pass(7);
    assert.equal(channels.open, 0);
  });

  test('who signed out is asked within a minute, whoever else listens', async (t) => {
    const { channels, state, pass } = channelsOn(t, { mostOfUser: 1000 });
    for (let count = 0; count < 1000; count += 1) read(channels.begin(head, 'mary'));
    state.refusal = new NotSignedIn();
    await pass(61);
    assert.equal(channels.open, 0);
  });

  test('of one user, and in all, there are so many at most, and a sentence says so', async (t) => {
    const { channels } = channelsOn(t, { most: 3, mostOfUser: 2 });
    const refusal = (user: string) => {
      try {
        read(channels.begin(head, user));
        return undefined;
      } catch (error) {
        const { status, retryAfterS, message } = error as Problem;
        return [status, retryAfterS, message];
      }
    };
    const first = channels.begin(head, 'mary');
    void first.next();
    assert.equal(refusal('mary'), undefined);
    const advice = 'Close one, or reload this one where you need it.';
    assert.deepEqual(refusal('mary'), [429, 10, `2 windows of 'mary' listen for changes, and no more can. ${advice}`]);
    assert.equal(refusal('olga'), undefined);
    assert.deepEqual(refusal('olga'), [503, 10, `3 windows listen for changes here, and no more can. ${advice}`]);
    await first.return();
    assert.equal(refusal('olga'), undefined);
  });

  test('an answer that is never sent leaves no channel behind', async (t) => {
    const { channels, state, pass } = channelsOn(t, { mostOfUser: 1 });
    channels.begin(head, 'mary');
    const [one, other] = [read(channels.begin(head, 'mary')), read(channels.begin(head, 'olga'))];
    const late = channels.begin(head, 'peter');
    read(channels.begin(head, 'peter'));
    assert.deepEqual([channels.open, one.isOver, other.isOver], [3, false, false]);
    assert.deepEqual(await late.next(), { done: true, value: undefined }, 'others came first');
    await pass(2);
    assert.deepEqual([channels.open, state.asked > 0], [3, true]);
  });

  test('at the end all of them are closed, and none is begun any more', async (t) => {
    const { channels } = channelsOn(t);
    const all = [1, 2].map(() => read(channels.begin(head, 'mary')));
    channels.close();
    await nextTurn();
    assert.deepEqual([all.every(({ isOver }) => isOver), channels.open], [true, 0]);
    assert.throws(() => channels.begin(head, 'mary'), Unavailable);
  });
});

test('the first look finds no change, and each later one those since the one before', () => {
  const changes = new Changes();
  const found = [[1], [1], [2], [2], [1]].map((facts) => changes.areIn(facts));
  assert.deepEqual(found, [false, false, true, false, true]);
});
