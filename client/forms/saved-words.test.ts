import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { FieldResult } from '../../schema/endpoints/forms.ts';
import type { FieldSchema } from '../../schema/form-schema.ts';
import { savedWords } from './saved-words.ts';

const servers: FieldSchema = { type: 'array', title: 'Servers', widget: 'lines', mode: 'rw', default: [] };
const up: FieldResult = { state: 'ok', text: 'localhost:11211 answers in 0.3 ms' };
const down: FieldResult = { state: 'down', text: '10.0.0.9:11211 does not answer' };
const lines = ['localhost:11211', '# spare', '10.0.0.9:11211', ''];

test('saving servers says how each of them answers, and the silent ones apart', () => {
  assert.deepEqual(savedWords('Saved changes.', servers, lines, [up, down]), {
    text: 'Saved. 2 servers: localhost:11211 answers in 0.3 ms;',
    trouble: '10.0.0.9:11211 does not answer.',
  });
  assert.deepEqual(savedWords('Saved changes.', servers, lines, [up]), {
    text: 'Saved. 1 server: localhost:11211 answers in 0.3 ms.',
    trouble: undefined,
  });
  assert.deepEqual(savedWords('Saved changes.', servers, lines, [down]), {
    text: 'Saved. 1 server:',
    trouble: '10.0.0.9:11211 does not answer.',
  });
});

test('what silent servers cost is said once', () => {
  const cost = 'sessions whose place is there get 503 until they answer';
  const other = { ...down, text: 'localhost:11211 does not answer', cost };
  assert.equal(
    savedWords('Saved changes.', servers, lines, [other, { ...down, cost }]).trouble,
    `localhost:11211 does not answer; 10.0.0.9:11211 does not answer: ${cost}.`,
  );
});

test('without lines that answer the plain sentence is said', () => {
  const path: FieldResult = { state: 'ok', text: "Found: MemCache Proxy '/mcproxy'" };
  const plain = { text: 'Saved changes. (14:41)', trouble: undefined };
  assert.deepEqual(savedWords('Saved changes. (14:41)', servers, [], []), plain);
  assert.deepEqual(savedWords('Saved changes. (14:41)', undefined, undefined, [path]), plain);
});

test('what a saved path leaves behind is said as trouble', () => {
  const found: FieldResult = { state: 'ok', text: "Found: MemCache Session Data Container '/mcsdc'" };
  const left: FieldResult = { state: 'warn', text: '2 live sessions stay behind in /old until they expire.' };
  assert.deepEqual(savedWords('Changes saved.', undefined, undefined, [found, left]), {
    text: 'Changes saved.',
    trouble: left.text,
  });
});
