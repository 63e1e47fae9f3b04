import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Malformed } from '../base/errors.ts';
import { openTestTree } from '../objects/testing.ts';
import { namesIn, parseApiAddress, traverse } from './traverse.ts';

test('the names in an address are decoded once, and a slash at its end changes nothing', () => {
  assert.deepEqual(namesIn('/'), []);
  assert.deepEqual(namesIn('/a%20b/%2525/'), ['a b', '%25']);
});

test('what is no address is refused, with no more of it than can be read', () => {
  for (const path of ['/a//b', '/%zz', '/a/../b', '/%2e%2e', '/a%2fb', '/\u00e4', 'a']) {
    assert.throws(() => namesIn(path), Malformed, path);
  }
  assert.throws(
    () => namesIn(`/%zz${'x'.repeat(10_000)}`),
    ({ message }: Error) => message.length < 400,
  );
});

test('an address under the API leads to an object, to a view of it, and to what one name after that means', () => {
  const parse = (path: string) => parseApiAddress(namesIn(path));
  const to = (ids: readonly string[], view: string, tail?: string) => ({ ids, readings: [{ view, tail }] });
  assert.deepEqual(parse('/'), to([], ''));
  assert.deepEqual(parse('/a/b'), to(['a', 'b'], ''));
  assert.deepEqual(parse('/a/@look'), to(['a'], 'look'));
  assert.deepEqual(parse('/@users/mary'), to([], 'users', 'mary'));
  assert.deepEqual(parse('/a/%40look'), to(['a'], 'look'));
  for (const path of ['/@users/mary/more', '/a/@look/b/@look']) assert.equal(parse(path), undefined, path);
});

test('a name after a view that begins with "@" may be an action of the view, or what it is about', () => {
  const action = { view: 'users/@mary', tail: undefined };
  const readings = [action, { view: 'users', tail: '@mary' }];
  assert.deepEqual(parseApiAddress(namesIn('/a/@users/@mary')), { ids: ['a'], readings });
});

test('each name leads one object further, and nowhere once there is none of that name', async () => {
  const transaction = await (await openTestTree()).open();
  const root = await transaction.root();
  const folder = transaction.add(root, { type: 'Folder', id: 'docs' });
  const note = transaction.add(folder, { type: 'Note', id: 'note' });
  const ways = [[], ['docs'], ['docs', 'note'], ['note'], ['docs', 'note', 'more'], ['']];
  const found = await Promise.all(ways.map((ids) => traverse(transaction, ids)));
  assert.deepEqual(
    found.map((object) => object?.path),
    ['/', '/docs', '/docs/note', undefined, undefined, undefined],
  );
  assert.equal(found[2], note);
});
