import { test } from 'node:test';
import assert from 'node:assert/strict';
import { TooManyRequests } from '../base/errors.ts';
import { networkOf } from './network.ts';
import { Throttle } from './throttle.ts';

/** A throttle with a clock of its own, and somebody who guesses as often as they are let. */
function guesser() {
  let now = 1_000_000;
  const throttle = new Throttle(() => now);
  const waitS = (name: string, address: string): number => {
    try {
      throttle.check(name, address);
      return 0;
    } catch (error) {
      assert.ok(error instanceof TooManyRequests);
      assert.equal(error.message, `Too many tries. Wait ${error.retryAfterS} s.`);
      return error.retryAfterS ?? 0;
    }
  };
  const guess = (name: string, address: string): boolean => {
    if (waitS(name, address) > 0) return false;
    throttle.begin(name, address);
    return true;
  };
  return { throttle, guess, waitS, pass: (seconds: number) => (now += seconds * 1000) };
}

test('after five free tries each further one waits twice as long, up to 15 minutes', () => {
  const { guess, waitS, pass } = guesser();
  for (let index = 0; index < 5; index += 1) assert.ok(guess('mary', '192.0.2.1'));
  const waits: number[] = [];
  for (let index = 0; index < 13; index += 1) {
    assert.ok(guess('mary', `192.0.2.${index}`));
    waits.push(waitS('mary', '198.51.100.7'));
    pass(waits.at(-1) ?? 0);
  }
  assert.deepEqual(waits, [1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 900, 900, 900]);
});

test('of 10,000 guesses in ten minutes from 1,000 addresses, at most 30 reach the hash of one account', () => {
  const { guess, pass, waitS } = guesser();
  let reached = 0;
  for (let index = 0; index < 10_000; index += 1) {
    if (guess('mary', `10.0.${index % 4}.${index % 250}`)) reached += 1;
    pass(0.06);
  }
  assert.ok(reached >= 10 && reached <= 30, `${reached} reached the hash`);
  pass(900);
  assert.equal(waitS('mary', '203.0.113.5'), 0, 'the owner gets in within 15 minutes');
});

test('an address has 100 wrong tries in ten minutes, on whatever accounts', () => {
  const { guess, waitS, pass } = guesser();
  let reached = 0;
  for (let index = 0; index < 1_000; index += 1) if (guess(`user${index}`, '192.0.2.1')) reached += 1;
  assert.equal(reached, 100);
  assert.equal(waitS('mary', '192.0.2.1'), 600);
  assert.equal(waitS('mary', '192.0.2.2'), 0);
  pass(600);
  assert.equal(waitS('mary', '192.0.2.1'), 0);
});

test('right tries never count, and clear what the account had', () => {
  const { throttle, guess, waitS } = guesser();
  for (let index = 0; index < 5; index += 1) guess('mary', '192.0.2.1');
  throttle.succeeded('mary', '192.0.2.1');
  for (let index = 0; index < 1_000; index += 1) {
    guess('mary', '192.0.2.1');
    throttle.succeeded('mary', '192.0.2.1');
  }
  for (let index = 0; index < 5; index += 1) assert.ok(guess('mary', '192.0.2.1'));
  assert.equal(waitS('mary', '192.0.2.1'), 0);
});

test('who signed in from an address before does not wait there for what others try elsewhere', () => {
  const { throttle, guess, waitS } = guesser();
  throttle.succeeded('mary', '192.0.2.1');
  for (let index = 0; index < 100; index += 1) guess('mary', `198.51.100.${index}`);
  assert.equal(waitS('mary', '192.0.2.1'), 0);
  assert.ok(waitS('mary', '203.0.113.5') > 0);
});

test('failures of 50,000 invented names do not wash away those of the account under attack', () => {
  const { guess, waitS, pass } = guesser();
  for (let index = 0; index < 12; index += 1) {
    pass(waitS('mary', '192.0.2.1'));
    guess('mary', '192.0.2.1');
  }
  const before = waitS('mary', '203.0.113.5');
  for (let index = 0; index < 50_000; index += 1) guess(`invented ${index}`, `10.${index >> 8}.${index & 255}.1`);
  assert.equal(before, 64);
  assert.equal(waitS('mary', '203.0.113.5'), before);
});

test('an IPv6 customer counts as one address, and a mapped IPv4 address as itself', () => {
  assert.equal(networkOf('192.0.2.1'), '192.0.2.1');
  assert.equal(networkOf('::ffff:192.0.2.1'), '192.0.2.1');
  assert.equal(networkOf('2001:db8:1:2:3:4:5:6'), '2001:db8:1:2');
  assert.equal(networkOf('2001:0DB8:1:2::9'), '2001:db8:1:2');
  assert.equal(networkOf('2001:db8::1'), '2001:db8:0:0');
  assert.equal(networkOf('fe80::1%eth0'), 'fe80:0:0:0');
  assert.equal(networkOf('::1'), '0:0:0:0');
});
