import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { decode } from './decode.ts';
import { encode } from './encode.ts';
import { NotStorable, UnreadableValue } from './values.ts';

const RUNS = process.env['FULL'] === '1' ? 10_000 : 200;

const nastyText = fc.oneof(
  fc.constantFrom(
    '__proto__',
    'constructor',
    'prototype',
    'toString',
    '..',
    '%2f',
    '\0',
    '\ud800',
    '\udfff\ud800x',
    '',
  ),
  fc.string({ unit: 'binary' }),
  fc.string({ unit: 'grapheme', minLength: 30, maxLength: 90 }),
  fc.array(fc.integer({ min: 0, max: 0xffff })).map((codes) => String.fromCharCode(...codes)),
);
const scalar = fc.oneof(
  nastyText,
  fc.integer(),
  fc.double(),
  fc.maxSafeInteger(),
  fc.constantFrom(null, undefined, true, false, NaN, Infinity, -Infinity, -0, 0, 2 ** 31, -(2 ** 31), 2 ** 32),
  fc.bigInt(),
  fc.date({ noInvalidDate: false }),
  fc.uint8Array(),
  fc.uint8Array().map((bytes) => Buffer.from(bytes)),
);
const { value: anything } = fc.letrec<{ value: unknown }>((tie) => ({
  value: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    scalar,
    fc.array(tie('value')),
    fc.dictionary(nastyText, tie('value'), { noNullPrototype: false }),
    fc.array(fc.tuple(tie('value'), tie('value'))).map((pairs) => new Map(pairs)),
    fc.array(tie('value')).map((values) => new Set(values)),
  ),
}));

test('every value comes back as it was, and is written alike the second time', () => {
  fc.assert(
    fc.property(anything, (value) => {
      const bytes = encode(value);
      const back = decode(bytes);
      assert.deepStrictEqual(back, value);
      assert.ok(encode(back).equals(bytes));
    }),
    { numRuns: RUNS },
  );
  assert.equal(({} as Record<string, unknown>)['polluted'], undefined);
});

test('__proto__ and its kin are ordinary keys', () => {
  const value = JSON.parse('{"__proto__": {"polluted": 1}, "constructor": 2, "toString": null}') as object;
  const back = decode(encode(value)) as object;
  assert.deepEqual(Object.keys(back), ['__proto__', 'constructor', 'toString']);
  assert.equal(Object.getPrototypeOf(back), Object.prototype);
  assert.equal(({} as Record<string, unknown>)['polluted'], undefined);
});

test('cycles and shared references keep their shape', () => {
  const shared = new Date(5);
  const value: Record<string, unknown> = { a: shared, b: [shared], map: new Map() };
  (value['map'] as Map<unknown, unknown>).set(value, value['map']);
  const back = decode(encode(value)) as { a: Date; b: Date[]; map: Map<unknown, unknown> };
  assert.equal(back.a, back.b[0]);
  assert.equal(back.map.get(back), back.map);
  assert.deepEqual([...back.map.keys()], [back]);
});

test('a decoded buffer is a copy', () => {
  const bytes = encode(Buffer.from('abc'));
  (decode(bytes) as Buffer)[0] = 0;
  assert.deepEqual(decode(bytes), Buffer.from('abc'));
});

test('what a session cannot keep is refused by a sentence that names the place', () => {
  class Cart {}
  const cases: [unknown, RegExp][] = [
    [() => 1, /^The value session\["it"\] is a function, which/],
    [{ a: { 'b c': Symbol('x') } }, /\]\.a\["b c"\] is a symbol/],
    [[1, [new Cart()]], /\]\[1\]\[0\] is an instance of Cart/],
    [{ m: new Map([['k', /x/]]) }, /\]\.m\.k is an instance of RegExp/],
    [new (class extends Date {})(), /is an instance of a class/],
    [{ p: Promise.resolve() }, /\]\.p is an instance of Promise/],
    [{ n: new Number(1) }, /\]\.n is an instance of Number/],
    [Object.assign([1, 2], { named: 3 }), /\] is a list with holes or named members/],
    [{ [Symbol('s')]: 1 }, /\] has a symbol as a key/],
    [{ e: new Float32Array(1) }, /\]\.e is an instance of Float32Array/],
  ];
  for (const [value, sentence] of cases) {
    assert.throws(
      () => encode(value, 'it'),
      (error) => error instanceof NotStorable && sentence.test(error.message),
    );
  }
});

test('depth has a limit and a sentence, never a full stack', () => {
  const nested = (levels: number): unknown => {
    let value: unknown = 1;
    for (let level = 0; level < levels; level++) value = [value];
    return value;
  };
  assert.deepEqual(decode(encode(nested(200))), nested(200));
  assert.throws(() => encode(nested(201)), /is nested deeper than 200 levels/);
  assert.throws(() => encode(nested(1_000_000)), NotStorable);
  const bomb = Buffer.alloc(1_000_000, Buffer.from([11, 1]));
  bomb[0] = 1;
  assert.throws(() => decode(bomb), UnreadableValue);
});

test('after a refusal the next value is written as ever', () => {
  assert.throws(() => encode({ a: [[() => 1]] }), NotStorable);
  assert.deepEqual(decode(encode({ a: 1 })), { a: 1 });
});

test('hostile bytes are refused by name', () => {
  const parts = fc.array(fc.oneof(fc.integer({ min: 0, max: 20 }), fc.integer({ min: 0, max: 255 })));
  const tagged = parts.map((bytes) => Buffer.from([1, ...bytes]));
  fc.assert(
    fc.property(
      fc.oneof(
        tagged,
        fc.uint8Array().map((bytes) => Buffer.from(bytes)),
      ),
      (bytes) => {
        try {
          decode(bytes);
        } catch (error) {
          assert.ok(error instanceof UnreadableValue, String(error));
        }
      },
    ),
    { numRuns: RUNS * 20 },
  );
});

test('a value with one byte changed or cut off is another value or refused by name', () => {
  const value = { text: 'grüße 😀', list: [1, 2n, new Date(0)], map: new Map([[1, new Set(['\ud800'])]]) };
  const bytes = encode(value);
  for (let at = 0; at < bytes.length; at++) {
    const cut = bytes.subarray(0, at);
    assert.throws(() => decode(cut), UnreadableValue);
    for (let bit = 0; bit < 8; bit++) {
      const changed = Buffer.from(bytes);
      changed[at]! ^= 1 << bit;
      try {
        decode(changed);
      } catch (error) {
        assert.ok(error instanceof UnreadableValue, String(error));
      }
    }
  }
});

test('format 1 does not change: these bytes mean this value', () => {
  const value = { a: [true, 1.5, 'é€'], b: new Map([['x', new Set([-1])]]), c: 10n ** 20n };
  const hex =
    '010c03080161' +
    '0b0303053ff8000000000000' +
    '0905c3a9e282ac' +
    '080162' +
    '0e01080178' +
    '0f010401' +
    '080163' +
    '060905' +
    '6bc75e2d63100000';
  assert.equal(encode(value).toString('hex'), hex);
  assert.deepEqual(decode(Buffer.from(hex, 'hex')), value);
});

test('a value in a later format is refused for now, with 503: a newer program reads it', () => {
  const later = encode('text');
  later[0]! += 1;
  const isNewer = (error: unknown) =>
    error instanceof UnreadableValue && error.status === 503 && /written by a newer Trellis/.test(error.message);
  assert.throws(() => decode(later), isNewer);
});
