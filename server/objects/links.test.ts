import assert from 'node:assert/strict';
import { test } from 'node:test';
import { linksOf } from './links.ts';
import { openTestTree } from './testing.ts';

/** Where an object of a type with these properties leads. */
async function linksIn(type: string, properties: Readonly<Record<string, unknown>>): Promise<Record<string, string>> {
  const transaction = await (await openTestTree()).open();
  const links = linksOf(transaction.add(await transaction.root(), { type, id: 'a', properties }));
  return Object.fromEntries(links.map(({ property, path }) => [property, path]));
}

test('the links of an object are its path properties, in the form that objects have their paths', async () => {
  assert.deepEqual(await linksIn('Note', { text: '/docs', to: '/docs/one' }), { to: '/docs/one' });
  assert.deepEqual(await linksIn('Note', { to: '/docs/' }), { to: '/docs' });
  assert.deepEqual(await linksIn('Note', { to: '/cafe\u0301' }), { to: '/caf\u00e9' });
});

test('what is no path leads nowhere', async () => {
  for (const to of ['', 'docs', '/docs//one', '/..', '/a\0b', 7, ['/docs'], null]) {
    assert.deepEqual(await linksIn('Note', { to }), {}, JSON.stringify(to));
  }
});

test('of a type that is not installed whatever could be a path counts', async () => {
  assert.deepEqual(await linksIn('Odd', { a: '/docs', b: 'docs', c: '/docs/one', d: 7 }), {
    a: '/docs',
    c: '/docs/one',
  });
});
