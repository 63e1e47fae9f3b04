import type { Page } from 'playwright/test';
import type { ObjectMessage } from '../../../schema/endpoints/objects.ts';
import type { Client } from '../../http/client.ts';
import { setUpSessions } from '../../http/site.ts';
import { Contents } from '../../support/pages/contents.ts';
import { Form } from '../../support/pages/form.ts';
import { TestTab } from '../../support/pages/test-tab.ts';
import { checkEveryLook } from '../check-screen.ts';
import { expect, test } from '../fixtures.ts';
import { picture } from '../screenshots.ts';

/** Has the site a page that counts visits in the session, and a visitor who was there. */
async function visitCountingPage(page: Page, api: Client): Promise<void> {
  const properties = { text: '{% session visits = 1 %}<h1>Seen before: {{ session.visits }}</h1>' };
  await api('/api/', { body: { type: 'Page Template', id: 'visit', properties } });
  await page.goto('/visit');
}

test('renaming a proxy says what leads there, takes the paths along, and the visitors keep their sessions', async ({
  app,
  page,
  api,
  server,
  memcached,
}) => {
  await setUpSessions(server, [memcached.address]);
  await visitCountingPage(page, api);
  await expect(page.getByRole('heading', { name: 'Seen before: 1' })).toBeVisible();
  const contents = new Contents(page);
  await app.open('/');
  await contents.select('mcproxy');
  await app.button('Rename').first().click();
  const dialog = app.dialog('Rename mcproxy');
  await expect(dialog.getByLabel('Update the path that leads there')).toBeChecked();
  await expect(dialog).toContainText(/proxy_path of\s+\/mcsdc/);
  await picture(page, 'rename');
  await dialog.getByLabel('New id of mcproxy').fill('cluster');
  await dialog.getByRole('button', { name: 'Rename' }).click();
  await expect(app.flash("Renamed 'mcproxy' to 'cluster'. Updated proxy_path of /mcsdc.")).toBeVisible();
  await expect(contents.row('mcsdc')).not.toContainText('leads nowhere');
  await page.goto('/visit');
  await expect(page.getByRole('heading', { name: 'Seen before: 1' })).toBeVisible();
  expect(await memcached.keys()).toHaveLength(1);
});

test('whoever leaves the paths as they are is told what that costs, and a warning stands in the tree', async ({
  app,
  page,
  api,
  server,
  memcached,
}) => {
  await setUpSessions(server, [memcached.address]);
  await visitCountingPage(page, api);
  const contents = new Contents(page);
  await app.open('/');
  await contents.select('mcproxy');
  await app.button('Rename').first().click();
  const dialog = app.dialog('Rename mcproxy');
  await dialog.getByLabel('Update the path that leads there').uncheck();
  await expect(dialog).toContainText(/\/mcsdc uses\s+\/mcproxy; sessions will be off/);
  await expect(dialog).toContainText('1 live session will stay behind in /mcsdc.');
  await checkEveryLook(page);
  await dialog.getByLabel('New id of mcproxy').fill('cluster');
  await dialog.getByRole('button', { name: 'Rename' }).click();
  await expect(app.flash('proxy_path of /mcsdc leads nowhere now.')).toBeVisible();
  await expect(app.treeItem('mcsdc')).toContainText('proxy_path leads nowhere');
});

test('several objects are renamed at once, and the dialog says so', async ({ app, page, server, memcached }) => {
  await setUpSessions(server, [memcached.address]);
  const contents = new Contents(page);
  await app.open('/');
  await contents.select('mcproxy', 'mcsdc');
  await app.button('Rename').first().click();
  const dialog = app.dialog('Rename 2 items');
  await expect(dialog).toContainText('Please rename each listed object.');
  await expect(dialog).toContainText(/container_path of\s+\/session_data_manager/);
  await dialog.getByLabel('New id of mcproxy').fill('cluster');
  await dialog.getByLabel('New id of mcsdc').fill('sessions');
  await dialog.getByRole('button', { name: 'Rename' }).click();
  await expect(
    app.flash('Renamed 2 items. Updated proxy_path of /mcsdc and container_path of /session_data_manager.'),
  ).toBeVisible();
  await app.open('/sessions', 'test');
  const tester = new TestTab(page);
  await tester.add('it works');
  await expect(tester.item('it')).toContainText('works');
});

test('deleting the browser id manager names who needs it and how many sessions; a warning stands in the tree afterwards', async ({
  app,
  page,
}) => {
  const [contents, tester] = [new Contents(page), new TestTab(page)];
  await app.open('/temp_folder/session_data', 'test');
  await tester.add('early bird');
  await expect(tester.item('early')).toBeVisible();
  await expect(app.treeItem('session_data')).toBeVisible();
  await app.open('/');
  await contents.select('browser_id_manager');
  await app.button('Delete').click();
  const dialog = app.dialog('Delete browser_id_manager?');
  await expect(dialog).toContainText('/temp_folder/session_data finds no Browser Id Manager: sessions are off.');
  await expect(dialog).toContainText('1 live session will stay behind in /temp_folder/session_data.');
  await picture(page, 'delete-service');
  await checkEveryLook(page);
  await app.answer('Delete browser_id_manager?', 'Delete');
  await expect(app.flash("Deleted 'browser_id_manager'.")).toContainText(
    'finds no Browser Id Manager: sessions are off.',
  );
  await expect(app.treeItem('session_data_manager')).toContainText('Sessions are off');
  await app.treeItem('session_data_manager').click();
  await expect(page.getByText(/No browser id manager named browser_id_manager could be found\./).first()).toBeVisible();
});

test('without a session data manager the root says in page and tree that sessions are off, and leads to the set-up', async ({
  app,
  page,
  memcached,
}) => {
  const contents = new Contents(page);
  await app.open('/');
  await contents.select('session_data_manager');
  await app.button('Delete').click();
  await expect(app.dialog('Delete session_data_manager?')).toContainText(
    'Everything in / finds no Session Data Manager: sessions are off.',
  );
  await app.answer('Delete session_data_manager?', 'Delete');
  await expect(app.treeItem('Root')).toContainText('Sessions are off');
  await expect(page.getByText('Sessions are off: no Session Data Manager could be found.').last()).toBeVisible();
  await page.getByRole('link', { name: 'Set up sessions' }).click();
  await expect(page.getByText('A Session Data Manager is added as /session_data_manager')).toBeVisible();
  await new Form(page).field('Servers').fill(memcached.address);
  await app.button('Set up sessions').click();
  await expect(page).toHaveURL(/\/manage\/mcsdc\/@test$/);
  await expect(app.treeItem('Root')).not.toContainText('Sessions are off');
});

test('pasting a copy that takes over, or moving what others find, asks first and says it afterwards', async ({
  app,
  page,
  api,
}) => {
  await api('/api/', { body: { type: 'Folder', id: 'shop' } });
  const contents = new Contents(page);
  const words = 'Everything in /shop finds /shop/session_data_manager in place of /session_data_manager';
  await app.open('/');
  await contents.select('session_data_manager');
  await app.button('Copy').click();
  await app.treeItem('shop').click();
  await expect(app.heading).toHaveText('shop');
  await app.button('Paste here').click();
  await expect(app.dialog("Paste 'session_data_manager' into /shop?")).toContainText(`${words}.`);
  await app.answer(/^Paste/, 'Do not paste');
  await expect(page.getByText('There are currently no items')).toBeVisible();
  await app.button('Paste here').click();
  await app.answer(/^Paste/, 'Paste');
  await expect(app.flash("Pasted 'session_data_manager'.")).toContainText(words);
  await app.treeItem('Root').click();
  await contents.select('browser_id_manager');
  await app.button('Cut').click();
  await app.treeItem('shop').click();
  await expect(app.heading).toHaveText('shop');
  await app.button('Paste here').click();
  const question = app.dialog("Move 'browser_id_manager' to /shop?");
  await expect(question).toContainText('/temp_folder/session_data finds no Browser Id Manager: sessions are off.');
  await picture(page, 'move');
  await checkEveryLook(page);
  await app.answer(/^Move/, 'Move');
  await expect(app.flash("Moved 'browser_id_manager' from /.")).toContainText('finds no Browser Id Manager');
  expect((await api('/api/shop/browser_id_manager')).json<ObjectMessage>().type).toBe('Browser Id Manager');
});

test('pasting with nothing copied says so', async ({ app, page }) => {
  await app.open('/');
  await new Contents(page).row('index_html').focus();
  await page.keyboard.press('Control+v');
  await expect(app.alert('No clipboard data found. Select objects and copy or cut them first.')).toBeVisible();
});

test('another container path says in the form, and once it is saved, how many sessions stay behind', async ({
  app,
  page,
  server,
  memcached,
  api,
}) => {
  await setUpSessions(server, [memcached.address]);
  await api('/api/mcsdc/@test', { body: { items: 'a 1' } });
  const form = new Form(page);
  await app.open('/session_data_manager');
  const words = '1 live session stays behind in /mcsdc until it expires.';
  await form.field('Transient Object Container Path').fill('/temp_folder/session_data');
  await expect(page.getByText(words)).toBeVisible();
  await app.button('Change').click();
  await expect(app.flash('Changes saved.')).toContainText(words);
  await expect(page.locator('flash-list t-icon[name=triangle-alert]'), 'no tick over a loss').toBeVisible();
  await expect(page.locator('flash-list t-icon[name=circle-check]')).toHaveCount(0);
});

test('the title of the root is changed on its Properties tab, and stands beside its name', async ({
  app,
  page,
  api,
}) => {
  const form = new Form(page);
  await app.open('/');
  await app.tab('Properties').click();
  await form.save('Title', 'The corner shop');
  await expect(app.flash(/^Saved changes\./)).toBeVisible();
  await expect(app.heading).toHaveText('Root');
  await expect(page.getByText('The corner shop')).toBeVisible();
  await checkEveryLook(page);
  expect((await api('/api/')).json<ObjectMessage>().title).toBe('The corner shop');
});
