import assert from 'node:assert/strict';
import { test } from 'node:test';
import { avif, gif, ico, jpeg, png, webp } from '../../../../e2e/support/chromium/images.ts';
import { FILE_TYPES, HEAD_BYTES, isShown, mediaTypeFor } from './media-types.ts';

const HTML = Buffer.from('<!doctype html><script>alert(1)</script>');
const UNKNOWN = 'application/octet-stream';

test('the type is what the name says, if the bytes agree', () => {
  const cases: readonly (readonly [string, Buffer, string])[] = [
    ['a.png', png(1, 1), 'image/png'],
    ['a.PNG', png(1, 1), 'image/png'],
    ['a.jpg', jpeg(1, 1), 'image/jpeg'],
    ['a.jpeg', jpeg(1, 1), 'image/jpeg'],
    ['a.gif', gif(1, 1), 'image/gif'],
    ['a.webp', webp(1, 1), 'image/webp'],
    ['a.avif', avif(1, 1), 'image/avif'],
    ['favicon.ico', ico(16, 16), 'image/x-icon'],
    ['favicon.png', ico(16, 16), 'image/x-icon'],
    ['favicon.ico', png(1, 1), 'image/png'],
    ['favicon.ico', HTML, UNKNOWN],
    ['favicon.ico', Buffer.from('\0\0\x01\0\0\0\0', 'latin1'), UNKNOWN],
    ['cursor.ico', Buffer.from('\0\0\x02\0\x01\0\0', 'latin1'), UNKNOWN],
    ['a.pdf', Buffer.from('%PDF-1.7'), 'application/pdf'],
    ['a.txt', Buffer.from('grüße'), 'text/plain'],
    ['a.txt', Buffer.alloc(0), 'text/plain'],
    ['a.css', Buffer.from('a{}'), 'text/css'],
    ['a.zip', Buffer.from('PK\x03\x04'), 'application/zip'],
    ['a.txt', HTML, 'text/plain'],
    ['photo.png', jpeg(1, 1), 'image/jpeg'],
    ['a.png', HTML, UNKNOWN],
    ['a.pdf', HTML, UNKNOWN],
    ['a.png', Buffer.alloc(0), UNKNOWN],
    ['a.txt', Buffer.from([0x41, 0x00]), UNKNOWN],
    ['a.txt', Buffer.from([0xff, 0xfe, 0x41]), UNKNOWN],
    ['a.html', HTML, UNKNOWN],
    ['a.svg', Buffer.from('<svg xmlns="http://www.w3.org/2000/svg"/>'), UNKNOWN],
    ['a.js', Buffer.from('alert(1)'), UNKNOWN],
    ['a', png(1, 1), UNKNOWN],
    ['png', png(1, 1), UNKNOWN],
    ['.png', png(1, 1), UNKNOWN],
    ['a.png.html', png(1, 1), UNKNOWN],
  ];
  for (const [name, bytes, type] of cases) assert.equal(mediaTypeFor(name, bytes), type, name);
});

test('a type that somebody chose stays where the name says nothing and the new bytes agree', () => {
  assert.equal(mediaTypeFor('notes', Buffer.from('words'), 'text/plain'), 'text/plain');
  assert.equal(mediaTypeFor('notes', Buffer.from([0]), 'text/plain'), UNKNOWN);
  assert.equal(mediaTypeFor('notes.png', png(1, 1), 'text/plain'), 'image/png');
  assert.equal(mediaTypeFor('icon', ico(1, 1), 'image/vnd.microsoft.icon'), 'image/vnd.microsoft.icon');
});

test('a text may end in the middle of a character only where the head of a longer file does', () => {
  const cut = Buffer.from('ü').subarray(0, 1);
  assert.equal(mediaTypeFor('a.txt', cut), UNKNOWN);
  assert.equal(mediaTypeFor('a.txt', Buffer.concat([Buffer.alloc(HEAD_BYTES - 1, 'a'), cut])), 'text/plain');
});

test('no type that runs in a browser is among those a file may have, and only nine are shown in their place', () => {
  const types = Object.keys(FILE_TYPES);
  assert.deepEqual(
    types.filter((type) => /html|xml|svg|script|flash|wasm/.test(type)),
    [],
  );
  assert.deepEqual(types.filter(isShown), [
    'image/png',
    'image/jpeg',
    'image/gif',
    'image/webp',
    'image/avif',
    'image/x-icon',
    'image/vnd.microsoft.icon',
    'application/pdf',
    'text/plain',
  ]);
});
