import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { MARK, PAGE_STYLES } from './page-look.ts';

const read = (path: string) => readFileSync(new URL(`../../client/${path}`, import.meta.url), 'utf8');

test('pages of the server’s own have the colours of the interface, in light and dark', () => {
  const tokens = read('styles/tokens.css');
  const used = new Set(PAGE_STYLES.match(/light-dark\([^)]+\)/g));
  assert.ok(used.size > 8);
  assert.deepEqual(
    [...used].filter((colour) => !tokens.includes(colour)),
    [],
  );
});

test('and its mark', () => {
  const logo = read('shell/logo.ts');
  for (const [, shape = ''] of MARK.matchAll(/ (d="[^"]+"|cx="[^"]+")/g)) assert.ok(logo.includes(shape), shape);
});
