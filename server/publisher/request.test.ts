import assert from 'node:assert/strict';
import { test } from 'node:test';
import { escapeHtml, html, isInPieces, json, noContent } from './request.ts';

test('a value is answered as JSON, with another status and further headers where they are given', () => {
  const type = { 'content-type': 'application/json; charset=utf-8' };
  assert.deepEqual(json({ a: 'ä' }), { status: 200, headers: type, body: '{"a":"ä"}', kind: 'api' });
  const { status, headers } = json([], { status: 201, headers: { etag: '"1"' } });
  assert.deepEqual([status, headers], [201, { ...type, etag: '"1"' }]);
});

test('nothing is answered as nothing, and a page as a page', () => {
  assert.deepEqual([noContent().status, noContent().body], [204, null]);
  assert.deepEqual([html('<p>').kind, html('<p>').headers['content-type']], ['content', 'text/html; charset=utf-8']);
});

test('a body comes in pieces where it is neither text, nor bytes, nor nothing', () => {
  async function* pieces(): AsyncGenerator<Buffer> {}
  assert.deepEqual(
    [isInPieces(pieces()), isInPieces('a'), isInPieces(Buffer.from('a')), isInPieces(null)],
    [true, false, false, false],
  );
});

test('text in HTML neither begins a tag, nor ends an attribute, nor names a character', () => {
  assert.equal(
    escapeHtml(`<a href="x" title='y'>&lt;</a>`),
    '&lt;a href=&quot;x&quot; title=&#39;y&#39;&gt;&amp;lt;&lt;/a&gt;',
  );
});
