import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { FieldSchema } from '../../schema/form-schema.ts';
import { changedNames, contested, differences, isSame, textOf } from './edits.ts';

const servers = field('lines', 'Servers');
const deadline = { ...field('integer', 'Deadline'), unit: 'ms' };
const prefix = field('string', 'Key prefix');
const fields = { servers, deadline, prefix };
const began = { servers: ['a:1'], deadline: 250, prefix: '' };

test('a value typed and typed back is no change, and neither is a blank line at the end', () => {
  const edits = new Map<string, unknown>([
    ['deadline', 250],
    ['servers', ['a:1 ', '']],
    ['prefix', 'shop'],
  ]);
  assert.deepEqual(changedNames(fields, began, edits), ['prefix']);
});

test('changes are named in the order of the form, not in that of typing', () => {
  const edits = new Map<string, unknown>([
    ['prefix', 'shop'],
    ['servers', []],
  ]);
  assert.deepEqual(changedNames(fields, began, edits), ['servers', 'prefix']);
});

test('a blank line between two others is a change', () => {
  assert.equal(isSame(['a', '', 'b'], ['a', 'b']), false);
});

test('a conflict shows what each side did, and only where both differ it is contested', () => {
  const theirs = { servers: ['a:1', 'b:2'], deadline: 500, prefix: 'shop' };
  const edits = new Map<string, unknown>([
    ['deadline', 100],
    ['prefix', 'shop'],
  ]);
  const found = differences(fields, began, theirs, edits);
  assert.deepEqual(found, [
    { name: 'servers', title: 'Servers', theirs: 'a:1, b:2', mine: undefined },
    { name: 'deadline', title: 'Deadline', theirs: '500 ms', mine: '100 ms' },
    { name: 'prefix', title: 'Key prefix', theirs: 'shop', mine: 'shop' },
  ]);
  assert.deepEqual(
    contested(found).map(({ name }) => name),
    ['deadline'],
  );
});

test('values are told in the words of their field', () => {
  const choice = { ...field('selection', 'On a conflict'), enum: ['newest'], labels: ['The newest change wins'] };
  assert.equal(textOf(choice, 'newest'), 'The newest change wins');
  assert.equal(textOf(deadline, 'two'), 'two ms');
  assert.equal(textOf(prefix, ''), 'empty');
  assert.equal(textOf(field('boolean', 'Secure'), false), 'Off');
});

function field(widget: FieldSchema['widget'], title: string): FieldSchema {
  return { type: 'string', title, widget, mode: 'rw', default: '' };
}
