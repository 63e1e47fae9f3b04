import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { LIMITS } from '../../templates/limits.ts';
import { openTestInstallation } from '../../testing.ts';

const page = readFileSync(new URL('../../../docs/templates.md', import.meta.url), 'utf8');

interface Example {
  readonly template: string;
  /** What a visitor gets; `undefined` where the document does not say. */
  readonly result: string | undefined;
}

function examples(): readonly Example[] {
  const blocks = [...page.matchAll(/^```(liquid|html)\n(.*?)^```$/gms)];
  return blocks.flatMap(([, language, text = ''], index) => {
    const [, next, result] = blocks[index + 1] ?? [];
    return language === 'liquid' ? [{ template: text, result: next === 'html' ? result : undefined }] : [];
  });
}

test('every example of docs/templates.md makes what stands below it', async () => {
  await using trellis = await openTestInstallation();
  const add = async (path: string, type: string, title: string, properties = {}) => {
    const at = path.lastIndexOf('/');
    const body = { type, id: path.slice(at + 1), title, properties };
    const { status, text } = await trellis.ask('POST', `/api${path.slice(0, at)}`, { body });
    assert.equal(status, 201, text);
  };
  await add('/shop', 'Folder', 'Fruit');
  await add('/shop/apple', 'Page Template', 'Apple', { values: ['price: 3'] });
  await add('/shop/pear', 'Page Template', 'Pear', { values: ['price: 4.50'] });
  await add('/shop/note', 'Page Template', '', { text: '<p class="note">{{ words }}</p>' });
  assert.ok(examples().length >= 8, `${examples().length} examples`);
  for (const { template, result } of examples()) {
    await add('/shop/page', 'Page Template', '', { text: template });
    const { status, text } = await trellis.ask('GET', '/shop/page', { as: null });
    assert.equal(status, 200, `${template}\n${text}`);
    if (result !== undefined) assert.equal(text, result, template);
    await trellis.ask('DELETE', '/api/shop/page');
  }
});

test('every limit that docs/templates.md gives is the one that holds', () => {
  const told = (number: number) => number.toLocaleString('en');
  const { workMs, wholeMs, steps, valueSize, allValues, nesting, objects, questions, heapMb, listing } = LIMITS;
  const figures = [`${workMs} ms`, `${wholeMs / 1000} s`, told(steps), '1 MiB', told(valueSize), told(allValues)];
  for (const figure of [
    ...figures,
    told(nesting),
    told(objects),
    told(questions),
    `${heapMb} MB`,
    `up to ${listing}`,
  ]) {
    assert.ok(page.includes(figure), figure);
  }
  assert.equal(LIMITS.outputBytes, 1024 * 1024);
});
