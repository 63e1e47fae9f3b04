import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { Invalid } from '../base/errors.ts';
import type { ObjectMessage, TypeInfo } from '../../schema/messages/objects.ts';
import { openTestInstallation } from '../testing.ts';
import { CannotLoad, checkTogether, loadProducts } from './loading.ts';
import { readTabModules } from './tab-modules.ts';
import { ProductFolders } from './trial.ts';

const folders = new ProductFolders();
after(() => folders[Symbol.asyncDispose]());
const plant = (files: Readonly<Record<string, string>>) => folders.plant(files);

function declaration(more = '', type = 'Note'): string {
  return `
    import { defineType, Invalid, method, p } from 'trellis/product';
    export const note = defineType({
      type: '${type}', description: 'A note', icon: 'file', group: 'Content', suggestedId: 'note',
      addPermission: 'Add Folders', properties: { words: p.string({ title: 'Words' }) }, ${more}
    });`;
}

const refusal = (names: readonly string[]) =>
  loadProducts(names).then(
    () => assert.fail('it was loaded'),
    (error: unknown) => {
      assert.ok(error instanceof CannotLoad);
      return error.message;
    },
  );

test('a product anywhere on the machine is made of this server’s own parts', async () => {
  const views = `methods: { fail: method({ http: 'GET', permission: 'View', summary: 'Fails.', run() { throw new Invalid('No.'); } }) }`;
  const path = await plant({
    'index.js': `${declaration(views)}
      export { Invalid };
      export default { name: 'notes', types: [note] };`,
  });
  await using trellis = await openTestInstallation(undefined, path);
  const types = (await trellis.ask('GET', '/api/@types')).json<TypeInfo[]>();
  assert.ok(types.some(({ type }) => type === 'Note'));
  const added = await trellis.ask('POST', '/api', { body: { type: 'Note', id: 'n', properties: { words: 'Buy' } } });
  assert.equal(added.status, 201);
  assert.equal((await trellis.ask('GET', '/api/n')).json<ObjectMessage>().properties['words'], 'Buy');
  assert.equal((await trellis.ask('GET', '/api/n/@fail')).status, 422);
  const module = (await import(join(path, 'index.js'))) as { Invalid: unknown };
  assert.equal(module.Invalid, Invalid);
});

test('TypeScript is loaded as it is', async () => {
  const path = await plant({
    'index.ts': `${declaration()} export default { name: 'typed' as string, types: [note] };`,
  });
  assert.equal((await loadProducts([path]))[0]?.name, 'typed');
});

test('a permission of a product is asked for as those of the core are', async () => {
  const path = await plant({
    'index.js': `${declaration("changePermission: 'Change notes'")}
      const words = { name: 'Change notes', description: 'Change notes.' };
      export default { name: 'permitted', types: [note], permissions: [words] };`,
  });
  await using trellis = await openTestInstallation(undefined, path);
  await trellis.ask('POST', '/api', { body: { type: 'Note', id: 'n' } });
  assert.equal((await trellis.ask('GET', '/api/n')).json<ObjectMessage>().changePermission, 'Change notes');
});

test('what is wrong with a product is said in a sentence that names it', async () => {
  const cases: readonly [string, RegExp][] = [
    ['export default 1;', /exports no product: its default export must have a name and types/],
    ['export const x = 1;', /exports no product/],
    ["export default { name: 'A b', types: [] };", /the name 'A b', which becomes part of addresses/],
    ["export default { name: 'a', types: [{ type: 'X' }] };", /lacks one of type, description/],
    ['this is no program', /cannot be loaded: /],
    [
      `${declaration("changePermission: 'Juggle'")} export default { name: 'a', types: [note] };`,
      /a type 'Note' that asks for the permission 'Juggle', which nobody declares/,
    ],
    [
      `${declaration("view: [method({ http: 'GET', permission: 'Fly', summary: 'A page.', run() {} })]")}
       export default { name: 'a', types: [note] };`,
      /asks for the permission 'Fly', which nobody declares/,
    ],
    [
      `export default { name: 'a', types: [], permissions: [{ name: 'View', description: 'Mine.' }] };`,
      /The permission "View" is declared already, with another meaning/,
    ],
  ];
  for (const [text, expected] of cases) {
    const path = await plant({ 'index.js': text });
    const message = await refusal([path]);
    assert.match(message, expected);
    assert.ok(message.startsWith(`The product '${path}' (TRELLIS_PRODUCTS) `), message);
  }
  assert.match(await refusal(['no-such-product']), /^The product 'no-such-product' .* cannot be loaded: /);
});

test('two products that bring the same name, type or element are refused together', async () => {
  const one = await plant({ 'index.js': `${declaration()} export default { name: 'one', types: [note] };` });
  const two = await plant({ 'index.js': `${declaration()} export default { name: 'two', types: [note] };` });
  const products = await loadProducts([one, two]);
  assert.throws(() => checkTogether(products), /Two products bring a type named 'Note'/);
  assert.throws(() => checkTogether([products[0]!, products[0]!]), /Two products are named 'one'/);
  const client = new URL(`file://${await plant({ 'a-tab.js': '' })}/`);
  const both = ['one', 'two'].map((name) => ({ name, types: [], client }));
  await assert.rejects(readTabModules(both), /Two products bring a module for the element <a-tab>/);
  const nowhere = new URL(`file://${one}/nowhere/`);
  await assert.rejects(
    readTabModules([{ name: 'one', types: [], client: nowhere }]),
    /client folder .* cannot be read/,
  );
});

test('the modules of tabs change their address with what is in them, and only what browsers need is served', async () => {
  const path = await plant({ 'x-tab.js': 'one', 'parts/deep.js': 'deep', 'secret.ts': 'no', 'page.html': 'no' });
  const read = () => readTabModules([{ name: 'x', types: [], client: new URL(`file://${path}/`) }]);
  const { byElement, files } = await read();
  const address = byElement.get('x-tab') ?? '';
  assert.match(address, /^\/assets\/products\/x\/[\w-]{12}\/x-tab\.js$/);
  const base = address.slice(0, -'/x-tab.js'.length);
  assert.deepEqual([...files.keys()].toSorted(), [`${base}/parts/deep.js`, `${base}/x-tab.js`]);
  assert.deepEqual([...byElement.keys()], ['x-tab']);
  await writeFile(join(path, 'parts/deep.js'), 'other');
  assert.notEqual((await read()).byElement.get('x-tab'), address);
});
