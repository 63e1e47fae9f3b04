import assert from 'node:assert/strict';
import { test } from 'node:test';
import { errorPage } from './error-page.ts';

const PLAIN = { status: 404, heading: 'Not here', sentence: 'It is gone.' };

test('a page says what failed, and has nothing that there is nothing to say of', () => {
  const page = errorPage(PLAIN);
  assert.match(page, /<title>Not here<\/title>[^]*>404<[^]*<h1>Not here<\/h1>\s*<p>It is gone\.<\/p>/);
  assert.doesNotMatch(page, /<nav|<section|class="note"/);
});

test('notes, ways on and the detail stand where they are given', () => {
  const page = errorPage({
    ...PLAIN,
    notes: ['Soon.', 'Later.'],
    links: [{ href: '/a', label: 'On' }],
    detail: 'Why.',
  });
  assert.match(
    page,
    /<p class="note">Soon\.<\/p>\s*<p class="note">Later\.<\/p>[^]*<a href="\/a">On<\/a>[^]*<p>Why\.<\/p>/,
  );
});

test('whatever is said in it is text, and the page runs and loads nothing', () => {
  const nasty = `<script src="x">'&`;
  const links = [{ href: nasty, label: nasty }];
  const page = errorPage({ status: 500, heading: nasty, sentence: nasty, notes: [nasty], links, detail: nasty });
  assert.doesNotMatch(page, /<script|src="x/);
  assert.equal(page.split('&lt;script src=&quot;x&quot;&gt;&#39;&amp;').length - 1, 7);
});
