import { test } from 'node:test';
import assert from 'node:assert/strict';
import { TooManyRequests } from '../base/errors.ts';
import { isCommonPassword } from './common-passwords.ts';
import { checkPassword, Passwords } from './passwords.ts';

const cheap = { memoryKib: 64, passes: 1, lanes: 1 };

// A sample of what lists of leaked passwords begin with, as far as it is eight characters or longer.
const OFTEN_CHOSEN = `
  password 123456789 12345678 qwerty123 password1 qwertyuiop iloveyou 1q2w3e4r 123123123 987654321 1qaz2wsx password123
  1234567890 qwerty12345 zaq12wsx princess sunshine football baseball superman trustno1 jennifer michelle starwars
  computer corvette mercedes maverick midnight whatever 11111111 88888888 00000000 12341234 asdfasdf asdfghjkl q1w2e3r4
  abcd1234 1234qwer qwer1234 asdf1234 1q2w3e4r5t passw0rd P@ssw0rd Password1! Welcome1 welcome123 admin123 admin1234
  administrator letmein1 letmein123 changeme changeme1 monkey123 dragon123 master123 charlie1 michael1 jordan23 liverpool1
  liverpool chelsea1 arsenal1 samantha victoria elizabeth jonathan nicholas danielle christian alexander benjamin steelers
  redskins rangers1 superman1 batman123 pokemon1 pokemon123 naruto123 minecraft1 football1 basketball soccer12 hockey12
  11223344 12344321 10203040 123456aa aa123456 abc123456 a123456789 123qweasd qweasdzxc qazwsxedc 1qaz2wsx3edc !QAZ2wsx
  iloveyou1 loveyou1 blink182 nirvana1 metallica slipknot1 trustno1! internet computer1 samsung1 google123 facebook1
  linkedin scorpion spiderman spider123 butterfly sunflower chocolate cookie123 pass1234 pass12345 test1234 testtest
  testing1 secret123 access14 rush2112 ncc1701d mustang1 harley12 yamaha12 dolphins cowboys1 yankees1 lakers24 freedom1
  hello123 hellohello hallo123 passwort azertyuiop motdepasse qwertz123 87654321 mypassword zxcvbnm1 zxcvbnm123 asdfghjkl1
  147258369 789456123 159753456 123654789 741852963 fuckyou1 babygirl lovelove jesus123 Summer2024! Winter2023! spring2025
`
  .trim()
  .split(/\s+/);

test('passwords that everybody chooses are refused', () => {
  for (const password of OFTEN_CHOSEN)
    assert.match(checkPassword(password, 'mary') ?? '', /first that are guessed/, password);
});

test('the user name is no password, nor is it with a few signs around it', () => {
  for (const password of ['gwendolyn', 'Gwendolyn', 'gwendolyn1', 'Gw3nd0lyn!', '1gwendolyn!']) {
    assert.match(checkPassword(password, 'Gwendolyn') ?? '', /first that are guessed/, password);
    assert.equal(checkPassword(password, 'mary'), undefined, password);
  }
});

test('any characters are accepted, from 8 to 128 of them', () => {
  const words = [
    'correct horse battery',
    'Tr0ub4dor&3',
    '83920175',
    'żółćżółć9',
    'пароль-длинный',
    '春眠不覚暁処処聞',
    '🦊🌲🌧🧭🪵🔥🌙⛺',
  ];
  for (const password of words) assert.equal(checkPassword(password, 'mary'), undefined, password);
  for (const letter of ['x', 'é', '密', '🦊', 'e\u0301']) {
    for (const length of [64, 128])
      assert.equal(checkPassword(letter.repeat(length), 'mary'), undefined, `${length} ${letter}`);
    assert.match(checkPassword(letter.repeat(129), 'mary') ?? '', /^The password is 129 characters long. At most 128/);
    assert.match(checkPassword(letter.repeat(7), 'mary') ?? '', /^The password is 7 characters long. At least 8/);
  }
  assert.match(checkPassword(`plum tree \ud83c`, 'mary') ?? '', /half a character/);
});

test('the longest password is judged, however often it could be taken apart', () => {
  for (const text of ['1q', 'qwer', '123', '!', 'abc', 'a1', 'zzzz9'])
    assert.ok(!isCommonPassword(text.repeat(64).slice(0, 128), ['mary']), text);
});

test('a hash says how it was made, is never the same twice, and belongs to its password alone', async () => {
  const passwords = new Passwords();
  const [one, other] = await Promise.all([passwords.hash('plum tree blossom'), passwords.hash('plum tree blossom')]);
  assert.match(one, /^\$argon2id\$v=19\$m=19456,t=2,p=1\$[A-Za-z0-9+/]{22}\$[A-Za-z0-9+/]{43}$/);
  assert.notEqual(one, other);
  assert.ok(await passwords.matches('plum tree blossom', one));
  assert.ok(!(await passwords.matches('plum tree blosson', one)));
  assert.ok(!(await passwords.matches('plum tree blossom', undefined)));
});

test('the last character of the longest password matters', async () => {
  const passwords = new Passwords(cheap);
  const hash = await passwords.hash('🦊'.repeat(127) + 'a');
  assert.ok(await passwords.matches('🦊'.repeat(127) + 'a', hash));
  assert.ok(!(await passwords.matches('🦊'.repeat(127) + 'b', hash)));
});

test('an accented letter matches however the keyboard sends it', async () => {
  const passwords = new Passwords(cheap);
  assert.ok(await passwords.matches('cafe\u0301 au lait', await passwords.hash('caf\u00e9 au lait')));
});

test('a hash made at another cost still matches, and is known to be outdated', async () => {
  const hash = await new Passwords(cheap).hash('plum tree blossom');
  const passwords = new Passwords();
  assert.ok(await passwords.matches('plum tree blossom', hash));
  assert.ok(passwords.isOutdated(hash));
  assert.ok(!new Passwords(cheap).isOutdated(hash));
});

test('of a flood of 200 hashes, two run at a time, 50 wait, and the rest are refused at once', async () => {
  const passwords = new Passwords(cheap);
  let running = 0;
  let most = 0;
  const hash = await passwords.hash('plum tree blossom');
  const allow = () => {
    running += 1;
    most = Math.max(most, running);
  };
  const tries = Array.from({ length: 200 }, () =>
    passwords.matches('wrong', hash, allow).finally(() => (running -= 1)),
  );
  const outcomes = await Promise.allSettled(tries);
  const refused = outcomes.filter((outcome) => outcome.status === 'rejected');
  assert.equal(refused.length, 148);
  assert.ok(refused.every(({ reason }) => reason instanceof TooManyRequests && reason.retryAfterS === 2));
  assert.ok(await passwords.matches('plum tree blossom', hash), 'the queue works on after the flood');
});
