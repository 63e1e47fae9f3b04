import { Contents } from '../../support/pages/contents.ts';
import { TemplateTab } from '../../support/pages/template-tab.ts';
import { setUpSessions } from '../../http/site.ts';
import { expect, expectError, test } from '../fixtures.ts';
import { picture } from '../screenshots.ts';

test('the add list is grouped, says what each type is for, and narrows while one types', async ({ app, page }) => {
  const contents = new Contents(page);
  await app.open('/');
  await app.button('Add').click();
  const menu = page.getByRole('dialog', { name: 'Add an object' });
  for (const group of ['Sessions and caches', 'Folders', 'Content']) {
    await expect(menu.getByRole('group', { name: group })).toBeVisible();
  }
  await expect(menu.getByRole('option', { name: /^MemCache Proxy/ })).toContainText('A cluster of memcached servers');
  await picture(page, 'add');
  await page.getByRole('combobox', { name: 'Find a type' }).fill('fold');
  await expect(menu.getByRole('option', { name: /^MemCache Proxy/ })).toHaveCount(0);
  await page.getByRole('combobox', { name: 'Find a type' }).fill('nothing like this');
  await expect(menu.getByText("No type matches 'nothing like this'.")).toBeVisible();
  await page.keyboard.press('Escape');
  await expect(menu).toHaveCount(0);
  await expect(app.button('Add')).toBeFocused();
  await contents.add('Folder', 'shelf');
  await expect(app.heading).toHaveText('shelf');
});

test('an address that was pasted with its accents apart opens the object, its screens and its page', async ({
  app,
  page,
}) => {
  const contents = new Contents(page);
  await app.open('/', 'contents');
  await contents.add('Folder', 'Z\u00fcrich');
  await expect(app.heading).toHaveText('Z\u00fcrich');
  await page.goto('/manage/Zu%CC%88rich/@contents');
  await expect(app.heading).toHaveText('Z\u00fcrich');
  await contents.add('Page Template', 'index_html');
  await new TemplateTab(page).save('Welcome to {{ here.id }}');
  await expect(app.flash(/^Saved changes\./)).toBeVisible();
  await page.goto('/Zu%CC%88rich');
  await expect(page.locator('body')).toHaveText('Welcome to Z\u00fcrich');
});

test('an id that breaks a rule names the rule while one types, and nothing is added; what is on its way is waited for', async ({
  app,
  page,
  api,
}) => {
  const contents = new Contents(page);
  await app.open('/');
  const dialog = await contents.startAdding('Folder');
  const rules: readonly (readonly [string, string])[] = [
    ['', 'Empty or invalid id specified'],
    ['a/b', 'The id "a/b" contains characters illegal in URLs.'],
    ['..', 'The id ".." is invalid because it is not traversable.'],
    ['_x', 'The id "_x" is invalid because it begins with an underscore.'],
    ['aq_x', 'The id "aq_x" is invalid because it begins with "aq_".'],
    ['x__', 'The id "x__" is invalid because it ends with two underscores.'],
    ['@@x', 'The id "@@x" is invalid because it starts with characters reserved for this server views lookup.'],
    ['index_html', 'The id "index_html" is invalid - it is already in use.'],
    ['api', 'The id "api" is reserved.'],
    ['REQUEST', 'REQUEST is a reserved name.'],
    ['<script>', 'The id "<script>" contains characters illegal in URLs.'],
  ];
  for (const [id, words] of rules) {
    await dialog.getByLabel('Id').fill(id);
    await expect(dialog.getByText(words, { exact: true })).toBeVisible();
    await dialog.getByRole('button', { name: 'Add', exact: true }).click();
    await expect(dialog.getByLabel('Id'), 'what was typed stays').toHaveValue(id);
  }
  expect((await api('/api/@children')).json()['total']).toBe(5);
  await dialog.getByLabel('Id').fill('good');
  const { promise: isWaitedFor, resolve: letGo } = Promise.withResolvers<void>();
  await page.route('**/api', (route) => isWaitedFor.then(() => route.continue()));
  await dialog.getByLabel('Id').press('Enter');
  const [add, cancel] = ['Add', 'Cancel'].map((name) => dialog.getByRole('button', { name, exact: true }));
  await expect(add!).toHaveAttribute('aria-disabled', 'true');
  await page.keyboard.press('Escape');
  await cancel!.press('Enter');
  await expect(cancel!, 'it stays until the answer is there').toHaveAttribute('aria-disabled', 'true');
  letGo();
  await expect(app.flash("Added 'good'.")).toBeVisible();
  await expect(app.heading).toHaveText('good');
});

test('the list is filtered and sorted, and the address says how', async ({ app, page }) => {
  const contents = new Contents(page);
  await app.open('/');
  await contents.filter.fill('session');
  await expect.poll(() => contents.ids).toEqual(['session_data_manager']);
  await expect(page).toHaveURL(/filter=session/);
  await contents.filter.fill('no such thing');
  await expect(page.getByText("No item matches 'no such thing'.")).toBeVisible();
  await app.button('Clear filter').first().click();
  await contents.table.getByRole('button', { name: 'Id' }).click();
  await expect.poll(async () => (await contents.ids)[0]).toBe('temp_folder');
  await expect(contents.table.getByRole('columnheader', { name: 'Id' })).toHaveAttribute('aria-sort', 'descending');
  await page.reload();
  await expect.poll(async () => (await contents.ids)[0]).toBe('temp_folder');
});

test('the box above the list says what is selected, and takes it back', async ({ app, page }) => {
  const contents = new Contents(page);
  await app.open('/');
  await contents.select('index_html');
  const all = contents.table.getByRole('checkbox', { name: 'Select all' });
  await all.click();
  await expect(all).not.toBeChecked();
  await expect(contents.table.getByRole('checkbox', { checked: true })).toHaveCount(0);
  await all.click();
  await expect(all).toBeChecked();
});

test('an object is renamed', async ({ app, page, api }) => {
  await api('/api/', { body: { type: 'Folder', id: 'before' } });
  const contents = new Contents(page);
  await app.open('/');
  await contents.select('before');
  await app.button('Rename').first().click();
  const dialog = app.dialog('Rename before');
  const field = dialog.getByLabel('New id of before');
  await field.fill('index_html');
  await expect(dialog.getByText('it is already in use')).toBeVisible();
  await dialog.getByRole('button', { name: 'Rename' }).click();
  await expect(field).toBeFocused();
  await field.fill('after');
  expectError(page, /Could not rename 'before': the server (is|was) out of reach\./);
  await page.route('**/@rename', (route) => route.abort());
  // What is read out was an empty region before.
  await expect(dialog.getByRole('alert')).toHaveText('');
  await dialog.getByRole('button', { name: 'Rename' }).click();
  await expect(dialog.getByText(/Could not rename 'before': the server (is|was) out of reach\./)).toBeVisible();
  await page.unroute('**/@rename');
  await field.press('Enter');
  await expect(app.flash("Renamed 'before' to 'after'.")).toBeVisible();
  await expect(contents.row('after')).toBeVisible();
  await expect(app.treeItem('after')).toBeVisible();
  await expect(app.treeItem('before')).toHaveCount(0);
});

test('of several new ids the one that failed is named, and those before it are kept', async ({ app, page, api }) => {
  for (const id of ['one', 'two']) await api('/api/', { body: { type: 'Folder', id } });
  const contents = new Contents(page);
  await app.open('/');
  await contents.select('one', 'two');
  await app.button('Rename').first().click();
  const dialog = app.dialog('Rename 2 items');
  await dialog.getByLabel('New id of one').fill('first');
  await dialog.getByLabel('New id of two').fill('second');
  expectError(page, /Could not rename 'two': the server (is|was) out of reach\./);
  await page.route('**/@rename', (route) =>
    (route.request().postDataJSON() as { from: string }).from === 'two' ? route.abort() : route.continue(),
  );
  await dialog.getByRole('button', { name: 'Rename' }).click();
  await expect(dialog.getByText(/Could not rename 'two': the server (is|was) out of reach\./)).toBeVisible();
  await page.unroute('**/@rename');
  await dialog.getByLabel('New id of two').press('Enter');
  await expect(dialog).toBeHidden();
  for (const id of ['first', 'second']) await expect(contents.row(id)).toBeVisible();
});

test('the question before deleting names what points here', async ({ app, page, server, memcached }) => {
  await setUpSessions(server, [memcached.address]);
  const contents = new Contents(page);
  await app.open('/');
  await contents.select('mcproxy');
  await app.button('Delete').click();
  const dialog = app.dialog('Delete mcproxy?');
  await expect(dialog).toContainText(/\/mcsdc uses\s+\/mcproxy; sessions will be off/);
  await expect(dialog.getByRole('button', { name: 'Keep' })).toBeFocused();
  await picture(page, 'delete');
  await app.answer('Delete mcproxy?', 'Keep');
  await expect(contents.row('mcproxy')).toBeVisible();
  await app.button('Delete').click();
  await app.answer('Delete mcproxy?', 'Delete');
  await expect(app.flash("Deleted 'mcproxy'.")).toBeVisible();
  await expect(contents.row('mcproxy')).toHaveCount(0);
  await expect(contents.row('mcsdc')).toContainText('proxy_path leads nowhere');
});

test('several objects are deleted at once, and what is needed stays', async ({ app, page, api }) => {
  for (const id of ['one', 'two', 'three']) await api('/api/', { body: { type: 'Folder', id } });
  await api('/api/one', { body: { type: 'Folder', id: 'inner' } });
  const contents = new Contents(page);
  await app.open('/');
  await contents.select('one', 'two', 'three');
  await expect(page.getByText('3 of 8 selected')).toBeVisible();
  await app.button('Delete').click();
  await expect(app.dialog('Delete 3 items?')).toContainText('and 1 object in them');
  await app.answer('Delete 3 items?', 'Delete');
  await expect(app.flash('Deleted 3 items.')).toBeVisible();
  await contents.select('acl_users');
  await app.button('Delete').click();
  await app.answer('Delete acl_users?', 'Delete');
  await expect(app.alert(/Could not delete 'acl_users': .*this server needs it/)).toBeVisible();
  await expect(contents.row('acl_users')).toBeVisible();
});

test('an empty folder says so and leads on', async ({ app, page, api }) => {
  await api('/api/', { body: { type: 'Folder', id: 'empty' } });
  await app.open('/empty');
  await expect(page.getByText("There are currently no items in 'empty'.")).toBeVisible();
  await new Contents(page).add('Page Template', 'page');
  await new TemplateTab(page).save('<h1>Hello</h1>');
  await expect(app.flash(/^Saved changes\./)).toBeVisible();
  await page.goto('/empty/page');
  await expect(page.getByRole('heading', { name: 'Hello' })).toBeVisible();
});

test('an address that leads nowhere says so', async ({ app, page }) => {
  await app.open('/no/such/object', 'properties');
  await expect(app.alert("There is no object '/no/such/object'.")).toBeVisible();
  await page.getByRole('link', { name: 'Go to Root' }).click();
  await expect(app.heading).toHaveText('Root');
  await app.open('/index_html', 'nothing');
  await expect(app.alert("index_html has no tab 'nothing'.")).toBeVisible();
});

test('objects are found from anywhere by a word', async ({ app, page }) => {
  await app.open('/');
  await app.heading.waitFor();
  await page.keyboard.press('Control+k');
  await page.keyboard.type('session_data_m');
  await page.getByRole('option', { name: 'session_data_manager' }).waitFor();
  await page.keyboard.press('Enter');
  await expect(app.heading).toHaveText('session_data_manager');
});

test('a Temporary Folder, and what is in it, says that its contents vanish', async ({ app, page, api }) => {
  await api('/api/temp_folder', { body: { type: 'Folder', id: 'drafts' } });
  const words = page.getByText('Contents vanish when the server restarts.');
  for (const path of ['/temp_folder', '/temp_folder/drafts']) {
    for (const tab of ['contents', 'properties']) {
      await app.open(path, tab);
      await expect(words).toBeVisible();
    }
  }
  await api('/api/temp_folder', { body: { type: 'Page Template', id: 'note' } });
  await app.open('/temp_folder/note');
  await expect(page.getByText('What is here vanishes when the server restarts: it is in a Temp')).toBeVisible();
  await api('/api/', { body: { type: 'Folder', id: 'docs' } });
  await app.open('/docs');
  await expect(page.getByText("There are currently no items in 'docs'.")).toBeVisible();
  await expect(words).toHaveCount(0);
  await app.open('/temp_folder/session_data', 'properties');
  await expect(page.getByText('There are no items in this transient object container.')).toBeVisible();
});

test('of servers, blank lines and # lines are not kept, and the form shows what is', async ({ app, page, api }) => {
  await api('/api/', { body: { type: 'MemCache Proxy', id: 'mcproxy' } });
  await app.open('/mcproxy', 'properties');
  const servers = page.getByLabel('Servers', { exact: true });
  await servers.fill('# ours\n127.0.0.1:1025\n\n  # spare\n127.0.0.1:1026');
  const states = page.getByRole('list', { name: 'How each line stands' }).getByRole('listitem');
  await expect(states.nth(1)).toContainText('127.0.0.1:1025 does not answer');
  await expect(states.nth(4)).toContainText('127.0.0.1:1026 does not answer');
  await expect(states.nth(0)).not.toContainText('does not answer');
  await app.button('Save changes').click();
  await expect(app.flash(/^Saved/)).toBeVisible();
  await expect(servers).toHaveValue('127.0.0.1:1025\n127.0.0.1:1026');
});
