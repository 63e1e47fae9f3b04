import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { FieldSchema } from '../../schema/form-schema.ts';
import type { ObjectMessage } from '../../schema/endpoints/objects.ts';
import { Editing } from './editing.ts';

test('saving sends the changed fields alone, the title beside the properties', () => {
  const editing = new Editing(proxy());
  editing.change('title', ' Frankfurt ');
  editing.change('deadline', 100);
  editing.change('prefix', '');
  assert.deepEqual(editing.request(), { title: 'Frankfurt', properties: { deadline: 100 } });
  assert.deepEqual(editing.changed, ['title', 'deadline']);
});

test('what is typed while a save is under way is not lost when it ends', () => {
  const editing = new Editing(proxy());
  editing.change('deadline', 100);
  const sent = editing.edits;
  editing.change('prefix', 'shop');
  editing.wasSaved(sent, proxy({ deadline: 100 }, 2));
  assert.deepEqual(editing.request(), { properties: { prefix: 'shop' } });
  assert.equal(editing.began.revision, 2);
});

test('a newer state is taken over under the edits, unless both changed one field', () => {
  const editing = new Editing(proxy());
  editing.change('deadline', 100);
  editing.adopt(proxy({ prefix: 'theirs' }, 2));
  assert.deepEqual([editing.began.revision, editing.values['prefix'], editing.values['deadline']], [2, 'theirs', 100]);
  editing.adopt(proxy({ prefix: 'theirs', deadline: 500 }, 3));
  assert.deepEqual([editing.began.revision, editing.values['deadline']], [2, 100]);
});

test('showing theirs keeps what was typed at hand, and every other edit', () => {
  const editing = new Editing(proxy());
  editing.change('deadline', 100);
  editing.change('prefix', 'shop');
  editing.takeTheirs(proxy({ deadline: 500 }, 2));
  assert.equal(editing.values['deadline'], 500);
  assert.equal(editing.setAside.get('deadline'), 100);
  assert.deepEqual(editing.changed, ['prefix']);
  editing.change('deadline', 100);
  assert.equal(editing.setAside.size, 0);
});

test('a refusal stays with its field until the field changes', () => {
  const editing = new Editing(proxy());
  editing.change('deadline', 'two');
  assert.equal(editing.wasRefused([{ pointer: '/properties/deadline', detail: 'An integer was expected.' }]), true);
  editing.change('prefix', 'x');
  assert.deepEqual(editing.refused, ['deadline']);
  assert.equal(editing.values['deadline'], 'two');
  editing.change('deadline', 2);
  assert.deepEqual(editing.refused, []);
  assert.equal(editing.wasRefused([{ pointer: '/properties/unheard', detail: 'No such property.' }]), false);
});

test('a refusal of a field that was not touched goes with the next change, for another field caused it', () => {
  const editing = new Editing(proxy());
  editing.change('deadline', 1);
  editing.wasRefused([{ pointer: '/properties/prefix', detail: 'Not with this deadline.' }]);
  editing.change('deadline', 250);
  assert.deepEqual(editing.refused, []);
});

test('discarding gives back what is saved now', () => {
  const editing = new Editing(proxy());
  editing.change('deadline', 100);
  editing.discard(proxy({ deadline: 500 }, 2));
  assert.deepEqual([editing.changed.length, editing.values['deadline']], [0, 500]);
});

function proxy(properties: Readonly<Record<string, unknown>> = {}, revision = 1): ObjectMessage {
  const fields = { deadline: field('integer', 'Deadline'), prefix: field('string', 'Key prefix') };
  const object = {
    path: '/mcproxy',
    title: '',
    revision,
    properties: { deadline: 250, prefix: '', ...properties },
    schema: { type: 'object', properties: fields, additionalProperties: false },
  };
  return object as unknown as ObjectMessage;
}

function field(widget: FieldSchema['widget'], title: string): FieldSchema {
  return { type: 'string', title, widget, mode: 'rw', default: '' };
}
