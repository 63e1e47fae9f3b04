import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { setImmediate } from 'node:timers/promises';
import { after, test } from 'node:test';
import { Invalid } from '../base/errors.ts';
import type { ObjectMessage, TypeInfo } from '../../schema/endpoints/objects.ts';
import { ANONYMOUS, mayUse, type Principal } from '../security/policy.ts';
import { openTestInstallation } from '../testing.ts';
import { products as ownProducts } from './index.ts';
import { CannotLoad, loadProducts } from './loading.ts';
import { readTabModules } from './tab-modules.ts';
import { ProductFolders } from './product-folders.ts';

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

const ownPermissions = ownProducts.flatMap(({ permissions = [] }) => permissions);

const definition = (element: string) => `customElements.define('${element}', class extends HTMLElement {});`;

const refusal = (names: readonly string[]) =>
  loadProducts(names).then(
    () => assert.fail('it was loaded'),
    (error: unknown) => {
      assert.ok(error instanceof CannotLoad);
      return error.message;
    },
  );

test('a product anywhere on the machine is made of this server’s own parts', async () => {
  const views = `publish: { methods: { fail: method({ http: 'GET', permission: 'View', summary: 'Fails.', run() { throw new Invalid('No.'); } }) } }`;
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

test('each permission of the server’s own products says in one line what it is for', async () => {
  for (const { name, description } of ownPermissions) assert.match(description, /^[A-Z][^\n]+\.$/, name);
});

test('everybody may view and have a session, who is signed in may look after their own, and nothing more', async () => {
  await loadProducts([]);
  const names = ['View', 'Look after own sessions', 'Take ownership', ...ownPermissions.map(({ name }) => name)];
  const granted = (user: Principal) => names.filter((name) => mayUse(user, name, { owner: null })).sort();
  assert.deepEqual(granted(ANONYMOUS), ['Access session data', 'View']);
  const member = { name: 'olga', roles: [] };
  assert.deepEqual(granted(member), ['Access session data', 'Look after own sessions', 'View']);
});

test('TypeScript is loaded as it is', async () => {
  const path = await plant({
    'index.ts': `${declaration()} export default { name: 'typed' as string, types: [note] };`,
  });
  assert.equal((await loadProducts([path])).products.at(-1)?.name, 'typed');
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

test('what keeps a product from being loaded is said in a sentence that names it, with file and line', async () => {
  const cases: readonly (readonly [Readonly<Record<string, string>>, string | RegExp])[] = [
    [{ 'index.js': 'export default 1;' }, / exports no product: its default export must have a name and types\.$/],
    [{ 'index.js': 'export const x = 1;' }, / exports no product/],
    [
      { 'index.js': 'const a = 1;\n\nconst b = = 2;\nexport default a;' },
      "SyntaxError: Unexpected token '=' (/index.js:3).",
    ],
    [
      {
        'package.json': '{ "type": "module" }',
        'index.js': "import './a.js';",
        'a.js': "import './b.js';",
        'b.js': '\nlet a; let a;',
      },
      "SyntaxError: Identifier 'a' has already been declared (/b.js:2).",
    ],
    [
      { 'index.ts': '\nenum A { B }' },
      'SyntaxError: TypeScript enum is not supported in strip-only mode (/index.ts:2).',
    ],
    [{ 'index.ts': "import './a.ts';", 'a.ts': 'const a: = 1;' }, /SyntaxError: .* \(.*\/a\.ts:1\)\.$/],
    [
      { 'index.js': "import { x } from './a.js';", 'a.js': 'export const y = 1;' },
      /'\.\/a\.js' does not provide an export named 'x' \(.*\/index\.js:1\)\.$/,
    ],
    [
      { 'index.js': "import { nothing } from 'trellis/product';" },
      /does not provide an export named 'nothing' \(.*\/index\.js:1\)\.$/,
    ],
    [
      { 'index.js': "import './a.js';", 'a.js': "import './gone.js';" },
      "Cannot find module '/gone.js' imported from /a.js.",
    ],
    [{ 'index.js': "import 'no-such-package';" }, "Cannot find package 'no-such-package' imported from /index.js."],
    [
      { 'index.js': "import { p } from 'trellis/product';\n\nexport default p.strin({});" },
      'TypeError: p.strin is not a function (/index.js:3).',
    ],
    // Thrown in our own source, where nobody has to look.
    [
      { 'index.js': "import { p } from 'trellis/product';\n\nexport default p.string();" },
      /^TypeError: .* \(\/index\.js:3\)\.$/,
    ],
    [{ 'index.js': "throw 'nothing';" }, 'it threw "nothing", which is no error.'],
    [{ 'other.js': '' }, 'the folder has no index.ts and no index.js.'],
    [
      {
        'index.js': "export default { name: 'a', types: [], permissions: [{ name: 'View', description: 'Mine.' }] };",
      },
      / cannot be used\. The permission "View" is declared already, with another meaning/,
    ],
  ];
  for (const [files, expected] of cases) {
    const path = await plant(files);
    const message = await refusal([path]);
    assert.ok(message.startsWith(`The product '${path}`), message);
    const reason = message
      .replaceAll(path, '')
      .replace(/^The product '.*?' \(TRELLIS_PRODUCTS\) cannot be loaded: /, '');
    if (typeof expected === 'string') assert.equal(reason, expected);
    else assert.match(reason, expected);
  }
});

test('an entry that leads nowhere is named with the place where it was looked for', async () => {
  const folder = await plant({});
  assert.equal(
    await refusal([`${folder}/gone`, 'no-such-product', './index.ts']),
    [
      `The product '${folder}/gone' (TRELLIS_PRODUCTS) cannot be loaded: there is no file or folder '${folder}/gone'.`,
      `The product 'no-such-product' (TRELLIS_PRODUCTS) cannot be loaded: there is no file or folder '${resolve('no-such-product')}'. Nor is there a package of that name.`,
      `The product './index.ts' (TRELLIS_PRODUCTS) cannot be loaded: there is no file or folder '${resolve('index.ts')}'.`,
    ].join('\n'),
  );
});

test('a product that is named twice is said to be that, and not to need another name', async () => {
  const path = await plant({ 'index.js': `${declaration()} export default { name: 'twice', types: [note] };` });
  assert.equal(
    await refusal([path, `${path}/index.js`, path]),
    [
      `TRELLIS_PRODUCTS names '${path}/index.js' twice, first as '${path}'. Name it once.`,
      `TRELLIS_PRODUCTS names '${path}' twice. Name it once.`,
    ].join('\n'),
  );
});

test('a mistake in the default export itself hides none in its types', async () => {
  const path = await plant({
    'index.js': `${declaration('ui: { warning() {} }')} export default { nam: 'notes', types: [note] };`,
  });
  const said = (await refusal([path])).split('\n').map((line) => line.replace(/^.* \(TRELLIS_PRODUCTS\): /, ''));
  assert.deepEqual(said, [
    "in its default export, nam is no member of a product. Did you mean 'name'?",
    'in its default export, name is missing. It must be small letters, digits and "-", as it becomes part of addresses.',
    "in the type 'Note', ui.warning is no member of what a type shows. Did you mean 'warnings'?",
  ]);
});

test('a module that waits for ever is named after seconds, and so is what is wrong with the others', async (t) => {
  const waiting = await plant({ 'index.js': 'await new Promise(() => {});\nexport default 1;' });
  const wrong = await plant({ 'index.js': 'export default 1;' });
  t.mock.timers.enable({ apis: ['setTimeout'] });
  let isSaid = false;
  const refused = refusal([waiting, wrong]).finally(() => (isSaid = true));
  for (let tick = 0; !isSaid && tick < 10_000; tick += 1) {
    await setImmediate();
    t.mock.timers.tick(100);
  }
  const lines = (await refused).split('\n');
  assert.match(
    lines[0] ?? '',
    /index\.js' \(TRELLIS_PRODUCTS\) cannot be loaded: it was not there within 10 seconds: an `await` at its top level, or at that of what it imports, waits on\.$/,
  );
  assert.match(lines[1] ?? '', /exports no product/);
});

test('several products that cannot be used are all named at once, and so is what they have twice', async () => {
  const one = await plant({ 'index.js': `${declaration()} export default { name: 'one', types: [note] };` });
  const two = await plant({ 'index.js': `${declaration()} export default { name: 'one', types: [note] };` });
  const three = await plant({ 'index.js': 'export default = 1;' });
  const lines = (await refusal([one, two, three])).split('\n');
  const brought = (by: string) => `(the product '${by}/index.js' (TRELLIS_PRODUCTS)). Give one of them another name.`;
  assert.deepEqual(lines, [
    `The product '${three}/index.js' (TRELLIS_PRODUCTS) cannot be loaded: SyntaxError: Unexpected token '=' (${three}/index.js:1).`,
    `The product '${two}/index.js' (TRELLIS_PRODUCTS): its name, 'one', is that of another one already ${brought(one)}`,
    `The product '${two}/index.js' (TRELLIS_PRODUCTS): the name of its type, 'Note', is that of a type already ${brought(one)}`,
  ]);
  const folder = await plant({
    'index.js': `${declaration('', 'Folder')} export default { name: 'f', types: [note] };`,
  });
  assert.match(await refusal([folder]), /'Folder', is that of a type already \(the product 'core' of Trellis\)\. Give/);
});

test('a module for an element that another one defines is refused, and so is a client folder that is not there', async () => {
  const client = new URL(`file://${await plant({ 'a-tab.js': definition('a-tab'), 'keys-tab.js': '' })}/`);
  const nowhere = new URL(`file://${await plant({})}/nowhere/`);
  const named = (name: string, folder: URL) => ({ name, types: [], client: folder });
  const { mistakes } = await readTabModules([named('one', client), named('two', client), named('three', nowhere)]);
  assert.equal(mistakes.length, 4);
  const all = mistakes.join('\n');
  assert.match(all, /'one' brings a module for <keys-tab>, which is the interface's own/);
  assert.match(all, /Two products bring a module for the element <a-tab>/);
  assert.match(all, /client folder of the product 'three' cannot be read/);
});

test('the modules of tabs change their address with what is in them, and only what browsers need is served', async () => {
  const path = await plant({
    'x-tab.js': definition('x-tab'),
    'parts/deep.js': 'deep',
    'secret.ts': 'no',
    'page.html': 'no',
  });
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
