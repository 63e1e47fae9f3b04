import assert from 'node:assert/strict';
import { test } from 'node:test';
import { gunzipSync } from 'node:zlib';
import { Assets } from './assets.ts';

const files = {
  '/index.html': '<!doctype html>',
  '/assets/main-3f2a.js': 'const a = 1;',
  '/assets/favicon-12.svg': '<svg/>',
  '/assets/notes.unknown': 'bytes',
};
const pack = (of: Readonly<Record<string, string>>) =>
  new Assets(new Map(Object.entries(of).map(([path, text]) => [path, Buffer.from(text)])));

test('a file is found by its path as it was at start, plain and zipped, with the type of its name', async () => {
  const assets = pack(files);
  const types: (string | undefined)[] = [];
  for (const [path, text] of Object.entries(files)) {
    const asset = assets.find(path);
    const zipped = (await asset?.zipped()) ?? '';
    assert.deepEqual([asset?.plain.toString(), gunzipSync(zipped).toString()], [text, text]);
    types.push(asset?.type);
  }
  const [text, bytes] = ['text/javascript; charset=utf-8', 'application/octet-stream'];
  assert.deepEqual(types, ['text/html; charset=utf-8', text, 'image/svg+xml', bytes]);
});

test('nothing else is found', () => {
  const assets = pack(files);
  for (const path of ['/', '/assets/', '/assets/../index.html', '/etc/passwd', '/constructor', 'index.html']) {
    assert.equal(assets.find(path), undefined, path);
  }
});

test('the icon is found whatever it was made from, and nothing where there is none', () => {
  assert.equal(pack(files).icon?.plain.toString(), '<svg/>');
  assert.equal(pack({}).icon, undefined);
});
