import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { addressOf, parseRoute } from './route.ts';

test('an address names the object, its tab and what the tab keeps', () => {
  const { path, tab, query } = parseRoute(new URL('http://x/manage/shop/mcproxy/@servers?sort=id'));
  assert.deepEqual([path, tab, query.get('sort')], ['/shop/mcproxy', 'servers', 'id']);
});

test('/manage is the root with its first tab', () => {
  for (const address of ['http://x/manage', 'http://x/manage/']) {
    const { path, tab } = parseRoute(new URL(address));
    assert.deepEqual([path, tab], ['/', undefined]);
  }
});

test('an address typed with letters and accents apart leads to the object', () => {
  assert.equal(parseRoute(new URL('http://x/manage/Zu%CC%88rich')).path, '/Z\u00fcrich');
});

test('whatever an object is called, its address leads back to it', () => {
  const id = fc
    .oneof(fc.string({ unit: 'grapheme', minLength: 1 }), fc.constantFrom('a b', '%2f', '__proto__', 'x?y#z', 'ä'))
    .map((name) => name.normalize('NFC'))
    .filter((name) => !name.includes('/') && !name.startsWith('@') && name !== '.' && name !== '..');
  fc.assert(
    fc.property(fc.array(id, { maxLength: 4 }), (names) => {
      const path = `/${names.join('/')}`;
      const route = parseRoute(new URL(addressOf(path, 'properties', { filter: 'ü&=' }), 'http://x'));
      assert.deepEqual([route.path, route.tab, route.query.get('filter')], [path, 'properties', 'ü&=']);
    }),
  );
});
