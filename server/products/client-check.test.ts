import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { after, test } from 'node:test';
import { INTERFACE_EXPORTS } from '../../schema/interface-exports.ts';
import { CannotLoad, loadProducts } from './loading.ts';
import { ProductFolders } from './product-folders.ts';

const folders = new ProductFolders();
after(() => folders[Symbol.asyncDispose]());

const PRODUCT = `import { defineType } from 'trellis/product';
  const it = defineType({ type: 'Tabbed', description: 'x', icon: 'file', group: 'Content', suggestedId: 'x',
    addPermission: 'Add Folders', properties: {}, ui: { tabs: [{ id: 'x', label: 'X', element: 'x-tab' }] } });
  export default { name: 'tabbed', types: [it], client: new URL('client/', import.meta.url) };`;
const DEFINED = "customElements.define('x-tab', class extends HTMLElement {});";

/** What is said at the start of a product whose tab has this module, without the folder's own path. */
async function saidOf(files: Readonly<Record<string, string>>): Promise<string> {
  const client = Object.entries(files).map(([name, text]) => [`client/${name}`, text]);
  const path = await folders.plant({ 'index.js': PRODUCT, ...Object.fromEntries(client) });
  const said = await loadProducts([path]).then(
    () => '',
    (error: unknown) => (error instanceof CannotLoad ? error.message : Promise.reject(error as Error)),
  );
  return said.replaceAll(path, '');
}

test('a module of a tab that browsers could not load, or that defines no element, is refused at the start', async () => {
  const none =
    /^The product .* in the type 'Tabbed', ui\.tabs\[0\]\.element is 'x-tab', which no module defines\. Put x-tab\.js, which calls customElements\.define\('x-tab', …\), into/;
  const cases: readonly (readonly [Readonly<Record<string, string>>, string | RegExp])[] = [
    [{ 'x-tab.js': '' }, none],
    [{ 'x-tab.js': "import { html } from '/assets/trellis.js'; html`<x-tab></x-tab>`;" }, none],
    [
      { 'x-tab.js': "import '/assets/trellis.js';\n\nlet a = = 1;" },
      "Browsers cannot load '/client/x-tab.js:3': SyntaxError: Unexpected token '='.",
    ],
    [
      { 'x-tab.js': "import './parts/a.js';", 'parts/a.js': '\nlet b; let b;' },
      "Browsers cannot load '/client/parts/a.js:2': SyntaxError: Identifier 'b' has already been declared.",
    ],
    [
      { 'x-tab.js': `import { LitElment } from '/assets/trellis.js'; ${DEFINED}` },
      "Browsers cannot load '/client/x-tab.js': '/assets/trellis.js' exports no 'LitElment'. Did you mean 'LitElement'?",
    ],
    [
      { 'x-tab.js': "import { a } from './a.js';", 'a.js': 'export const b = 1;' },
      "Browsers cannot load '/client/x-tab.js': './a.js' exports no 'a'.",
    ],
    [
      { 'x-tab.js': "import './a.js';", 'a.js': "import { html } from 'lit';" },
      "Browsers cannot load '/client/a.js': it imports 'lit'. It can import /assets/trellis.js, and its own files by relative paths.",
    ],
    [
      { 'x-tab.js': "import './gone.js';" },
      "Browsers cannot load '/client/x-tab.js': it imports './gone.js', and there is no such file.",
    ],
  ];
  for (const [files, expected] of cases) {
    const said = await saidOf(files);
    if (typeof expected === 'string') assert.equal(said, expected);
    else assert.match(said, expected);
  }
});

test('a module is taken that defines its element itself or by what it imports, whatever else is in its folder', async () => {
  for (const files of [
    { 'x-tab.js': DEFINED },
    { 'x-tab.js': 'throw new Error(\'at once\'); const name = "x-tab"; customElements.define(name, class {});' },
    {
      'x-tab.js':
        "import { LitElement } from '/assets/trellis.js'; import './parts/ü b.js'; import c from './c.css' with { type: 'css' };",
      'parts/ü b.js': `import '../x-tab.js'; ${DEFINED}`,
      'c.css': '',
      'not-imported.txt.js': 'let = = 1;',
    },
  ])
    assert.equal(await saidOf(files), '');
});

test('the names that products’ modules may import are those that the interface exports', async () => {
  const source = await readFile(new URL('../../client/product.ts', import.meta.url), 'utf8');
  const exported = [...source.matchAll(/^export \{([^}]*)\} from/gm)].flatMap(([, names = '']) =>
    names.split(',').map((name) => name.trim()),
  );
  assert.doesNotMatch(source, /^export (?!\{)/m);
  assert.deepEqual([...INTERFACE_EXPORTS], exported.toSorted());
});
