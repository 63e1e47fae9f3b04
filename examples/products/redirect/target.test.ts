import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { parseTarget } from './target.ts';

const SITE = 'https://shop.example';

/** Pieces by which programs were talked into leading visitors away. */
const PIECES = [
  '/',
  '//',
  '\\',
  '/\\',
  '\t',
  '\n',
  '\r',
  '\0',
  '.',
  '..',
  '/./',
  '/.//',
  '@',
  ':',
  '?',
  '#',
  '%2f',
  '%5c',
  '%09',
];
const WORDS = [
  'evil.example',
  'https:',
  'javascript:alert(1)',
  'data:text/html,x',
  'user:pw',
  'news',
  'ä',
  '\u2028',
  '\ud800',
];
const hostile = fc
  .array(fc.constantFrom(...PIECES, ...WORDS), { minLength: 1, maxLength: 6 })
  .map((parts) => parts.join(''));

test('of 500 targets that look like paths, none leaves the site', () => {
  let accepted = 0;
  const looksLikePath = fc.oneof(
    hostile,
    hostile.map((text) => `/${text}`),
    hostile.map((text) => `/news/${text}`),
  );
  fc.assert(
    fc.property(looksLikePath, (text) => {
      const target = parseTarget(text);
      if (typeof target === 'string' || target.urlPath === undefined) return;
      accepted += 1;
      assert.equal(new URL(target.location, SITE).origin, SITE, text);
      assert.match(target.location, /^\/(?!\/)[\x21-\x7e]*$/, text);
    }),
    { numRuns: 500 },
  );
  assert.ok(accepted > 50, `only ${accepted} of them are paths at all`);
});

test('another site is reached only by an address that says so', () => {
  fc.assert(
    fc.property(hostile, (text) => {
      const target = parseTarget(text);
      if (typeof target === 'string' || target.urlPath !== undefined) return;
      assert.match(text, /^https?:\/\/[^/]/i);
      assert.match(target.location, /^https?:\/\/[^@\s\\]+$/);
    }),
    { numRuns: 500 },
  );
});

test('paths and addresses are printed as they were understood', () => {
  const cases: readonly [string, string][] = [
    ['/', '/'],
    ['/news?page=2#top', '/news?page=2#top'],
    ['/a/../b', '/b'],
    ['/über', '/%C3%BCber'],
    ['https://example.org', 'https://example.org/'],
    ['HTTP://EXAMPLE.org/x', 'http://example.org/x'],
  ];
  for (const [text, location] of cases) {
    const target = parseTarget(text);
    assert.ok(typeof target !== 'string', text);
    assert.equal(target.location, location);
  }
});

test('what is refused is refused in a sentence that says what would be right', () => {
  const cases: readonly [string, RegExp][] = [
    ['//evil.example', /Begin a path with one "\/", or write the whole address with https/],
    ['/.//evil.example', /leads to another site/],
    ['/\\evil.example', /Write them as %20 or %5C/],
    ['/a b', /Write them as %20/],
    ['news', /Write a path such as \/news/],
    ['', /is no target/],
    ['javascript:alert(1)', /is no target/],
    ['https:evil.example', /is no target/],
    ['https://bank.example@evil.example', /Leave out what is before the "@"/],
  ];
  for (const [text, expected] of cases) {
    const refused = parseTarget(text);
    assert.match(typeof refused === 'string' ? refused : 'accepted', expected, text);
  }
});
