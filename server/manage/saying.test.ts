import assert from 'node:assert/strict';
import { pino } from 'pino';
import { setImmediate } from 'node:timers/promises';
import { after, test } from 'node:test';
import type { ChildrenMessage, ObjectMessage } from '../../schema/endpoints/objects.ts';
import { ProductFolders } from '../products/product-folders.ts';
import { openTestInstallation } from '../testing.ts';

const folders = new ProductFolders();
after(() => folders[Symbol.asyncDispose]());

const note = (type: string, more: string) => `defineType({
  type: '${type}', description: 'A note', icon: 'file', group: 'Content', suggestedId: 'note', addPermission: 'Add Folders',
  properties: { words: p.string({ title: 'Words', answers: true }) }, answers: { words: () => ({ results: [] }) }, ${more}
})`;

/** An installation with a note of each kind, `note0` and so on, whose declarations have this in them. */
async function withNotes(...kinds: readonly string[]) {
  const types = kinds.map((more) => note(`Note ${(made += 1)}`, more));
  const path = await folders.plant({
    'index.js': `import { CACHEABLE, defineType, p, SHOWN } from 'trellis/product';
      const fail = () => { throw new Error('It fell over.'); };
      export default { name: 'notes', types: [${types.join(', ')}] };`,
  });
  const lines: string[] = [];
  const log = pino({ level: 'error' }, { write: (line: string) => void lines.push(line) });
  const trellis = await openTestInstallation(undefined, path, {}, { log });
  const first = made - kinds.length + 1;
  for (const [index, kind] of kinds.entries()) {
    const body = { type: `Note ${first + index}`, id: `note${index}` };
    assert.equal((await trellis.ask('POST', '/api', { body })).status, 201, kind);
  }
  const children = async () => (await trellis.ask('GET', '/api/@children?limit=100')).json<ChildrenMessage>().items;
  return { trellis, lines, children, [Symbol.asyncDispose]: () => trellis[Symbol.asyncDispose]() };
}
let made = 0;

const FAILED = /^What the type 'Note \d+' says of this object failed\. The log says why\.$/;

test('a type that fails at saying something of its objects is named there and in the log, and its folder is shown', async () => {
  const kinds = [
    'ui: { warnings: fail }',
    'ui: { warnings: async () => fail() }',
    "ui: { warnings: async () => ({ text: 'x' }) }",
    'ui: { warnings: async () => [1] }',
    'ui: { size: fail }',
    'ui: { size: () => 5n }',
    'ui: { count: fail }',
    'ui: { tabCounts: fail }',
  ];
  await using notes = await withNotes(...kinds);
  const { trellis, lines, children } = notes;
  const rows = (await children()).filter(({ id }) => id.startsWith('note'));
  assert.equal(rows.length, kinds.length);
  for (const [index, kind] of kinds.entries()) {
    const shown = (await trellis.ask('GET', `/api/note${index}`)).json<ObjectMessage>();
    const { warnings } = kind.startsWith('ui: { size') ? rows.find(({ id }) => id === `note${index}`)! : shown;
    assert.match(warnings.find(({ severity }) => severity === 'danger')?.text ?? '', FAILED, kind);
    const body = { properties: { words: 'new' } };
    assert.equal((await trellis.ask('PATCH', `/api/note${index}`, { body })).status, 200, kind);
  }
  assert.equal(lines.length, kinds.length, 'once a minute for each type and hook');
  assert.ok(lines[0]?.includes('It fell over.'));
});

test('who answers for a property or counts what would be lost, and fails, is said where it was asked', async () => {
  await using notes = await withNotes('answers: { words: fail }', 'holds: fail');
  const { trellis } = notes;
  const answer = await trellis.ask('PATCH', '/api/note0', { body: { properties: { words: 'new' } } });
  assert.equal(answer.status, 200);
  assert.match(answer.json<ObjectMessage & { results: { text: string }[] }>().results[0]?.text ?? '', FAILED);
  const cost = await trellis.ask('GET', '/api/@consequences?ids=note1');
  assert.equal(cost.status, 200);
  assert.match(cost.text, /What could not be counted \(see the log\) in \/note1 will end/);
});

test('of an object whose type fails to say what pages see, pages see what all objects have, and the log says why', async () => {
  await using notes = await withNotes(
    'provides: [SHOWN.by(fail), CACHEABLE.by(() => true)]',
    'provides: [SHOWN.by(() => ({ run() {} }))]',
    "provides: [SHOWN.by(() => ({ words: 'seen' }))]",
  );
  const { trellis, lines } = notes;
  const text =
    '{% for each in root.children %}{% if each.id contains "note" %}[{{ each.id }} {{ each.words }}]{% endif %}{% endfor %}';
  const body = { type: 'Page Template', id: 'list', properties: { text } };
  assert.equal((await trellis.ask('POST', '/api', { body })).status, 201);
  const page = await trellis.ask('GET', '/list');
  assert.deepEqual([page.status, page.text.trim()], [200, '[note0 ][note1 ][note2 seen]']);
  assert.equal(lines.filter((line) => line.includes('shown')).length, 2);
});

test('a page that lacks what a type failed to say is not kept by a cache manager', async () => {
  const atFirst = '(() => { let times = 0; return () => (times += 1) === 1 ? fail() : { words: times }; })()';
  await using notes = await withNotes(`provides: [SHOWN.by(${atFirst})]`);
  const { trellis } = notes;
  const post = (path: string, body: object) => trellis.ask('POST', `/api${path}`, { body });
  await post('', { type: 'RAM Cache Manager', id: 'cache' });
  const properties = { text: '[{{ objects["/note0"].words }}]' };
  await post('', { type: 'Page Template', id: 'page', properties });
  assert.equal((await post('/page/@cache', { manager: 'cache' })).status, 200);
  const see = async () => (await trellis.ask('GET', '/page', { as: null })).text.trim();
  assert.deepEqual([await see(), await see()], ['[]', '[2]']);
});

test('a type that never says anything holds up the page of its folder for seconds only', async (t) => {
  await using silent = await withNotes(
    "ui: { size: (it) => (it.properties.words === '' ? '' : new Promise(() => {})) }",
  );
  await silent.trellis.ask('PATCH', '/api/note0', { body: { properties: { words: 'hush' } } });
  t.mock.timers.enable({ apis: ['setTimeout'] });
  const listing = silent.children();
  let isThere = false;
  void listing.finally(() => (isThere = true));
  for (let tick = 0; !isThere && tick < 1000; tick += 1) {
    await setImmediate();
    t.mock.timers.tick(1000);
  }
  assert.ok(isThere, 'the page of the folder is there');
  assert.match((await listing).find(({ id }) => id === 'note0')?.warnings[0]?.text ?? '', FAILED);
});
