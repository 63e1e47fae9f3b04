import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  either,
  flag,
  integer,
  listOf,
  mapping,
  number,
  object,
  oneOf,
  orNull,
  text,
  texts,
  time,
} from '../../schema/json-schema.ts';
import { Malformed } from '../base/errors.ts';
import { BodyCheck } from './body.ts';

const check = new BodyCheck(
  { id: text, paths: texts },
  { count: integer, deep: flag, how: oneOf('up', 'down'), properties: mapping },
);

/** What is wrong with a body: sentences by pointer. */
async function problemsOf(body: unknown): Promise<Record<string, string>> {
  const error: unknown = await check.check(body).then(
    () => undefined,
    (refused: unknown) => refused,
  );
  if (error === undefined) return {};
  assert.ok(error instanceof Malformed);
  return Object.fromEntries(error.errors.map(({ pointer, detail }) => [pointer, detail]));
}

test('a body of the shape that is expected passes, with or without what it may have', async () => {
  assert.deepEqual(await problemsOf({ id: '', paths: [] }), {});
  const all = { count: -1, deep: false, how: 'up', properties: { anything: [1, { a: null }] } };
  assert.deepEqual(await problemsOf({ id: 'a', paths: ['/a', '/b'], ...all }), {});
});

test('everything that is wrong is named at once, each by its pointer', async () => {
  const body = { paths: ['/a', 1], count: 1.5, deep: 'yes', how: 'sideways', properties: [] };
  assert.deepEqual(await problemsOf(body), {
    '/id': "The member 'id' is missing.",
    '/paths/1': 'The value must be a string.',
    '/count': 'The value must be an integer.',
    '/deep': 'The value must be true or false.',
    '/how': 'The value must be one of up, down.',
    '/properties': 'The value must be an object.',
  });
  assert.deepEqual(await problemsOf({ id: 'a', paths: '/a' }), { '/paths': 'The value must be an array.' });
});

test('members of every kind there is say what is wrong with them, and where', async () => {
  const kinds = { size: orNull(number), when: time, at: listOf(object({ x: number })), id: either(text, integer) };
  const deep = new BodyCheck(kinds, {});
  const right = { size: null, when: '2030-12-31T12:00:00Z', at: [{ x: 1.5 }], id: 7 };
  await deep.check(right);
  const wrong: readonly (readonly [change: object, pointer: string, detail: string])[] = [
    [{ size: 'x' }, '/size', 'The value must be a number.'],
    [{ size: 'x' }, '/size', 'The value is of none of the kinds that may be here.'],
    [{ id: [] }, '/id', 'The value is of none of the kinds that may be here.'],
    [{ when: 'soon' }, '/when', 'The value must be a time, such as 2030-12-31T12:00:00Z.'],
    [{ at: [{}] }, '/at/0/x', "The member 'x' is missing."],
    [{ at: [{ x: 1 }, { x: 1, y: 1 }] }, '/at/1/y', 'There is no such member.'],
    [{ at: [{ x: 'x' }] }, '/at/0/x', 'The value must be a number.'],
  ];
  for (const [change, pointer, detail] of wrong) {
    await assert.rejects(deep.check({ ...right, ...change }), (error) => {
      assert.ok(error instanceof Malformed);
      assert.ok(
        error.errors.some((each) => each.pointer === pointer && each.detail === detail),
        `${detail} ${JSON.stringify(error.errors)}`,
      );
      return true;
    });
  }
});

test('a member that nobody knows is refused, also one that every JavaScript object has', async () => {
  const known = 'There is no such member. The members are id, paths, count, deep, how, properties.';
  for (const name of ['colour', 'constructor', '__proto__']) {
    const body: unknown = JSON.parse(`{"id":"a","paths":[],"${name}":1}`);
    assert.deepEqual(await problemsOf(body), { [`/${name}`]: known }, name);
  }
  assert.deepEqual(Object.keys(await problemsOf(JSON.parse('{"paths":[],"__proto__":{"id":"a"}}'))).toSorted(), [
    '/__proto__',
    '/id',
  ]);
});

test('what is no object is no body', async () => {
  for (const body of [undefined, null, [], 'text', 7, true]) {
    assert.deepEqual(await problemsOf(body), { '': 'A JSON object was expected as the body of the request.' });
  }
});

test('a body without members that it must have may be empty, and never absent', async () => {
  const optional = new BodyCheck({}, { title: text });
  await optional.check({});
  await assert.rejects(optional.check(undefined), Malformed);
});
