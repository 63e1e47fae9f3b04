import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { test } from 'node:test';
import { KeyRing } from '../base/key-ring.ts';
import { BrowserIds, cookieLine, cookieName } from './browser-id.ts';
import { DEFAULT_COOKIE } from './testing.ts';

const settings = DEFAULT_COOKIE;
const cookieOf = (ids: BrowserIds, id: string) => ids.setCookies(id, settings, undefined)[0]!.split('; ')[0]!;
const IDS = process.env['FULL'] === '1' ? 1_000_000 : 100_000;

function arrange() {
  const ids = new BrowserIds(KeyRing.random());
  const id = ids.mint();
  const cookie = cookieOf(ids, id);
  return { ids, id, cookie, text: cookie.slice(cookie.indexOf('=') + 1) };
}

test('an id that was signed here is adopted, also by another process with the same keys', () => {
  const keyRing = KeyRing.random();
  const [one, two] = [new BrowserIds(keyRing), new BrowserIds(keyRing)];
  const id = one.mint();
  const cookie = cookieOf(one, id);
  for (const header of [cookie, `a=1; ${cookie}; b=2`, `a=1;${cookie}`, `${settings.name}=x; ${cookie} `])
    assert.equal(two.read(header, settings)?.id, id, header);
});

test('an id tells whether an older key signed it, also beside the same id under the newest', () => {
  const [old, young] = [randomBytes(32), randomBytes(32)];
  const [before, now] = [new BrowserIds(new KeyRing([old])), new BrowserIds(new KeyRing([young, old]))];
  const id = before.mint();
  const [byOld, byYoung] = [before, now].map((ids) => cookieOf(ids, id)) as [string, string];
  const other = cookieOf(now, now.mint());
  for (const [header, isOld] of [
    [byOld, true],
    [byYoung, false],
    [`${byOld}; ${byYoung}`, false],
    [`${byYoung}; ${byOld}`, false],
    [`${byOld}; ${other}`, true],
  ] as const) {
    for (let times = 0; times < 2; times += 1) assert.deepEqual(now.read(header, settings), { id, isOld }, header);
  }
  assert.deepEqual(before.read(`${byYoung}; ${byOld}`, settings), { id, isOld: false });
});

test('10,000 forged ids: none is adopted', () => {
  const { ids, id, text } = arrange();
  const stranger = new BrowserIds(KeyRing.random());
  const [, signature] = text.split('.') as [string, string];
  const random = () => randomBytes(32).toString('base64url');
  const forgeries = [
    () => random(),
    () => `${random()}.${random()}`,
    () => `${random()}.${signature}`,
    () => `${id}.${random()}`,
    () => changed(text, Math.floor(Math.random() * text.length)),
    () => cookieOf(stranger, random()).split('=')[1]!,
    () => text.slice(0, Math.floor(Math.random() * text.length)),
    () => `${text}${random().slice(0, 1 + Math.floor(Math.random() * 9))}`,
    () => `${id}.`,
    () => `"${text}"`,
  ];
  let adopted = 0;
  for (let i = 0; i < 10_000; i++) {
    const forged = forgeries[i % forgeries.length]!();
    if (ids.read(`${cookieName(settings)}=${forged}`, settings) !== undefined) adopted++;
  }
  assert.equal(adopted, 0);
});

test('an id under another name, and half of one, is no id', () => {
  const { ids, cookie, text } = arrange();
  for (const header of [
    undefined,
    '',
    ';',
    '=',
    `browser_id=${text}`,
    `x${cookie}`,
    `${cookie}x`,
    cookie.replace('=', ' = '),
  ])
    assert.equal(ids.read(header, settings), undefined);
});

test(`${IDS} ids: none twice, and every byte as often as chance has it`, () => {
  const { ids } = arrange();
  const seen = new Set<string>();
  const counts = new Float64Array(256);
  for (let i = 0; i < IDS; i++) {
    const id = ids.mint();
    seen.add(id);
    for (const byte of Buffer.from(id, 'base64url')) counts[byte]!++;
  }
  const expected = (IDS * 32) / 256;
  const chiSquare = counts.reduce((sum, count) => sum + (count - expected) ** 2 / expected, 0);
  assert.equal(seen.size, IDS);
  // 255 degrees of freedom; chance passes this once in a hundred thousand runs.
  assert.ok(chiSquare < 359, `chi-square ${chiSquare}`);
});

test('the cookie is HttpOnly, SameSite=Lax, Secure and of this host alone, unless the settings say otherwise', () => {
  const { ids } = arrange();
  assert.match(
    ids.setCookies(ids.mint(), settings, undefined)[0]!,
    /^__Host-browser_id=[\w-]{43}\.[\w-]{43}; Path=\/; HttpOnly; Secure; SameSite=Lax$/,
  );
  const other = {
    ...settings,
    name: 'b',
    path: '/a',
    domain: 'example.org',
    lifetimeDays: 2,
    sameSite: 'Strict',
  } as const;
  assert.match(
    cookieLine(other, 'x'),
    /^b=x; Path=\/a; Domain=example\.org; Max-Age=172800; Expires=[^;]+ GMT; HttpOnly; Secure; SameSite=Strict$/,
  );
  assert.equal(
    cookieLine({ ...settings, isSecure: false, isHttpOnly: false }, 'x'),
    'browser_id=x; Path=/; SameSite=Lax',
  );
  assert.match(
    ids.dropCookies(settings, undefined)[0]!,
    /^__Host-browser_id=; Path=\/; Max-Age=0; Expires=Thu, 01 Jan 1970 00:00:00 GMT; HttpOnly/,
  );
});

test('an id under a former name is known and to be sent again; one that might be another host’s, or is another’s, is not', () => {
  const { ids, id, text } = arrange();
  const named = { ...settings, name: 'browser_id_1a2b3c4d', formerName: 'browser_id' };
  const plain = { ...named, isSecure: false };
  const other = cookieOf(new BrowserIds(KeyRing.random()), id);
  for (const [header, as, isKnown] of [
    [`__Host-browser_id=${text}`, named, true],
    [`browser_id=${text}`, named, false],
    [other, named, false],
    [`browser_id=${text}`, plain, true],
    [`__Host-browser_id=${text}`, plain, true],
    [`browser_id=${text}`, { ...named, path: '/shop' }, true],
  ] as const) {
    assert.deepEqual(ids.read(header, as), isKnown ? { id, isOld: true } : undefined, header);
    const dropped = ids.dropCookies(as, header).map((line) => line.split('=')[0]);
    assert.deepEqual(dropped.slice(1), isKnown ? [header.split('=')[0]] : [], header);
  }
});

function changed(text: string, at: number): string {
  const other = text[at] === 'A' ? 'B' : 'A';
  return text.slice(0, at) + other + text.slice(at + 1);
}
