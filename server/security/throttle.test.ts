import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { test } from 'node:test';
import { Background } from '../base/background.ts';
import { DiskFull, TooManyRequests, type Problem } from '../base/errors.ts';
import { openLog } from '../base/log.ts';
import { MemoryTable } from '../storage/memory-table.ts';
import type { KeyedTable } from '../storage/tables.ts';
import type { TallyRow } from './tally.ts';
import { Throttle } from './throttle.ts';

/** A tree with a clock of its own, processes that serve it, and somebody who guesses as often as they are let. */
function guessers(failure?: () => Problem | undefined) {
  let now = 1_000_000;
  let writes = 0;
  const clock = () => now;
  const memory = new MemoryTable<TallyRow>(clock, () => (writes += 1));
  const table: KeyedTable<TallyRow> = {
    name: 'wrong tries',
    get: async (key) => memory.get(key),
    entries: async () => memory.entries(),
    async update(step) {
      const problem = failure?.();
      if (problem !== undefined) throw problem;
      return step(memory, () => assert.fail('no other table is written'));
    },
  };
  const background = new Background(openLog('silent'));
  const own = () => new MemoryTable<TallyRow>(clock);
  const process = () =>
    guesserAt(new Throttle({ table, own: own(), secret: async () => 'of tests', background, clock }));
  const rows = () => memory.entries();
  return { process, rows, writes: () => writes, pass: (seconds: number) => (now += seconds * 1000) };
}

function guesserAt(throttle: Throttle) {
  const waitS = async (name: string, address: string): Promise<number> => {
    try {
      (await throttle.attempt(name, address))[Symbol.dispose]();
      return 0;
    } catch (error) {
      assert.ok(error instanceof TooManyRequests);
      assert.equal(error.message, `Too many tries. Wait ${error.retryAfterS} s.`);
      return error.retryAfterS ?? 0;
    }
  };
  /** Says whether the guess reached the hash and was answered as wrong. */
  const guess = async (name: string, address: string): Promise<boolean> => {
    try {
      using attempt = await throttle.attempt(name, address);
      await attempt.begin();
      await attempt.failed();
      return true;
    } catch (error) {
      assert.ok(error instanceof TooManyRequests);
      return false;
    }
  };
  const signIn = async (name: string, address: string): Promise<void> => {
    using attempt = await throttle.attempt(name, address);
    await attempt.begin();
    await attempt.succeeded();
  };
  return { throttle, guess, signIn, waitS };
}

function guesser() {
  const { process, ...world } = guessers();
  return { ...world, ...process() };
}

test('after five free tries each further one waits twice as long, up to 15 minutes', async () => {
  const { guess, waitS, pass } = guesser();
  for (let index = 0; index < 5; index += 1) assert.ok(await guess('mary', '192.0.2.1'));
  const waits: number[] = [];
  for (let index = 0; index < 13; index += 1) {
    assert.ok(await guess('mary', `192.0.2.${index}`));
    waits.push(await waitS('mary', '198.51.100.7'));
    pass(waits.at(-1) ?? 0);
  }
  assert.deepEqual(waits, [1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 900, 900, 900]);
});

test('of 10,000 guesses in ten minutes from 1,000 addresses, at most 30 reach the hash of one account', async () => {
  const { guess, pass, waitS, writes } = guesser();
  let reached = 0;
  for (let index = 0; index < 10_000; index += 1) {
    if (await guess('mary', `10.0.${index % 4}.${index % 250}`)) reached += 1;
    pass(0.06);
  }
  assert.ok(reached >= 10 && reached <= 30, `${reached} reached the hash`);
  assert.equal(writes(), 2 * reached, 'what is refused writes nothing');
  pass(900);
  assert.equal(await waitS('mary', '203.0.113.5'), 0, 'the owner gets in within 15 minutes');
});

test('an address has 100 wrong tries in ten minutes, on whatever accounts', async () => {
  const { guess, waitS, pass } = guesser();
  let reached = 0;
  for (let index = 0; index < 1_000; index += 1) if (await guess(`user${index}`, '192.0.2.1')) reached += 1;
  assert.equal(reached, 100);
  assert.equal(await waitS('mary', '192.0.2.1'), 600);
  assert.equal(await waitS('mary', '192.0.2.2'), 0);
  pass(600);
  assert.equal(await waitS('mary', '192.0.2.1'), 0);
});

test('right tries never count, clear what the account had, and write nothing where there is nothing new', async () => {
  const { guess, signIn, waitS, writes } = guesser();
  for (let index = 0; index < 5; index += 1) await guess('mary', '192.0.2.1');
  await signIn('mary', '192.0.2.1');
  for (let index = 0; index < 1_000; index += 1) {
    await guess('mary', `10.${index >> 8}.${index & 255}.1`);
    await signIn('mary', '192.0.2.1');
  }
  const before = writes();
  for (let index = 0; index < 100; index += 1) await signIn('mary', '192.0.2.1');
  assert.equal(writes(), before);
  for (let index = 0; index < 5; index += 1) assert.ok(await guess('mary', '192.0.2.1'));
  assert.equal(await waitS('mary', '192.0.2.1'), 0);
});

test('who signed in from an address before does not wait there for what others try elsewhere, at any process', async () => {
  const { process } = guessers();
  const [one, other] = [process(), process()];
  await one.signIn('mary', '192.0.2.1');
  for (let index = 0; index < 100; index += 1) await one.guess('mary', `198.51.100.${index}`);
  for (const { waitS } of [one, other]) {
    assert.equal(await waitS('mary', '192.0.2.1'), 0);
    assert.ok((await waitS('mary', '203.0.113.5')) > 0);
  }
});

test('failures of 20,000 invented names do not wash away those of the account under attack, nor are they all kept', async () => {
  const { guess, waitS, pass, rows } = guesser();
  for (let index = 0; index < 12; index += 1) {
    pass(await waitS('mary', '192.0.2.1'));
    await guess('mary', '192.0.2.1');
  }
  const before = await waitS('mary', '203.0.113.5');
  for (let index = 0; index < 20_000; index += 1) await guess(`invented ${index}`, `10.${index >> 8}.${index & 255}.1`);
  assert.equal(before, 64);
  assert.equal(await waitS('mary', '203.0.113.5'), before);
  assert.ok(rows().length <= 3 * 4_096);
  const kept = rows().reduce((sum, [, row]) => sum + row.length, 0);
  assert.ok(kept > 20_000 && kept <= 4 * 3 * 4_096, String(kept));
});

test('names that are made up so as to share an entry with an account do not push its failures out', async () => {
  const { guess, waitS, pass } = guesser();
  // As somebody reckons who knows this program, and not the tree.
  const entryOf = (name: string) => createHash('sha256').update(name).digest('base64url').slice(0, 2);
  const names = Array.from({ length: 60_000 }, (_, index) => `invented ${index}`);
  const [last = '', ...others] = names.filter((name) => entryOf(name) === entryOf('mary')).slice(0, 4);
  for (let index = 0; index < 12; index += 1) {
    for (const name of others) assert.ok(await guess(name, `198.51.100.${index}`));
    pass(64);
  }
  for (let index = 0; index < 8; index += 1) {
    pass(await waitS('mary', '192.0.2.1'));
    assert.ok(await guess('mary', '192.0.2.1'));
    await guess(last, '192.0.2.2');
  }
  assert.equal(await waitS('mary', '192.0.2.1'), 4);
});

test('two processes count together, one that starts anew goes on counting, and tries at once are no more', async () => {
  const { process, pass } = guessers();
  const [one, other] = [process(), process()];
  for (const { guess } of [one, other, one, other, one, other]) assert.ok(await guess('mary', '192.0.2.1'));
  for (const { waitS } of [one, other, process()]) assert.equal(await waitS('mary', '203.0.113.9'), 1);
  pass(1);
  const attempts = await Promise.all(
    [one, other, one, other].map(({ throttle }) => throttle.attempt('mary', '192.0.2.1')),
  );
  const beginnings = await Promise.allSettled(attempts.map((attempt) => attempt.begin()));
  const begun = attempts.filter((_, index) => beginnings[index]?.status === 'fulfilled');
  assert.equal(begun.length, 2, 'one at each process');
  const ended = await Promise.allSettled(begun.map((attempt) => attempt.failed()));
  assert.deepEqual(
    ended.map(({ status }) => status),
    ['fulfilled', 'rejected'],
  );
  for (const attempt of attempts) attempt[Symbol.dispose]();
  assert.equal(await other.waitS('mary', '192.0.2.1'), 2);
});

test('a right password that was tried too soon is told to wait, as a wrong one is', async () => {
  const { process } = guessers();
  const [one, other] = [process(), process()];
  const attempt = await other.throttle.attempt('mary', '192.0.2.1');
  await attempt.begin();
  for (let index = 0; index < 6; index += 1) await one.guess('mary', '192.0.2.9');
  await assert.rejects(attempt.succeeded(), TooManyRequests);
});

test('what cannot be written is counted by the process itself, on top of what was', async () => {
  let isFull = false;
  const { process } = guessers(() => (isFull ? new DiskFull(undefined) : undefined));
  const [one, other] = [process(), process()];
  for (let index = 0; index < 3; index += 1) assert.ok(await one.guess('mary', '192.0.2.1'));
  isFull = true;
  for (let index = 0; index < 3; index += 1) assert.ok(await one.guess('mary', '192.0.2.1'));
  assert.ok((await one.waitS('mary', '192.0.2.1')) > 0);
  assert.equal(await other.waitS('mary', '192.0.2.1'), 0);
  await one.signIn('olga', '192.0.2.1');
});
