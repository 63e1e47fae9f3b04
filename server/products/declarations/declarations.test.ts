import assert from 'node:assert/strict';
import { readdir, readFile } from 'node:fs/promises';
import { after, test } from 'node:test';
import fc from 'fast-check';
import { p } from '../../../schema/fields.ts';
import { ICONS } from '../../../schema/icons.ts';
import { INTERFACE_TABS } from '../../../schema/interface-tabs.ts';
import { defineType } from '../../objects/types.ts';
import { method } from '../../publisher/views.ts';
import { products } from '../index.ts';
import { STORE } from '../stores/store.ts';
import { CannotLoad, loadProducts } from '../loading.ts';
import { ProductFolders } from '../product-folders.ts';
import { mistakesIn } from './product-mistakes.ts';

const folders = new ProductFolders();
after(() => folders[Symbol.asyncDispose]());
const CLIENT = new URL('../../../client/', import.meta.url);

const GET = "http: 'GET', permission: 'View', summary: 'x'";
const right = `method({ ${GET}, run() {} })`;

/** What types can rest on: nothing. */
const NOTHING = { elements: new Set<string>(), views: [] };

/** What a type is declared with beside, or in place of, what every type has, and what is said of it. */
const MISTAKES: readonly (readonly [declared: string, ...sentences: RegExp[]])[] = [
  [
    "publish: { methods: { left: method({ http: 'GET', summary: 'x', run() {} }) } }",
    /publish\.methods\.left\.permission is missing\. It must be the name of a permission/,
  ],
  [
    "publish: { methods: { left: method({ http: 'GET', permision: 'View', summary: 'x', run() {} }) } }",
    /publish\.methods\.left\.permision is no member of a method\. Did you mean 'permission'\?$/,
    /publish\.methods\.left\.permission is missing/,
  ],
  [
    "publish: { view: method({ http: 'GET', permission: 'view', summary: 'x', run() {} }) }",
    /publish\.view\.permission is 'view'\. .* Did you mean 'View'\?$/,
  ],
  [
    "publish: { view: [method({ http: 'GTE', permission: 'View', summary: 'x', run() {} })] }",
    /publish\.view\[0\]\.http is 'GTE'\. It must be GET, POST, PATCH or DELETE\. Did you mean 'GET'\?$/,
  ],
  [
    `publish: { view: [${right}, ${right}] }`,
    /publish\.view\[1\] is never called: publish\.view\[0\] answers GET already\.$/,
  ],
  ['publish: { view: [] }', /publish\.view is an empty list\. It must be made by method/],
  [
    `publish: { methods: { left: { ${GET}, run() {} } } }`,
    /publish\.methods\.left is an object\. It must be made by method\(\{ … \}\)\.$/,
  ],
  [
    `publish: { methods: { left: method({ ${GET}, run: 'go' }) } }`,
    /publish\.methods\.left\.run is 'go'\. It must be a function\.$/,
  ],
  [
    `publish: { methods: { left: method({ ${GET}, body: { a: text }, run() {} }) } }`,
    /publish\.methods\.left\.body is never sent: a GET has none/,
  ],
  [
    "publish: { methods: { left: method({ http: 'POST', permission: 'View', summary: '', body: { a: String }, run() {} }) } }",
    /publish\.methods\.left\.summary is ''\./,
    /publish\.methods\.left\.body\.a is a function\. It must be one of text, integer/,
  ],
  [
    `publish: { methods: { check: ${right} } }`,
    /publish\.methods\.check hides the view 'check' that every object has\. Use another name\.$/,
  ],
  [
    "publish: { methods: { cache: method({ http: 'GTE', permission: 'View', summary: 'x', run() {} }) } }",
    /publish\.methods\.cache\.http is 'GTE'/,
    /publish\.methods\.cache hides the view 'cache' that every object has/,
  ],
  [
    `contains: 'volatile', publish: { methods: { upload: ${right} } }`,
    /publish\.methods\.upload hides the view 'upload' that every folder has/,
  ],
  [
    "publish: { methods: { left: method({ http: 'GET', view: 'lost', summary: 'x' }, { permission: 'View', run() {} }) } }",
    /publish\.methods\.left answers the endpoint 'lost'\. Call it so\.$/,
  ],
  [`publish: { methods: { upload: ${right}, children: ${right}, search: ${right} } }`],
  ["publish: { methods: { 'a b': 1 } }", /publish\.methods\.a b has a name that cannot be\. It is part of addresses/],
  ["changePermission: 'Fly'", /changePermission is 'Fly'\. It must be the name of a permission/],
  ["icon: 'timr'", /icon is 'timr'\. It must be the name of an icon .* Did you mean 'timer'\?$/],
  ["suggestedId: 'a/b'", /suggestedId is 'a\/b'\. The id "a\/b" contains/],
  ["suggestedId: 'api'", /suggestedId is 'api'\. The id "api" is reserved\.$/],
  ["suggestedId: ' a'", /suggestedId is ' a'\. It must have no blanks around it\.$/],
  ["fixedId: 'b'", /suggestedId is 'a', and its fixedId allows only 'b'\.$/],
  ['ui: { warning: async () => [] }', /ui\.warning is no member of what a type shows\. Did you mean 'warnings'\?$/],
  ['tabs: []', /tabs is no member of a type\. It has type, .*, publish, ui, /],
  ['ui: []', /ui is an empty list\. It must be what a type shows\.$/],
  ['publish: { methods: 7 }', /publish\.methods is 7\. It must be an object\.$/],
  ['group: undefined', /group is missing\. It must be a text that is not empty\.$/],
  ['on: { removed() {} }', /on is no member of a type\./],
  ["events: [REMOVED.by('x')]", /events\[0\]\.hear is 'x'\. It must be a function\.$/],
  [
    "events: [{ event: 'removed', hear() {} }]",
    /events\[0\]\.event is 'removed'\. It must be an event, such as REMOVED\.$/,
  ],
  ['migrations: [1]', /migrations\[0\] is 1\. It must be a function\.$/],
  ["contains: 'object'", /contains is 'object'\. .* Did you mean 'objects'\?$/],
  ["provides: { 'cache.store': () => 1 }", /provides is an object\. It must be a list\.$/],
  [
    'provides: [STORE]',
    /provides\[0\]\.name is no member of what is provided/,
    /wanted is no/,
    /capability is missing/,
    /give is missing/,
  ],
  ['provides: [STORE.by(1)]', /provides\[0\]\.give is 1\. It must be a function\.$/],
  [
    "needs: [{ capability: 'x', text: 'a', short: 'b', loss: 'c' }]",
    /needs\[0\]\.capability is 'x'\. It must be made by capability/,
  ],
  [
    "ui: { tabs: [{ id: 'a', label: 'A', element: 'no-such-tab' }] }",
    /ui\.tabs\[0\]\.element is 'no-such-tab', which no module defines\. Put no-such-tab\.js, which calls .*, into the product's `client` folder/,
  ],
  [
    "ui: { tabs: [{ id: 'a', label: 'A', element: 'user-tab' }] }",
    /ui\.tabs\[0\]\.element is 'user-tab', .* Did you mean 'users-tab'\?$/,
  ],
  [
    "ui: { tabs: [{ id: 'a', label: 'A', element: 'users-tab' }, { id: 'a', label: 'B', element: 'keys-tab' }] }",
    /ui\.tabs\[1\]\.id is 'a', which is taken by another of its tabs\.$/,
  ],
  [
    "ui: { tabs: [{ id: 'A B', label: '' }] }",
    /ui\.tabs\[0\]\.id is 'A B'\./,
    /ui\.tabs\[0\]\.label is ''\./,
    /ui\.tabs\[0\]\.element is missing/,
  ],
  [
    "contains: 'objects', ui: { tabs: [{ id: 'contents', label: 'A', element: 'users-tab' }] }",
    /ui\.tabs\[0\]\.id is 'contents', which is a tab of the interface itself\.$/,
  ],
  ['properties: { a: p.string({}) }', /properties\.a\.title is missing/],
  [
    "properties: { a: p.string({ title: 'A', defualt: 'x' }) }",
    /properties\.a\.defualt is no member of p\.string\. Did you mean 'default'\?$/,
  ],
  [
    "properties: { a: p.string({ title: 'A', maxLength: 2, default: 'abc' }) }",
    /properties\.a\.default is 'abc', which its own rule refuses: 3 characters are too many/,
  ],
  [
    "properties: { a: p.string({ title: 'A', rule: (value) => (value === '' ? 'Say something.' : undefined) }) }",
    /properties\.a\.default is '', which its own rule refuses: Say something\.$/,
  ],
  [
    "properties: { a: p.string({ title: 'A', rule: (value) => value.no.such }) }",
    /properties\.a\.default is '', at which its own rule fails: TypeError/,
  ],
  [
    "properties: { a: p.integer({ title: 'A', default: 7, minimum: 1, maximum: 5 }) }",
    /properties\.a\.default is 7, which its own rule refuses: 7 is out of range\. Use 1 to 5\.$/,
  ],
  [
    "properties: { a: p.integer({ title: 'A', default: '7' }) }",
    /properties\.a\.default is '7'\. It must be a whole number\.$/,
    /properties\.a\.minimum is missing/,
    /properties\.a\.maximum is missing/,
  ],
  [
    "properties: { a: p.selection({ title: 'A', default: 'x' }) }",
    /properties\.a\.choices is missing\. It must be an object of choices, each with its words\.$/,
  ],
  [
    "properties: { a: p.selection({ title: 'A', choices: { b: 'B' }, default: 'x' }) }",
    /properties\.a\.default is 'x', which its own rule refuses: 'x' is not one of the choices/,
  ],
  ["properties: { a: p.boolean({ title: 'A' }) }", /properties\.a\.default is missing\. It must be true or false\.$/],
  [
    "properties: { a: p.path({ title: 'A', provides: 'cache.store' }) }",
    /properties\.a\.provides is no member of p\.path/,
    /properties\.a\.to is missing\. It must be made by capability\(…\), such as STORE\.$/,
  ],
  [
    "properties: { a: p.path({ title: 'A', to: capability('cache.stor', 'a store') }) }",
    /properties\.a\.to is 'cache\.stor', which no type that is loaded provides\. Did you mean 'cache\.store'\?$/,
  ],
  [
    "properties: { a: { ...p.string({ title: 'A' }), schema: { widget: 'strng' } } }",
    /properties\.a\.widget is 'strng'\. .* Did you mean 'string'\?$/,
  ],
  ["properties: { a: 'text' }", /properties\.a is 'text'\. It must be a field\. Make it with one of p\.string/],
  ["properties: { 'a b': p.string({ title: 'A' }) }", /properties\.a b has a name that cannot be\. Use letters/],
  ['answers: { wrods: async () => ({ results: [] }) }', /answers\.wrods names no property\. Did you mean 'words'\?$/],
  [
    'answers: { words: async () => ({ results: [] }) }',
    /answers\.words is never asked: properties\.words has no `answers: true`\.$/,
  ],
  [
    "properties: { words: p.string({ title: 'W', answers: true }) }",
    /properties\.words\.answers is true, and the type has no answers\.words\.$/,
  ],
];

const refusal = async (text: string) => {
  const path = await folders.plant({ 'index.js': text });
  const error: unknown = await loadProducts([path]).then(
    () => undefined,
    (reason: unknown) => reason,
  );
  assert.ok(error instanceof CannotLoad, String(error));
  const beginning = `The product '${path}/index.js' (TRELLIS_PRODUCTS): in `;
  for (const line of error.message.split('\n')) assert.ok(line.startsWith(beginning), line);
  return error.message.split('\n').map((line) => line.slice(beginning.length));
};

test('every mistake of every type is said at the start at once: product, type, key and what would be right', async () => {
  const types = MISTAKES.map(
    ([declared], index) => `defineType({
      type: 'Note ${index}', description: 'A note', icon: 'file', group: 'Content', suggestedId: 'a',
      addPermission: 'Add Folders', properties: { words: p.string({ title: 'Words' }) }, ${declared} })`,
  );
  const lines = await refusal(`
    import { capability, defineType, method, p, REMOVED, STORE, text } from 'trellis/product';
    export default { name: 'notes', types: [${types.join(',\n')}] };`);
  for (const [index, [declared, ...sentences]] of MISTAKES.entries()) {
    const own = lines.filter((line) => line.startsWith(`the type 'Note ${index}', `));
    assert.equal(own.length, sentences.length, `${declared}\n${own.join('\n')}`);
    for (const sentence of sentences)
      assert.ok(
        own.some((line) => sentence.test(line)),
        `${declared}\n${own.join('\n')}`,
      );
  }
  assert.equal(
    lines.length,
    MISTAKES.reduce((sum, [, ...sentences]) => sum + sentences.length, 0),
  );
});

test('what is wrong with the product itself is said in the same way', async () => {
  const lines = await refusal(`export default {
    name: 'A b', types: [7, {}], permisions: [], client: 'client/',
    permissions: [{ name: 'Juggle' }, { name: 'Throw', description: 'x', roles: ['Boss'] }],
    views: [{ name: 'x', on: 'anything', methods: [] }],
  };`);
  const expected = [
    /^the product 'A b', permisions is no member of a product\. Did you mean 'permissions'\?$/,
    /^the product 'A b', name is 'A b'\. It must be small letters, digits and "-"/,
    /^the product 'A b', types\[0\] is 7\. It must be made by defineType/,
    /^the product 'A b', permissions\[0\]\.description is missing/,
    /^the product 'A b', permissions\[1\]\.roles\[0\] is 'Boss'\. It must be the name of a role\.$/,
    /^the product 'A b', views\[0\]\.on is 'anything'\. It must be 'any', 'folder' or 'root'/,
    /^the product 'A b', views\[0\]\.methods is an empty list/,
    /^the product 'A b', client is 'client\/'\. It must be the URL of a folder/,
    /^types\[0\], type is missing/,
  ];
  for (const sentence of expected)
    assert.ok(
      lines.some((line) => sentence.test(line)),
      `${sentence}\n${lines.join('\n')}`,
    );
});

test('a type that is declared in a file of its own is named with that file and the line', () => {
  const about = { type: 'X', description: 'x', icon: 'file', group: 'x', suggestedId: 'x', properties: {} } as const;
  const type = defineType({ ...about, addPermission: 'Fly' });
  const [line] = mistakesIn([{ product: { name: 'x', types: [type] }, from: 'The product' }], NOTHING);
  assert.match(
    line ?? '',
    /^The product: in the type 'X' \(\/.*\/declarations\.test\.ts:\d+\), addPermission is 'Fly'/,
  );
});

test('the types that Trellis has by itself go through the same check', async () => {
  assert.equal((await loadProducts([])).products.length, products.length);
});

test('no declaration, whatever is in it, makes the check itself fail', () => {
  const members = Object.keys(products[0]!.types[0]!);
  const type = fc.dictionary(
    fc.constantFrom(...members, 'views', '__proto__'),
    fc.anything({ withNullPrototype: true }),
  );
  fc.assert(
    fc.property(fc.array(fc.oneof(type, fc.anything())), fc.anything(), (types, permissions) => {
      const product = { name: 'odd', types, permissions } as never;
      for (const line of mistakesIn([{ product, from: 'x' }], NOTHING)) assert.match(line, /^x: /);
    }),
  );
});

test('the tabs and icons that types may name are those that the interface has', async () => {
  const tabs = (await readdir(new URL('tabs/', CLIENT))).filter((name) => name.endsWith('-tab.ts'));
  assert.deepEqual(tabs.map((name) => name.slice(0, -'.ts'.length)).toSorted(), INTERFACE_TABS.toSorted());
  const sheet = await readFile(new URL('icons/icons.svg', CLIENT), 'utf8');
  for (const icon of ICONS) assert.ok(sheet.includes(`<symbol id="${icon}"`), `${icon}: run scripts/icons.mjs`);
});

test('TypeScript refuses what it can know by itself', () => {
  const about = { type: 'X', description: 'x', group: 'x', suggestedId: 'x', addPermission: 'View' } as const;
  const field = p.boolean({ title: 'x', default: true });
  const answer = async () => ({ results: [] });
  // @ts-expect-error no permission
  method({ http: 'GET', summary: 'x', run() {} });
  // @ts-expect-error no such way of asking
  method({ http: 'PUT', permission: 'View', summary: 'x', run() {} });
  // @ts-expect-error no such icon
  defineType({ ...about, icon: 'unicorn', properties: {} });
  // @ts-expect-error no such member
  defineType({ ...about, icon: 'file', properties: {}, ui: { warning: async () => [] } });
  // @ts-expect-error no property of that name
  defineType({ ...about, icon: 'file', properties: { a: field }, answers: { b: answer } });
  defineType({
    ...about,
    icon: 'file',
    properties: {},
    // @ts-expect-error not made by method()
    publish: { view: { http: 'GET', permission: 'View', run() {} } },
  });
  // @ts-expect-error a default that is no choice
  p.selection({ title: 'x', choices: { a: 'A' }, default: 'b' });
  // @ts-expect-error a capability by its name alone
  p.path({ title: 'x', to: 'cache.store' });
  // @ts-expect-error no store
  STORE.by(async () => 'mine');
});
