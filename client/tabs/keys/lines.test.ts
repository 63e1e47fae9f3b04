import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { KeyGroup, KeyRow, KeysMessage } from '../../../schema/endpoints/keys.ts';
import { lastPart, linesOf } from './lines.ts';

const group = (prefix: string): KeyGroup => ({ prefix, kind: 'other', about: '', keys: 2, bytes: 100 });

function row(key: string): KeyRow {
  const times = { expires: null, lastAccess: null };
  return {
    key,
    name: key,
    group: `${key.split(':')[0]}:`,
    kind: 'other',
    bytes: 50,
    ...times,
    server: null,
    copies: [],
  };
}

function message(keys: readonly string[], matching: number): KeysMessage {
  const figures = { furtherGroups: 0, total: matching, unreachable: [], complete: true, source: '', checked: '' };
  return { groups: [group('a:'), group('b:')], keys: keys.map(row), matching, ...figures };
}

test('few keys are all listed, each under its group', () => {
  const lines = linesOf(message(['a:1', 'b:1', 'a:2'], 3), undefined);
  assert.deepEqual(
    lines.map(({ id }) => id),
    ['group a:', 'key a:1', 'key a:2', 'group b:', 'key b:1'],
  );
});

test('of many keys the groups alone are listed, until one is opened', () => {
  assert.deepEqual(
    linesOf(message(['a:1', 'a:2'], 500), undefined).map(({ id }) => id),
    ['group a:', 'group b:'],
  );
  const lines = linesOf(message(['b:1', 'b:2'], 400), 'b:');
  assert.deepEqual(
    lines.map((line) => ('isOpen' in line ? line.isOpen : line.id)),
    [false, true, 'key b:1', 'key b:2'],
  );
});

test('a key stands without what its group says already', () => {
  assert.equal(lastPart({ name: 'shop:cart:1', group: 'shop:' }), 'cart:1');
  assert.equal(lastPart({ name: 'counter', group: '' }), 'counter');
});
