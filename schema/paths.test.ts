import { test } from 'node:test';
import assert from 'node:assert/strict';
import fc from 'fast-check';
import {
  childPath,
  decodeUrlPath,
  encodeUrlPath,
  idInPath,
  isWithin,
  joinPath,
  parentPath,
  parsePath,
  resolvePath,
  ROOT,
} from './paths.ts';

test('a path is taken apart into names', () => {
  assert.deepEqual(parsePath('/'), []);
  assert.deepEqual(parsePath('/mcproxy'), ['mcproxy']);
  assert.deepEqual(parsePath('/a/my page'), ['a', 'my page']);
  assert.deepEqual(parsePath('/a%2fb/'), ['a%2fb']);
});

test('what is not a path is none', () => {
  for (const text of ['', 'a', 'a/b', '//', '//a', '/a//b', '/a//', '/.', '/a/..', '/a/../b', '/a\0']) {
    assert.equal(parsePath(text), undefined, JSON.stringify(text));
  }
});

test('names are composed, as ids are kept, however a keyboard or a file system sends their accents', () => {
  const [kept, sent] = ['Z\u00fcrich', 'Zu\u0308rich'];
  assert.deepEqual(parsePath(`/${sent}/x`), [kept, 'x']);
  assert.deepEqual(decodeUrlPath(`/${encodeURIComponent(sent)}`), [kept]);
  assert.equal(resolvePath(`../${sent}`, '/a'), `/${kept}`);
  assert.equal(parsePath('/\u212a\u0338/\u226e'.normalize('NFD'))?.join('/'), 'K\u0338/\u226e', 'and stay names');
});

test('a URL path is decoded exactly once', () => {
  assert.deepEqual(decodeUrlPath('/'), []);
  assert.deepEqual(decodeUrlPath('/my%20page/%C3%A9/'), ['my page', 'é']);
  assert.deepEqual(decodeUrlPath('/a%252fb'), ['a%2fb']);
  assert.deepEqual(decodeUrlPath('/@view/name'), ['@view', 'name']);
});

test('a URL path that nobody writes honestly is refused', () => {
  const refused = ['', 'a', '/%ff', '/%', '/%2', '/%zz', '/%c0%ae', '/%ed%a0%80', '/%00', '/a%00b', '/a%2fb', '/a%2Fb'];
  refused.push('/..', '/.', '/%2e', '/%2e%2e/a', '/a/.%2e', '//evil/%2f..', '//', '/a//b', '/é', '/a b', '/a\tb');
  for (const path of refused) assert.equal(decodeUrlPath(path), undefined, path);
});

test('a path leads up, down and to its last name', () => {
  assert.equal(parentPath(ROOT), undefined);
  assert.equal(parentPath('/a'), '/');
  assert.equal(parentPath('/a/b'), '/a');
  assert.equal(childPath(ROOT, 'a'), '/a');
  assert.equal(childPath('/a', 'b'), '/a/b');
  assert.equal(idInPath('/a/b'), 'b');
  assert.equal(idInPath(ROOT), '');
});

test('within a folder is the folder itself and what is below it, but not a name that begins alike', () => {
  assert.ok(isWithin('/a', '/a'));
  assert.ok(isWithin('/a/b/c', '/a'));
  assert.ok(isWithin('/a', ROOT));
  assert.ok(isWithin(ROOT, ROOT));
  assert.ok(!isWithin('/ab', '/a'));
  assert.ok(!isWithin('/a', '/a/b'));
  assert.ok(!isWithin(ROOT, '/a'));
});

const name = fc
  .string({ unit: 'grapheme', minLength: 1, maxLength: 8 })
  .map((text) => text.normalize('NFC'))
  .filter((text) => !/[/\0]|^\.\.?$/.test(text));
const names = fc.array(fc.oneof(name, fc.constantFrom('__proto__', 'constructor', '%2f', '%', '...')), {
  maxLength: 5,
});

test('names come back from a path and from a URL as they went in', () => {
  const property = fc.property(names, (given) => {
    const path = joinPath(given);
    assert.deepEqual(parsePath(path), given);
    assert.deepEqual(decodeUrlPath(encodeUrlPath(path)), given);
    const parent = parentPath(path);
    if (parent !== undefined) assert.equal(childPath(parent, idInPath(path)), path);
  });
  fc.assert(property, { numRuns: 5_000 });
});

const part = fc.constantFrom(
  'a',
  'é',
  '/',
  '//',
  '.',
  '..',
  '%2f',
  '%2F',
  '%2e',
  '%00',
  '%ff',
  '%',
  '%25',
  '%C3%A9',
  '\\',
  ' ',
  '%252e',
);

test('however a URL path is mangled, it leads through the names that its one canonical form leads through, or nowhere', () => {
  let led = 0;
  const property = fc.property(fc.array(part, { maxLength: 8 }), (parts) => {
    const found = decodeUrlPath(`/${parts.join('')}`);
    if (found === undefined) return;
    led += 1;
    assert.deepEqual(decodeUrlPath(encodeUrlPath(joinPath(found))), found);
    for (const each of found) assert.ok(!/[/\0]|^\.{0,2}$/.test(each), JSON.stringify(each));
  });
  fc.assert(property, { numRuns: 20_000 });
  assert.ok(led > 500, `only ${led} paths led anywhere`);
});
