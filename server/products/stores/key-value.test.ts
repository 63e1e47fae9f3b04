import assert from 'node:assert/strict';
import { test } from 'node:test';
import { groupOf } from './key-groups.ts';
import { isSecretValue, keyValueOf, nameOf } from './key-value.ts';

test('a key is shown so that none looks like another, or writes over what stands beside it', () => {
  const shown = (text: string) => nameOf(Buffer.from(text).toString('latin1'));
  assert.equal(shown('shop:straße 1'), 'shop:straße 1');
  assert.equal(shown('a\u202eb\u200b\n\0\u00a0'), 'a\\u{202e}b\\u{200b}\\u{a}\\u{0}\\u{a0}');
  assert.equal(nameOf('\xff\xfe'), 'ÿþ', 'what is no UTF-8 is read byte by byte');
});

test('a value is secret where its key or anything in it speaks of a secret', () => {
  assert.ok(isSecretValue('user:PASSWORD', Buffer.from('x')));
  assert.ok(isSecretValue('user', Buffer.from('{"a":"{\\"Authorization\\":1}"}')));
  assert.ok(isSecretValue('user', Buffer.concat([Buffer.from([0xff, 0]), Buffer.from('csrf')])));
  assert.ok(!isSecretValue('user:1', Buffer.from('{"roses":3}')));
});

test('a long value is cut, and hostile JSON is data', () => {
  const { decoded, hex, hexBytes, type } = keyValueOf(Buffer.alloc(100_000, 'x'));
  assert.deepEqual([decoded.length, hexBytes, hex.split('\n').length, type], [10_001, 4_096, 512, 'string']);
  assert.equal(keyValueOf(Buffer.from('{"__proto__":{"a":1}}')).json, '{\n  "__proto__": {\n    "a": 1\n  }\n}');
  assert.equal(keyValueOf(Buffer.from('[[[[1')).json, null);
  assert.deepEqual(keyValueOf(Buffer.alloc(0)).decoded, '');
  const deep = keyValueOf(Buffer.from('['.repeat(100_000) + ']'.repeat(100_000)));
  assert.match(deep.json ?? '', /\[more below\]/);
});

test('keys of Trellis are grouped by whose they are, others by their first part', () => {
  const hash = 'AbCdEfGhIj-_';
  assert.deepEqual(groupOf(`ab12:s-${hash}:rest`), { prefix: `ab12:s-${hash}:`, kind: 'session' });
  assert.deepEqual(groupOf(`c-${hash}:rest`), { prefix: `c-${hash}:`, kind: 'cache' });
  assert.deepEqual(groupOf('shop:cart:1'), { prefix: 'shop:', kind: 'other' });
  assert.deepEqual(groupOf('views/home'), { prefix: 'views/', kind: 'other' });
  assert.deepEqual(groupOf(':odd'), { prefix: '', kind: 'other' });
});
