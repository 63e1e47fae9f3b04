import type { Page } from 'playwright/test';
import { LOOKS } from '../support/chromium/chromium.ts';
import { startServer } from '../support/server.ts';
import { png } from '../support/chromium/images.ts';
import { App } from '../support/pages/app.ts';
import { Contents } from '../support/pages/contents.ts';
import { Form } from '../support/pages/form.ts';
import { Files } from '../support/pages/files.ts';
import { TemplateTab } from '../support/pages/template-tab.ts';
import { TestTab } from '../support/pages/test-tab.ts';
import { setUpSessions } from '../http/site.ts';
import { checkScreen } from './check-screen.ts';
import { expect, expectError, test } from './fixtures.ts';
import { picture } from './screenshots.ts';

const PAINT = "performance.getEntriesByName('first-contentful-paint')[0]?.startTime ?? 0";

for (const { name, viewport, colorScheme, rules } of LOOKS) {
  const check = (page: Page, screen: string) => checkScreen(page, screen, rules);

  test.describe(name, () => {
    test.use({ viewport, colorScheme });

    test(`every screen passes axe: ${name}`, async ({ page, server, memcached, api }) => {
      test.setTimeout(240_000);
      expectError(page, /^Cannot list every key of '\/half'|^There is no object '\/no\/such\/object'/);
      await setUpSessions(server, [memcached.address]);
      const properties = { servers: [memcached.address, '127.0.0.1:1025'] };
      await api('/api/', { body: { type: 'MemCache Proxy', id: 'half', properties } });
      const bytes = { raw: png(30, 20), headers: { 'content-type': 'application/octet-stream' } };
      await api('/api/@upload?id=tree.png', bytes);
      await api('/api/', { body: { type: 'File', id: 'empty' } });
      await api('/api/', { body: { type: 'Folder', id: 'shelf' } });
      await api('/api/', { body: { type: 'MemCache Proxy', id: 'unset' } });
      await api('/api/', { body: { type: 'RAM Cache Manager', id: 'ram_cache' } });
      await api('/api/index_html/@cache', { body: { manager: 'ram_cache' } });
      await api('/');
      const [app, tester] = [new App(page), new TestTab(page)];
      await app.open('/');
      await app.button('Sign in').click();
      await app.alert('Enter your name.').waitFor();
      await check(page, 'sign-in');
      await app.signIn();
      await page.getByRole('table', { name: 'Contents of Root' }).locator('tr[data-key]').first().waitFor();
      await check(page, 'contents');
      if (name !== 'light') await picture(page, `contents-${name}`);

      const screens: readonly (readonly [path: string, tab: string, ready: RegExp])[] = [
        ['/half', 'properties', /answers in/],
        ['/half', 'servers', /Last 15 minutes/],
        ['/half', 'overview', /Are sessions healthy/],
        ['/', 'overview', /What happened/],
        ['/half', 'keys', /Not listed: 127\.0\.0\.1:1025 refused/],
        ['/unset', 'servers', /There is no server to look at yet/],
        ['/shelf', 'contents', /There are currently no items in 'shelf'/],
        ['/mcsdc', 'properties', /Found: MemCache Proxy/],
        ['/session_data_manager', 'settings', /Found: MemCache Session Data Container/],
        ['/browser_id_manager', 'settings', /Set-Cookie/],
        ['/acl_users', 'users', /admin/],
        ['/index_html', 'properties', /Path/],
        ['/tree.png', 'content', /Its address is/],
        ['/empty', 'content', /Nothing was uploaded/],
        ['/index_html', 'cache', /RAM Cache Manager at/],
        ['/ram_cache', 'properties', /AUTHENTICATED_USER/],
        ['/ram_cache', 'associate', /Search sub-folders/],
        ['/ram_cache', 'statistics', /Hit rate/],
        ['/temp_folder/session_data', 'statistics', /Nothing was counted yet/],
        ['/temp_folder/session_data', 'test', /You have no session yet/],
        ['/temp_folder', 'contents', /session_data/],
        ['/', 'setup-sessions', /Sessions are set up already/],
        ['/', 'start', /Load the example shop/],
        ['/', 'my-sessions', /You have no sessions here/],
        ['/no/such/object', 'properties', /There is no object/],
      ];
      for (const [path, tab, ready] of screens) {
        await app.open(path, tab);
        await page.getByRole('main').getByText(ready).first().waitFor();
        await check(page, `${path} @${tab}`);
      }
      const template = new TemplateTab(page);
      await app.open('/index_html', 'edit');
      await template.preview.getByRole('heading', { name: 'Welcome to Trellis' }).waitFor();
      await check(page, '/index_html @edit');
      await app.button('Source').click();
      await template.source.waitFor();
      await check(page, '/index_html @edit, source');
      await app.open('/mcsdc', 'test');
      await tester.add('key1 This is a long string value\nkey2 3\npassword tiger');
      await expect(page.getByText('This is a long string value').last()).toBeVisible();
      await check(page, '/mcsdc @test');
      if (name !== 'light') await picture(page, `test-${name}`);
      await tester.checkRoundTrip();
      await tester.verdict('Works.').waitFor();
      await check(page, '/mcsdc @test, checked');
      for (const [path, tab] of [
        ['/half', 'servers'],
        ['/mcsdc', 'statistics'],
      ] as const) {
        await app.open(path, tab);
        await page.getByRole('heading', { name: 'Last 15 minutes' }).waitFor();
        await check(page, `${path} @${tab}`);
        await app.button('Show as table').click();
        await page.getByRole('columnheader', { name: 'Time' }).first().waitFor();
        await check(page, `${path} @${tab}, as a table`);
      }
    });

    test(`every dialog passes axe: ${name}`, async ({ app, page, server, memcached }) => {
      test.setTimeout(240_000);
      await setUpSessions(server, [memcached.address]);
      const [contents, form] = [new Contents(page), new Form(page)];
      await app.open('/');
      await page.getByRole('button', { name: 'Add', exact: true }).click();
      await page.getByRole('option', { name: /^MemCache Proxy/ }).waitFor();
      await check(page, 'add menu');
      await page.keyboard.press('Escape');
      const dialog = await contents.startAdding('MemCache Proxy');
      await dialog.getByLabel('Id').fill('_x');
      await check(page, 'add dialog');
      await dialog.getByRole('button', { name: 'Cancel' }).click();
      await dialog.waitFor({ state: 'detached' });
      await contents.row('mcproxy').focus();
      await page.keyboard.press('Delete');
      await app.dialog('Delete mcproxy?').getByRole('button', { name: 'Keep' }).waitFor();
      await check(page, 'delete dialog');
      await app.answer('Delete mcproxy?', 'Keep');
      await contents.row('mcproxy').focus();
      await page.keyboard.press('F2');
      await app.dialog('Rename mcproxy').getByRole('button', { name: 'Cancel' }).waitFor();
      await check(page, 'rename dialog');
      await app.answer('Rename mcproxy', 'Cancel');
      const files = new Files(page);
      expectError(page, 'The id "index_html" is invalid - it is already in use.');
      await files.choose({ name: 'index_html', buffer: Buffer.from('x') });
      await files.line('index_html').getByLabel('Upload it with the id').waitFor();
      await check(page, 'upload dialog');
      await files.button('Close').click();
      await files.dialogOfUpload.waitFor({ state: 'detached' });
      await contents.select('mcproxy');
      await page.getByText(/^1 of \d+ selected$/).waitFor();
      await check(page, 'a selection');
      await page.keyboard.press('?');
      await app.dialog('Keys').getByText('Rename what is selected').waitFor();
      await check(page, 'keys dialog');
      await app.answer('Keys', 'Close');
      await page.keyboard.press('Escape');
      await contents.filter.fill('no such thing');
      await page.getByText("No item matches 'no such thing'.").waitFor();
      await check(page, 'nothing left by the filter');
      if (name === 'phone') {
        await app.button('Tree').click();
        await app.treeItem('mcproxy').waitFor();
        await check(page, 'tree on a phone');
      }
      await app.open('/acl_users', 'users');
      await app.button('Add user').click();
      await app.dialog('Add a user').getByLabel('Manager').waitFor();
      await check(page, 'add user dialog');

      await app.open('/mcsdc', 'properties');
      await form.save('Idle timeout', 'never');
      await app.alert('1 field needs attention:').waitFor();
      await check(page, 'refused form');
      await app.open('/session_data_manager', 'settings');
      await form.field('Title').fill('x');
      await page.context().clearCookies();
      expectError(page, 'Enter your password.'); // Where the session has ended first, Enter is typed over the page.
      await form.field('Title').press('Enter'); // Not by the button: what is asked while one types may end the session first.
      await page.getByRole('heading', { name: 'Your session ended.' }).waitFor();
      await check(page, 'session ended');
    });
  });
}

test('the screen for the first administrator passes axe', async ({ page }) => {
  await using fresh = await startServer({ withoutAdministrator: true });
  await page.goto(/https?:\S+#token=\S+/.exec(fresh.greeting)?.[0] ?? '');
  await page.getByRole('heading', { name: 'Create the administrator' }).waitFor();
  await checkScreen(page, 'administrator');
});

test.describe('phone', () => {
  test.use({ viewport: { width: 390, height: 844 } });

  test('the main job is done on a phone', async ({ page, memcached }) => {
    const [app, contents, form, tester] = [new App(page), new Contents(page), new Form(page), new TestTab(page)];
    await app.open('/');
    await app.signIn();
    await contents.add('MemCache Proxy', 'mcproxy');
    await form.save('Servers', memcached.address);
    await expect(app.flash(/answers in/).last()).toBeVisible();
    await app.button('Tree').click();
    await app.treeItem('Root').click();
    await expect(app.heading).toHaveText('Root');
    await contents.add('MemCache Session Data Container', 'mcsdc');
    await expect(form.field('Proxy path'), 'the only one that would do').toHaveValue('/mcproxy');
    await app.open('/session_data_manager', 'settings');
    await form.save('Transient Object Container Path', '/mcsdc', 'Change');
    await expect(app.flash('Changes saved.').last()).toBeVisible();
    await page.getByRole('link', { name: 'Test /mcsdc' }).click();
    await tester.add('key1 This is a long string value\nkey2 3');
    await expect.poll(() => tester.line.textContent()).toBe('Before: 0;  after: 2; # items: 2');
    await expect(page.getByText('This is a long string value').last()).toBeVisible();
  });
});

test('the theme that somebody chose is kept', async ({ app, page }) => {
  await app.open('/');
  await app.button('admin').click();
  await page.getByRole('menuitemcheckbox', { name: 'Dark theme' }).click();
  const ground = () => page.evaluate<string>('getComputedStyle(document.body).backgroundColor');
  await expect.poll(ground).toBe('rgb(18, 21, 19)');
  await page.reload();
  await app.heading.waitFor();
  expect(await ground()).toBe('rgb(18, 21, 19)');
});

test('the first screen is small, and soon there', async ({ page, server }) => {
  const sizes: number[] = [];
  page.on('response', (response) => {
    if (!response.url().startsWith(server.url)) throw new Error(`${response.url()} comes from elsewhere`);
    if (/\/(assets|manage)/.test(response.url())) sizes.push(Number(response.headers()['content-length'] ?? 0));
  });
  await page.goto('/manage');
  await page.getByRole('heading', { name: /^Sign in/ }).waitFor();
  const total = sizes.reduce((sum, size) => sum + size, 0);
  expect(total, `${(total / 1000).toFixed(1)} kB in ${sizes.length} files`).toBeLessThan(90_000);
  const paint = await page.evaluate<number>(PAINT);
  expect(paint, 'a busy machine gets three times as long').toBeLessThan(3000);
});
