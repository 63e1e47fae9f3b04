import assert from 'node:assert/strict';
import { test } from 'node:test';
import { followWords } from './follow-words.ts';

const path = (id: string) => ({ path: `/${id}`, property: 'proxy_path' });
const nothing = { updated: [], dangling: [], services: [] };

test('paths that follow are named, many are counted', () => {
  assert.deepEqual(followWords(nothing), { text: '' });
  const two = { ...nothing, updated: [path('a'), path('b')] };
  assert.deepEqual(followWords(two), { text: ' Updated proxy_path of /a and proxy_path of /b.' });
  const many = { ...nothing, updated: [path('a'), path('b'), path('c')] };
  assert.deepEqual(followWords(many), { text: ' Updated 3 paths that led there.' });
});

test('what leads nowhere now, and what finds no service, is said as trouble', () => {
  const service = { users: ['/x'], count: 1, before: '/y', after: null, text: '/x finds no Browser Id Manager' };
  assert.deepEqual(followWords({ ...nothing, dangling: [path('a')], services: [service] }), {
    text: '',
    trouble: 'proxy_path of /a leads nowhere now. /x finds no Browser Id Manager.',
  });
  const many = { ...nothing, dangling: [path('a'), path('b'), path('c')] };
  assert.equal(followWords(many).trouble, '3 paths that led there lead nowhere now.');
});
