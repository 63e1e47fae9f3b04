import assert from 'node:assert/strict';
import { test } from 'node:test';
import { capability } from './capability.ts';
import { typeNamed } from './testing.ts';
import { Types } from './types.ts';

const LIGHT = capability<string>('light', 'a light');
const HEAT = capability<string>('heat', 'a heating');
const lamp = typeNamed('Lamp', { provides: [LIGHT.by(() => 'on')] });
const stove = typeNamed('Stove', { provides: [LIGHT.by(() => 'red'), HEAT.by(() => 'hot')] });
const types = new Types([stove, lamp, typeNamed('Stone')]);

test('a type is found by its name, and by no name that every JavaScript object has', () => {
  assert.equal(types.find('Lamp'), lamp);
  for (const name of ['lamp', '', 'constructor', '__proto__']) assert.equal(types.find(name), undefined, name);
});

test('all types are given in the order in which they came', () => {
  assert.deepEqual(
    types.all().map(({ type }) => type),
    ['Stove', 'Lamp', 'Stone'],
  );
});

test('those that provide something are found by what they provide', () => {
  assert.deepEqual(types.providing(LIGHT), ['Stove', 'Lamp']);
  assert.deepEqual(types.providing(HEAT), ['Stove']);
  assert.deepEqual([types.providing({ name: 'cold' }), types.providing({ name: 'toString' })], [[], []]);
});
