import assert from 'node:assert/strict';
import { test } from 'node:test';
import { hiddenProblem, piecesOf, visible, visibleLines } from './invisible.ts';

test('characters that are not seen, or turn the direction of others, are found by their codes', () => {
  const codes = [
    0, 0x9, 0x7f, 0xad, 0x61c, 0x200b, 0x200d, 0x200e, 0x200f, 0x2028, 0x202a, 0x202e, 0x2060, 0x2066, 0x2069,
  ];
  for (const code of [...codes, 0xfeff, 0xe0041]) {
    const name = `U+${code.toString(16).toUpperCase().padStart(4, '0')}`;
    assert.equal(visible(`a${String.fromCodePoint(code)}b`), `a[${name}]b`);
  }
});

test('in a name neither an empty sign, another blank than the plain one, nor what varies a sign goes unseen', () => {
  for (const code of [0x2800, 0xfe00, 0xfe0f, 0xe0100, 0xe01ef, 0xa0, 0x1680, 0x2000, 0x2009, 0x202f, 0x205f, 0x3000]) {
    const name = `U+${code.toString(16).toUpperCase().padStart(4, '0')}`;
    for (const before of ['a', '日', '❤']) {
      assert.equal(visible(`${before}${String.fromCodePoint(code)}b`), `${before}[${name}]b`);
    }
  }
});

test('what is seen is left as it is, in every script', () => {
  for (const text of ['', 'a b', 'Ünïcode', 'שלום', 'مرحبا', '日本', '👍', '👍🏽', '👩‍👧', '👩🏽‍🚀']) {
    assert.equal(hiddenProblem('id', text), undefined, text);
    assert.equal(visible(text), text);
  }
});

test('prose keeps what it has a use for: blanks of every width, and what varies an emoji or a sign', () => {
  for (const text of [
    'Prix\u00a0: 3\u202f€',
    '日本\u3000語',
    '❤️',
    '❤️‍🔥',
    '1️⃣',
    '葛\ufe00',
    '葛\u{e0100}城',
    '辻\u{e01ef}',
  ]) {
    assert.deepEqual(piecesOf(text), [{ text, isCode: false }], text);
    assert.equal(visibleLines(text), text);
  }
  for (const before of ['a', '1', '❤', '葛\u{e0100}']) {
    assert.deepEqual(piecesOf(`${before}\u{e0101}`)[1], { text: 'U+E0101', isCode: true }, before);
  }
  assert.deepEqual(piecesOf('\u2800'), [{ text: 'U+2800', isCode: true }]);
  assert.deepEqual(piecesOf('a\ufe0fb')[1], { text: 'U+FE0F', isCode: true });
});

test('a text is shown with what it hides', () => {
  assert.equal(visible('photo\u202egnp.exe'), 'photo[U+202E]gnp.exe');
  assert.equal(visibleLines('no\u200b\n\tyes\r\n'), 'no[U+200B]\n\tyes\r\n');
  assert.equal(visibleLines('yes\rno'), 'yes[U+000D]no');
  assert.deepEqual(piecesOf('\u200ba\ufeff'), [
    { text: 'U+200B', isCode: true },
    { text: 'a', isCode: false },
    { text: 'U+FEFF', isCode: true },
  ]);
});
