import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import type { ObjectMessage } from '../../../schema/endpoints/objects.ts';
import { sized, until } from '../../support/figures.ts';
import { startServer, type TestServer } from '../../support/server.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';
import { administer } from '../../support/applications/visitor.ts';

const ROUNDS = sized(4, 50);
const NOTES = 40;
/** The others are only ever read. */
const CHANGED = 28;
const STEP = `({ text, ...others }) => ({ ...others, words: String(text).split(' ') })`;

test('a server killed while it brings objects to a new version of their type has each of them whole, old or new', async (t) => {
  await using folder = await temporaryFolder();
  const data = join(folder.path, 'data');
  const former = await product(folder.path, 'former', `text: p.string({ title: 'Text' })`, '');
  const today = await product(folder.path, 'today', `words: p.lines({ title: 'Words' })`, STEP);
  const start = (products: string) => startServer({ data, environment: { TRELLIS_PRODUCTS: products } });
  {
    await using server = await start(former);
    for (let note = 0; note < NOTES; note += 1) await add(server, note);
  }
  const titles = new Map<number, string>();
  let changes = 0;
  for (let round = 0; round < ROUNDS; round += 1) {
    await using server = await start(today);
    await checkAll(server, titles);
    let isKilled = false;
    const writers = [0, 1, 2, 3].map(async (writer) => {
      while (!isKilled) {
        const note = writer + 4 * Math.floor(Math.random() * (CHANGED / 4));
        const title = `change ${(changes += 1)}`;
        const changed = await change(server, note, title);
        if (changed) titles.set(note, title);
        else assert.ok(isKilled, 'A change failed before the server was killed.');
      }
    });
    await until('a change', async () => titles.size > 0);
    await new Promise((resolve) => setTimeout(resolve, 20 + Math.random() * 150));
    isKilled = true;
    await server.kill();
    await Promise.all(writers);
    assert.throws(() => process.kill(server.pid, 0), { code: 'ESRCH' });
  }
  {
    await using server = await start(today);
    await checkAll(server, titles);
  }
  await using server = await start(former);
  const seen = await Promise.all(numbers().map((note) => look(server, note)));
  const old = seen.filter(({ isBroken }) => !isBroken);
  for (const { id, properties } of old) assert.deepEqual(properties, { text: `note ${id.slice(1)}` });
  assert.ok(old.length < NOTES && old.length >= NOTES - CHANGED, `${old.length} of ${NOTES} are as they were`);
  t.diagnostic(
    `${ROUNDS} times SIGKILL, ${changes} changes, ${NOTES - old.length} of ${NOTES} stored anew: 0 torn, 0 lost`,
  );
});

/** Every note can be read as the type has it today, with the title that it was last given. */
async function checkAll(server: TestServer, titles: ReadonlyMap<number, string>): Promise<void> {
  for (const note of numbers()) {
    const { properties, title, isBroken } = await look(server, note);
    assert.deepEqual([isBroken, properties], [false, { words: ['note', String(note)] }]);
    const known = Number(/\d+/.exec(titles.get(note) ?? '')?.[0] ?? 0);
    // One more change may have been made, whose answer the kill swallowed.
    assert.ok(Number(/\d+/.exec(title)?.[0] ?? 0) >= known, `${title} came before ${titles.get(note)}`);
  }
}

async function product(folder: string, name: string, properties: string, steps: string): Promise<string> {
  const file = join(folder, `${name}.js`);
  await writeFile(
    file,
    `import { defineType, p } from 'trellis/product';
     const note = defineType({ type: 'Note', description: 'A note', icon: 'file', group: 'Content', suggestedId: 'note',
       addPermission: 'Add Folders', properties: { ${properties} }, migrations: [${steps}] });
     export default { name: 'notes', types: [note] };`,
  );
  return file;
}

function numbers(): readonly number[] {
  return Array.from({ length: NOTES }, (_, note) => note);
}

async function add({ port }: TestServer, note: number): Promise<void> {
  await administer(port, '/api/', { body: { type: 'Note', id: `n${note}`, properties: { text: `note ${note}` } } });
}

function look({ port }: TestServer, note: number): Promise<ObjectMessage> {
  return administer<ObjectMessage>(port, `/api/n${note}`);
}

/** Whether the server said that it was done. */
function change({ port }: TestServer, note: number, title: string): Promise<boolean> {
  return administer(port, `/api/n${note}`, { method: 'PATCH', body: { title } }).then(
    () => true,
    () => false,
  );
}
