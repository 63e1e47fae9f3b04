import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { compareVersions, isMadeFrom, isRival, nextVersion, VERSION_BYTES } from './version.ts';

test('each next version is newer than every one before it', () => {
  let version = nextVersion();
  for (let step = 0; step < 1_000; step++) {
    const next = nextVersion(version);
    assert.ok(compareVersions(next, version) > 0 && compareVersions(version, next) < 0);
    version = next;
  }
  assert.equal(version.length, VERSION_BYTES);
});

test('the counter goes on beyond 32 bits', () => {
  const version = nextVersion();
  version.writeUInt32BE(0xffffffff, 4);
  const next = nextVersion(version);
  assert.ok(compareVersions(next, version) > 0);
  assert.equal(next.readUIntBE(1, 6), 2 ** 24);
});

test('two versions made from the same one are rivals, and everyone agrees which is newer', () => {
  const basis = nextVersion();
  for (let round = 0; round < 200; round++) {
    const [a, b] = [nextVersion(basis), nextVersion(basis)];
    assert.ok(isRival(a, b) && !isRival(a, a) && !isRival(a, basis));
    assert.equal(Math.sign(compareVersions(a, b)), -Math.sign(compareVersions(b, a)));
    assert.notEqual(compareVersions(a, b), 0);
  }
});

test('a version knows the last 4 writes of its writer, and no rival of theirs', () => {
  const line = [nextVersion()];
  for (let step = 0; step < 40; step++) line.push(nextVersion(line.at(-1)));
  const last = line.pop() as Buffer;
  assert.deepEqual(
    line.map((each) => isMadeFrom(last, each)),
    line.map((_, index) => index >= line.length - 4),
  );
  const rivals = line.map((each) => nextVersion(each));
  assert.ok(rivals.every((rival) => !isMadeFrom(last, rival)));
  assert.ok(!isMadeFrom(last, last) && !isMadeFrom(line[39] as Buffer, last));
});

test('a writer who was held up finds its write, however often five others wrote meanwhile', () => {
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 2, max: 6 }), { maxLength: 200 }), (others) => {
      const mine = nextVersion(nextVersion(), 1);
      const refused = nextVersion(nextVersion(), 1);
      const last = others.reduce((version, writer) => nextVersion(version, writer), nextVersion(mine, 2));
      assert.ok(isMadeFrom(last, mine));
      assert.ok(!isMadeFrom(last, refused));
    }),
  );
});

test('what begins with no version is older than anything that does', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 40 }), (bytes) => {
      const value = Buffer.from(bytes);
      if (value[0] === nextVersion()[0] && value.length >= VERSION_BYTES) return;
      assert.equal(compareVersions(value, nextVersion()), -1);
      assert.equal(compareVersions(value, value), 0);
    }),
  );
});
