import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { managerOf } from '../http/client.ts';
import { App } from '../support/pages/app.ts';
import { Contents } from '../support/pages/contents.ts';
import { startServer } from '../support/server.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { checkEveryLook, checkScreen } from './check-screen.ts';
import { expect, expectError, test } from './fixtures.ts';
import { picture } from './screenshots.ts';

const REDIRECT = new URL('../../examples/products/redirect', import.meta.url).pathname;
const news = { type: 'Redirect', id: 'news', title: 'News', properties: { target: '/index_html' } };

test('a tab that a product brings is fetched when it is opened, and changes the object from the keyboard', async ({
  page,
}) => {
  await using server = await startServer({ environment: { TRELLIS_PRODUCTS: REDIRECT } });
  await managerOf(server)('/api/', { body: news });
  const fetched: string[] = [];
  page.on('request', (request) => fetched.push(new URL(request.url()).pathname));
  const app = new App(page);
  await page.goto(`${server.url}/manage/news`);
  await app.signIn();
  await expect(app.tab('Destination')).toBeVisible();
  expect(fetched.filter((path) => /products|trellis\.js/.test(path))).toEqual([]);
  await app.tab('Destination').click();
  await expect(page.getByText('A Page Template of this site')).toBeVisible();
  expect(fetched.filter((path) => /products|trellis\.js/.test(path)).length).toBe(2);
  await picture(page, 'product-tab');

  const target = page.getByLabel('Lead elsewhere', { exact: true }).and(page.locator('input'));
  await target.fill('//evil.example');
  await page.keyboard.press('Enter');
  await expect(app.alert(/leads to another site/)).toBeVisible();
  await target.fill('https://example.org/news');
  await page.keyboard.press('Enter');
  await expect(app.flash('It leads to https://example.org/news now.')).toBeVisible();
  await expect(page.getByText('On another site')).toBeVisible();
  await page.reload();
  await expect(page.getByRole('link', { name: 'https://example.org/news' })).toBeVisible();
});

test('objects of a product that is gone are marked, read and deleted in the browser, and work when it is back', async ({
  page,
}) => {
  await using folder = await temporaryFolder();
  const data = join(folder.path, 'data');
  const environment = { TRELLIS_PRODUCTS: REDIRECT };
  {
    await using server = await startServer({ data, environment });
    for (const id of ['news', 'spare']) await managerOf(server)('/api/', { body: { ...news, id } });
  }
  const [app, contents] = [new App(page), new Contents(page)];
  {
    await using server = await startServer({ data });
    await page.goto(`${server.url}/manage`);
    await app.signIn();
    await expect(contents.row('news')).toContainText('Type is not installed');
    await page.goto(`${server.url}/manage/news`);
    await expect(
      app
        .alert(/^Type 'Redirect' is not installed\./)
        .or(page.getByText(/^Type 'Redirect' is not installed\. The object can be read/))
        .first(),
    ).toBeVisible();
    await expect(page.getByRole('definition').getByText('/index_html')).toBeVisible();
    await expect(app.button('Save changes')).toHaveCount(0);
    await checkEveryLook(page);
    await page.goto(`${server.url}/manage/news/@destination`);
    await expect(app.alert("has no tab 'destination'")).toBeVisible();
    await page.goto(`${server.url}/manage`);
    await contents.row('spare').focus();
    await page.keyboard.press('Delete');
    await app
      .dialog('Delete spare?')
      .getByRole('button', { name: /^Delete/ })
      .click();
    await expect(contents.row('spare')).toHaveCount(0);
  }
  await using server = await startServer({ data, environment });
  await page.goto(`${server.url}/manage/news/@destination`);
  await expect(page.getByText('A Page Template of this site')).toBeVisible();
  await expect(app.tab('Properties')).toBeVisible();
  await page.goto(`${server.url}/manage`);
  expect(await contents.ids).not.toContain('spare');
});

test('an object whose type fails at what it says of it is marked in its folder and on its own page', async ({
  page,
}) => {
  await using folder = await temporaryFolder();
  await writeFile(
    join(folder.path, 'index.js'),
    `import { defineType, p } from 'trellis/product';
     const fail = () => { throw new Error('It fell over.'); };
     const odd = defineType({ type: 'Odd', description: 'x', icon: 'file', group: 'Content', suggestedId: 'odd',
       addPermission: 'Add Folders', properties: { words: p.string({ title: 'Words' }) }, ui: { warnings: fail, size: fail } });
     export default { name: 'odd', types: [odd] };`,
  );
  await using server = await startServer({ environment: { TRELLIS_PRODUCTS: folder.path } });
  expect((await managerOf(server)('/api/', { body: { type: 'Odd', id: 'odd' } })).status).toBe(201);
  const [app, contents] = [new App(page), new Contents(page)];
  await page.goto(`${server.url}/manage`);
  await app.signIn();
  await expect(contents.row('index_html')).toBeVisible();
  await expect(contents.row('odd')).toContainText('Its type failed');
  await page.goto(`${server.url}/manage/odd`);
  await expect(page.getByText("What the type 'Odd' says of this object failed. The log says why.")).toBeVisible();
  await checkScreen(page, 'an object whose type fails');
  await page.getByLabel('Words').fill('kept');
  await app.button('Save changes').click();
  await expect(app.flash(/^Saved/)).toBeVisible();
  expect(server.log()).toContain('It fell over.');
});

test('a module that fails, defines nothing or breaks the policy is an error in its tab, and nothing more', async ({
  page,
  faults,
}) => {
  await using folder = await temporaryFolder();
  const modules = {
    'throws-tab': "throw new Error('The moon is full.'); customElements.define('throws-tab', class {});",
    'empty-tab': "export const later = () => customElements.define('empty-tab', class extends HTMLElement {});",
    'own-lit-tab':
      "trustedTypes.createPolicy('lit-html', {}); customElements.define('own-lit-tab', class extends HTMLElement {});",
    'markup-tab': `customElements.define('markup-tab', class extends HTMLElement {
      connectedCallback() { this.textContent = 'Here'; try { this.innerHTML = '<b>x</b>'; } catch (error) { this.textContent = error.name; } } });`,
  };
  const tabs = Object.keys(modules).map(
    (element) => `{ id: '${element}', label: '${element}', element: '${element}' }`,
  );
  await mkdir(join(folder.path, 'client'));
  for (const [element, text] of Object.entries(modules))
    await writeFile(join(folder.path, `client/${element}.js`), text);
  await writeFile(
    join(folder.path, 'index.js'),
    `import { defineType } from 'trellis/product';
     const odd = defineType({ type: 'Odd', description: 'x', icon: 'file', group: 'Content', suggestedId: 'odd',
       addPermission: 'Add Folders', properties: {}, ui: { tabs: [${tabs.join(', ')}] } });
     export default { name: 'odd', types: [odd], client: new URL('client/', import.meta.url) };`,
  );
  await using server = await startServer({ environment: { TRELLIS_PRODUCTS: folder.path } });
  await managerOf(server)('/api/', { body: { type: 'Odd', id: 'odd' } });
  const app = new App(page);
  await page.goto(`${server.url}/manage/odd`);
  await app.signIn();
  const says = async (tab: string, words: RegExp) => {
    await app.tab(tab).click();
    await expect(page.getByRole('main').getByText(words)).toBeVisible();
  };
  expectError(page, 'This tab could not be loaded: ');
  await says('throws-tab', /This tab could not be loaded: The moon is full\./);
  await expect(app.button('Reload the page')).toBeVisible();
  await checkScreen(page, 'a tab that fails');
  await says('empty-tab', /could not be loaded: .*empty-tab\.js does not define the element <empty-tab>/);
  await says('own-lit-tab', /could not be loaded: .*(policy|Policy)/);
  await says('markup-tab', /^TypeError$/);
  await says('Properties', /^Title$/);
  // Here the policy is meant to be broken against: that is what is tried.
  expect(faults.some((fault) => /trusted-types/.test(fault))).toBe(true);
  expect(faults.filter((fault) => !/trusted-types|TrustedHTML|Policy|policy/.test(fault))).toEqual([]);
  faults.length = 0;
});
