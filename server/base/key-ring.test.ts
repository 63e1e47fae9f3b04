import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { chmodSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { spawn } from 'node:child_process';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { text } from 'node:stream/consumers';
import { KeyRing } from './key-ring.ts';

const [oldKey, newKey] = [randomBytes(32).toString('base64url'), randomBytes(32).toString('base64url')];
const beside = Buffer.from('beside');

test('a mistake in TRELLIS_SECRETS is named, without showing the key', () => {
  for (const bad of [
    '',
    'short',
    `${newKey},`,
    `${newKey},x${oldKey}`,
    `${newKey} ${oldKey}`,
    `${newKey.slice(0, -1)}=`,
  ]) {
    assert.throws(
      () => KeyRing.parse(bad),
      (error: Error) =>
        /^Key [12] of TRELLIS_SECRETS .* 32 random bytes in base64url/.test(error.message) &&
        !error.message.includes(newKey),
    );
  }
  assert.throws(() => KeyRing.parse(`${newKey}, ${newKey}`), /Key 2 of TRELLIS_SECRETS is there twice/);
});

test('the newest key signs and seals, every key verifies and opens, a dropped one no longer', () => {
  const [before, during, after] = [oldKey, `${newKey},${oldKey}`, newKey].map((keys) => KeyRing.parse(keys));
  const signed = before!.sign('p', 'text');
  assert.equal(during!.signedBy('p', 'text', signed), 'older');
  assert.equal(after!.signedBy('p', 'text', signed), undefined);
  assert.equal(after!.signedBy('p', 'text', during!.sign('p', 'text')), 'newest');
  const [first, both, last] = [before, during, after].map((ring) => ring!.sealer('p', 's'));
  const sealed = first!.seal(Buffer.from('text'), beside);
  assert.equal(both!.open(sealed, beside)?.toString(), 'text');
  assert.equal(last!.open(sealed, beside), undefined);
  assert.equal(last!.open(both!.seal(Buffer.from('x'), beside), beside)?.toString(), 'x');
});

test('what is signed or sealed for one purpose, subject or context is nothing for another', () => {
  const ring = KeyRing.random();
  const signed = ring.sign('p', 'text');
  assert.equal(ring.signedBy('q', 'text', signed), undefined);
  assert.equal(ring.signedBy('p', 'texu', signed), undefined);
  const sealed = ring.sealer('p', 's').seal(Buffer.from('text'), beside);
  assert.equal(ring.sealer('q', 's').open(sealed, beside), undefined);
  assert.equal(ring.sealer('p', 't').open(sealed, beside), undefined);
  assert.equal(ring.sealer('p', 's').open(sealed, Buffer.from('other')), undefined);
});

test('no other spelling of a signature passes', () => {
  const ring = KeyRing.random();
  const signed = ring.sign('p', 'text');
  for (const other of [
    '',
    signed.slice(1),
    `${signed}=`,
    `${signed} `,
    `${signed.slice(0, -1)}!`,
    signed.toLowerCase(),
  ])
    assert.equal(ring.signedBy('p', 'text', other) !== undefined, other === signed);
  const lastBits = Array.from('ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_');
  const passing = lastBits.filter((letter) => ring.signedBy('p', 'text', signed.slice(0, -1) + letter));
  assert.equal(passing.length, 1);
});

test('any bit changed in what was sealed, or any byte missing, and it does not open', () => {
  const sealer = KeyRing.random().sealer('p', 's');
  const sealed = sealer.seal(Buffer.from('some text'), beside);
  for (let bit = 0; bit < sealed.length * 8; bit++) {
    const forged = Buffer.from(sealed);
    forged[bit >> 3]! ^= 1 << (bit & 7);
    assert.equal(sealer.open(forged, beside), undefined);
  }
  for (let length = 0; length < sealed.length; length++)
    assert.equal(sealer.open(sealed.subarray(0, length), beside), undefined);
});

test('100,000 seals have 100,000 nonces', () => {
  const sealer = KeyRing.random().sealer('p', 's');
  const nonces = new Set<string>();
  for (let i = 0; i < 100_000; i++) nonces.add(sealer.seal(beside, beside).toString('latin1', 4, 16));
  assert.equal(nonces.size, 100_000);
});

test('the ring in a data folder is made once, for its owner alone, and read ever after', () => {
  using folder = temporaryFolder();
  const first = KeyRing.inFolder(folder.path);
  const again = KeyRing.inFolder(folder.path);
  assert.equal(again.signedBy('p', 'text', first.sign('p', 'text')), 'newest');
  assert.equal(statSync(join(folder.path, 'secrets.json')).mode & 0o777, 0o600);
  assert.deepEqual(readdirSync(folder.path), ['secrets.json']);
});

test('processes that start together in one data folder get the same ring', async () => {
  using folder = temporaryFolder();
  const script = `import { KeyRing } from ${JSON.stringify(import.meta.resolve('./key-ring.ts'))};
    console.log(KeyRing.inFolder(${JSON.stringify(folder.path)}).sign('p', 'text'));`;
  const start = () =>
    spawn(process.execPath, ['--input-type=module', '-e', script], { stdio: ['ignore', 'pipe', 'inherit'] });
  const signatures = await Promise.all(Array.from({ length: 4 }, () => text(start().stdout)));
  assert.equal(signatures[0]!.trim().length, 43);
  assert.deepEqual(new Set(signatures).size, 1);
});

test('what a killed start left of a ring is swept once there is one; what an operator put beside it stays', async () => {
  using folder = temporaryFolder();
  const there = () => readdirSync(folder.path).toSorted();
  for (const name of ['secrets.json.0123456789ab', 'secrets.json.old']) writeFileSync(join(folder.path, name), '{}');
  await KeyRing.sweepDrafts(folder.path);
  assert.deepEqual(there(), ['secrets.json.0123456789ab', 'secrets.json.old'], 'a start may be making one');
  KeyRing.inFolder(folder.path);
  await KeyRing.sweepDrafts(folder.path);
  assert.deepEqual(there(), ['secrets.json', 'secrets.json.old']);
});

test('a damaged file is named, and not replaced', () => {
  using folder = temporaryFolder();
  const path = join(folder.path, 'secrets.json');
  for (const damaged of ['', '{', '{}', '{"keys": []}', '{"keys": ["x"]}', '{"keys": [1]}']) {
    writeFileSync(path, damaged);
    chmodSync(path, 0o600);
    assert.throws(() => KeyRing.inFolder(folder.path), /secrets\.json cannot be read as a key ring/);
    assert.equal(readFileSync(path, 'utf8'), damaged);
  }
  assert.throws(() => KeyRing.inFolder(join(folder.path, 'missing')), /ENOENT/);
});

function temporaryFolder(): Disposable & { readonly path: string } {
  const path = mkdtempSync(join(tmpdir(), 'trellis-secrets-'));
  return { path, [Symbol.dispose]: () => rmSync(path, { recursive: true }) };
}
