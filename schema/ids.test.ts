import { test } from 'node:test';
import assert from 'node:assert/strict';
import fc from 'fast-check';
import { checkId, freeId, idFromFileName, nextCopyId, normaliseId, RESERVED_IN_ROOT } from './ids.ts';
import { decodeUrlPath, encodeUrlPath, joinPath, parsePath } from './paths.ts';

const REFUSED: readonly (readonly [id: string, sentence: string])[] = [
  ['', 'Empty or invalid id specified'],
  ['  \t', 'Empty or invalid id specified'],
  ['a\0b', 'The id "a[U+0000]b" contains characters illegal in URLs.'],
  ['a\x7f', 'The id "a[U+007F]" contains characters illegal in URLs.'],
  ['a\ud800b', 'The id "a\ud800b" contains characters illegal in URLs.'],
  ['a\u202egnp', 'The id "a[U+202E]gnp" contains U+202E, which is not seen or turns other characters. Leave it out.'],
  ['a\u200bb', 'The id "a[U+200B]b" contains U+200B, which is not seen or turns other characters. Leave it out.'],
  ['\u2800', 'The id "[U+2800]" contains U+2800, which is not seen or turns other characters. Leave it out.'],
  ['a\u00a0b', 'The id "a[U+00A0]b" contains U+00A0, which is not seen or turns other characters. Leave it out.'],
  ['a\ufe0fb', 'The id "a[U+FE0F]b" contains U+FE0F, which is not seen or turns other characters. Leave it out.'],
  ...Array.from(
    '<>&\\?#%/',
    (sign) => [`a${sign}b`, `The id "a${sign}b" contains characters illegal in URLs.`] as const,
  ),
  ['.', 'The id "." is invalid because it is not traversable.'],
  ['..', 'The id ".." is invalid because it is not traversable.'],
  ['_a', 'The id "_a" is invalid because it begins with an underscore.'],
  ['__proto__', 'The id "__proto__" is invalid because it begins with an underscore.'],
  ['aq_parent', 'The id "aq_parent" is invalid because it begins with "aq_".'],
  ['a__', 'The id "a__" is invalid because it ends with two underscores.'],
  ['@@edit', 'The id "@@edit" is invalid because it starts with characters reserved for this server views lookup.'],
  ['++skin', 'The id "++skin" is invalid because it starts with characters reserved for this server views lookup.'],
  ['@test', 'The id "@test" is invalid because it begins with "@".'],
  ['constructor', 'The id "constructor" is reserved.'],
  ['prototype', 'The id "prototype" is reserved.'],
  ['REQUEST', 'REQUEST is a reserved name.'],
  ['é'.repeat(128), 'The id is 256 bytes long. At most 255 are allowed.'],
];

for (const [id, sentence] of REFUSED) {
  test(`the id ${JSON.stringify(id).slice(0, 40)} is refused by its rule`, () => assert.equal(checkId(id), sentence));
}

test('ids that people use are allowed', () => {
  for (const id of [
    'mcproxy',
    'index_html',
    'my page',
    'a.b-c~d',
    'straße',
    '日本',
    'é'.repeat(127),
    '0',
    '...',
    'a@b',
    '👩‍👧',
  ]) {
    assert.equal(checkId(id), undefined, id);
  }
});

test('an id that the folder has already is refused', () => {
  const taken = (id: string) => id === 'mcproxy';
  assert.equal(checkId(' mcproxy ', { taken }), 'The id "mcproxy" is invalid - it is already in use.');
  assert.equal(checkId('mcproxy2', { taken }), undefined);
});

test('the first segments that the server keeps for itself are refused in the root only', () => {
  for (const id of RESERVED_IN_ROOT) {
    assert.equal(checkId(id, { inRoot: true }), `The id "${id}" is reserved.`);
    assert.equal(checkId(id), undefined);
  }
});

test('one way of writing an accented id is kept', () => {
  assert.equal(normaliseId(' e\u0301 '), '\u00e9');
});

const nasty = fc.constantFrom(
  '__proto__',
  'constructor',
  '..',
  '.',
  '%2f',
  '\0',
  '\ud800',
  '/',
  '@',
  '+',
  'aq_',
  '_',
  'ﬁ',
  'e\u0301',
);
const nastyString = fc
  .array(fc.oneof(nasty, fc.string({ unit: 'binary', maxLength: 6 }), fc.string({ maxLength: 6 })), { maxLength: 4 })
  .map((parts) => parts.join(''));

test('every id that is allowed comes back unchanged from a path, a URL and JSON', () => {
  let allowed = 0;
  const property = fc.property(nastyString, (text) => {
    const id = normaliseId(text);
    if (checkId(text) !== undefined) return;
    allowed += 1;
    assert.equal(normaliseId(id), id);
    assert.deepEqual(parsePath(joinPath(['a', id])), ['a', id]);
    assert.deepEqual(decodeUrlPath(encodeUrlPath(joinPath([id, 'b']))), [id, 'b']);
    assert.equal(Object.keys(JSON.parse(JSON.stringify({ [id]: 1 })))[0], id);
    assert.ok(!(id in {}));
  });
  fc.assert(property, { numRuns: 10_000 });
  assert.ok(allowed > 1000, `only ${allowed} of 10,000 ids were allowed`);
});

test('a file is called as near to its name as the rules of ids allow', () => {
  const names: readonly (readonly [name: string, id: string])[] = [
    ['tree.png', 'tree.png'],
    ['Größe (1).pdf', 'Größe (1).pdf'],
    ['C:\\pictures\\tree.png', 'tree.png'],
    ['/tmp/tree.png', 'tree.png'],
    ['a#b?c%d.txt', 'a-b-c-d.txt'],
    ['_config__.yml', 'config__.yml'],
    ['@@x', 'x'],
    ['++x__', 'x'],
    [' a.txt ', 'a.txt'],
    ['a\u202egnp.exe', 'a-gnp.exe'],
  ];
  for (const [name, id] of names) assert.equal(idFromFileName(name), id, name);
});

test('whatever a file is called, its id has no sign that an id must not have', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), (name) => {
      const problem = checkId(idFromFileName(name));
      assert.doesNotMatch(problem ?? '', /illegal|begins with an underscore|begins with "@"/);
    }),
    { numRuns: 5000 },
  );
});

test('the id that is wanted is given where it is free, and counted where it is not', () => {
  assert.equal(freeId('x', new Set()), 'x');
  assert.equal(freeId('x', new Set(['x', 'x2', 'x4'])), 'x3');
});

test('the ids of copies are counted, and asking for the next one always gives another', () => {
  const ids = ['x', 'copy_of_x', 'copy2_of_x', 'copy9_of_x', 'copy_x', 'copy_of_', 'a copy_of_x'];
  assert.deepEqual(ids.map(nextCopyId), [
    'copy_of_x',
    'copy2_of_x',
    'copy3_of_x',
    'copy10_of_x',
    'copy_of_copy_x',
    'copy2_of_',
    'copy_of_a copy_of_x',
  ]);
  const number = fc.oneof(fc.constant(''), fc.bigInt({ min: 0n, max: 10n ** 30n }).map(String));
  fc.assert(
    fc.property(number, fc.string({ unit: 'binary' }), (count, rest) => {
      const seen = new Set<string>();
      for (let id = `copy${count}_of_${rest}`; seen.size < 5; id = nextCopyId(id)) {
        assert.ok(!seen.has(id), id);
        seen.add(id);
      }
    }),
  );
});
