import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { KeyRing } from '../../base/key-ring.ts';
import { SealedElsewhere, WrittenByNewer } from '../../memcache/envelope.ts';
import { nextVersion, VERSION_BYTES } from '../../memcache/version.ts';
import { decode } from '../../codec/decode.ts';
import { encode } from '../../codec/encode.ts';
import { RecordSeal, encodedOf, UnreadableRecord } from './record.ts';
import type { Header, SessionRecord } from './record-format.ts';

const ring = KeyRing.random();
const header: Header = {
  created: 1_700_000_000_000,
  lastAccess: 1_700_000_000_001,
  lastChange: null,
  written: 1_700_000_000_002,
  keptUntil: 1_900_000_000_000,
  user: null,
  userGeneration: 3,
  address: '::1',
  browser: 'Firefox on Linux',
};

function sealFor(key = 's-x:key', keyRing = ring): RecordSeal {
  return new RecordSeal(key, keyRing.sealer('session', key));
}

function sessionRecord(values: Readonly<Record<string, unknown>>): SessionRecord {
  const entries = new Map(Object.entries(values).map(([key, value]) => [key, encodedOf(encode(value))]));
  return { kind: 'session', header, entries };
}

function valuesOf(record: SessionRecord): Record<string, unknown> {
  assert.equal(record.kind, 'session');
  const entries = record.kind === 'session' ? record.entries : new Map<string, never>();
  return Object.fromEntries(Array.from(entries, ([key, { bytes, start, end }]) => [key, decode(bytes, start, end)]));
}

test('every kind of record comes back as it was, sealed and unsealed', () => {
  for (const seal of [sealFor(), new RecordSeal('k', null)]) {
    for (const record of [
      { kind: 'ended', header } as const,
      { kind: 'moved', header: { ...header, user: 'anna' }, to: 'x'.repeat(43) } as const,
    ])
      assert.deepEqual(seal.open(seal.seal(record, nextVersion())), record);
    const values = { a: 1, ['__proto__']: [2], '\ud800': 'é' };
    const opened = seal.open(seal.seal(sessionRecord(values), nextVersion()));
    assert.deepEqual(opened.header, header);
    assert.deepEqual(valuesOf(opened), values);
  }
});

test('a record made from an opened one keeps what was not changed', () => {
  const seal = sealFor();
  let record = seal.open(seal.seal(sessionRecord({ a: [1], b: 'two', c: 3 }), nextVersion()));
  for (let round = 0; round < 3; round++) {
    assert.ok(record.kind === 'session');
    const entries = new Map(record.entries).set('b', encodedOf(encode(round)));
    const value = seal.seal({ ...record, entries }, nextVersion());
    if (round === 1) seal.remember(value);
    record = seal.open(value);
    assert.deepEqual(valuesOf(record), { a: [1], b: round, c: 3 });
  }
});

test('the version begins the record in clear, and belongs to it', () => {
  const seal = sealFor();
  const version = nextVersion();
  const value = seal.seal(sessionRecord({ a: 1 }), version);
  assert.ok(value.subarray(0, VERSION_BYTES).equals(version));
  value.set(nextVersion(version));
  assert.throws(() => seal.open(value), UnreadableRecord);
});

test('a record opens under its own key and key ring alone, also when it was opened there before', () => {
  const seal = sealFor();
  const value = seal.seal(sessionRecord({ a: 1 }), nextVersion());
  seal.remember(value);
  seal.open(value);
  assert.throws(() => sealFor('s-x:other').open(value), UnreadableRecord);
  assert.throws(() => sealFor('s-x:key', KeyRing.random()).open(value), SealedElsewhere);
  for (let bit = 0; bit < value.length * 8; bit++) {
    const forged = Buffer.from(value);
    forged[bit >> 3]! ^= 1 << (bit & 7);
    assert.throws(() => seal.open(forged));
  }
  assert.deepEqual(valuesOf(seal.open(value)), { a: 1 });
});

test('bytes that were never a record are refused by name, even where nothing is sealed', () => {
  const open = new RecordSeal('k', null);
  const start = open.seal(sessionRecord({ a: 1 }), nextVersion());
  const rest = fc.tuple(fc.nat(start.length), fc.uint8Array({ maxLength: 100 }));
  fc.assert(
    fc.property(rest, ([kept, bytes]) => {
      const value = Buffer.concat([start.subarray(0, kept), bytes]);
      try {
        open.open(value);
      } catch (error) {
        assert.ok(error instanceof UnreadableRecord, String(error));
      }
    }),
    { numRuns: 3_000 },
  );
});

test('what a newer program sealed, in any part of the format, is told from damage and from an ended session', () => {
  const seal = sealFor();
  const present = seal.seal(sessionRecord({ a: 1 }), nextVersion());
  const newer = (clear: (value: Buffer) => void, plain = Buffer.from('anything')): Buffer => {
    const head = Buffer.from(present.subarray(0, VERSION_BYTES + 1));
    clear(head);
    const beside = Buffer.concat([head, Buffer.from('s-x:key')]);
    return Buffer.concat([head, ring.sealer('session', 's-x:key').seal(plain, beside)]);
  };
  const formats = {
    'record format': newer((head) => (head[VERSION_BYTES]! += 1)),
    'version format': newer((head) => (head[0]! += 1)),
    'kind of record': newer(() => undefined, Buffer.alloc(60, 9)),
  };
  for (const [what, value] of Object.entries(formats)) {
    const isNewer = (error: unknown) => error instanceof WrittenByNewer && error.isSure && error.status === 503;
    assert.throws(() => seal.open(value), isNewer, what);
    assert.throws(() => seal.isSound(value), isNewer, what);
    const damaged = Buffer.from(value);
    damaged[damaged.length - 1]! ^= 1;
    assert.equal(seal.isSound(damaged), false, `${what}, damaged`);
  }
  // With nothing to compare it with, a beginning that is not known is not taken for an end.
  const begins = Buffer.from(present);
  begins[VERSION_BYTES]! ^= 1;
  assert.throws(() => seal.open(begins), WrittenByNewer);
  assert.equal(seal.isSound(begins), false);
});
