import { managerOf, type Client } from '../../http/client.ts';
import { startServer } from '../../support/server.ts';
import { Contents } from '../../support/pages/contents.ts';
import { Form } from '../../support/pages/form.ts';
import { checkEveryLook } from '../check-screen.ts';
import { expect, test } from '../fixtures.ts';
import { picture } from '../screenshots.ts';

const TURNS = { timeout: 10_000 };

const titled = (api: Client, path: string, title: string) => api(`/api${path}`, { method: 'PATCH', body: { title } });
const renamed = (api: Client, from: string, to: string) => api('/api/@rename', { body: { from, to } });

test('what somebody else does appears in list and tree, in whichever process, and nothing moves under one’s hands', async ({
  app,
  page,
  server,
  api,
}) => {
  for (let n = 10; n < 60; n += 1) await api('/api/', { body: { type: 'Folder', id: `f${n}` } });
  const contents = new Contents(page);
  await app.open('/');
  await contents.select('f55');
  await contents.row('f55').focus();
  await contents.row('f55').scrollIntoViewIfNeeded();
  const scrolled = () =>
    page.evaluate("document.querySelector('app-shell').shadowRoot.querySelector('main').scrollTop");
  const before = await scrolled();
  expect(before).toBeGreaterThan(0);
  const watched = await page.evaluateHandle(`(() => {
    const seen = { skeletons: 0 };
    const table = document.querySelector('app-shell').shadowRoot.querySelector('page-view').shadowRoot
      .querySelector('contents-tab').shadowRoot.querySelector('t-table').shadowRoot;
    new MutationObserver(() => (seen.skeletons += table.querySelectorAll('.skeleton').length))
      .observe(table, { childList: true, subtree: true });
    return seen;
  })()`);

  await using other = await startServer({ data: server.data });
  const elsewhere = managerOf(other);
  await elsewhere('/api/', { body: { type: 'Folder', id: 'zz_new' } });
  await expect(contents.row('zz_new')).toBeVisible(TURNS);
  await expect(app.treeItem('zz_new')).toBeVisible(TURNS);
  await renamed(elsewhere, 'f59', 'f59b');
  await expect(contents.row('f59b')).toBeVisible(TURNS);
  await expect(contents.row('f59')).toHaveCount(0);
  await elsewhere('/api/f58', { method: 'DELETE' });
  await expect(contents.row('f58')).toHaveCount(0, TURNS);
  await expect(app.treeItem('f58')).toHaveCount(0, TURNS);
  await titled(elsewhere, '/f57', 'Titled elsewhere');
  await expect(contents.row('f57')).toContainText('Titled elsewhere', TURNS);

  await expect(page.getByRole('checkbox', { name: 'Select f55', exact: true })).toBeChecked();
  await expect(contents.row('f55')).toBeFocused();
  expect(await scrolled()).toBe(before);
  expect(await watched.evaluate((seen) => seen)).toEqual({ skeletons: 0 });
});

test('an id that somebody else has freed can be taken, in a dialog that was open already', async ({
  app,
  page,
  api,
}) => {
  await api('/api/', { body: { type: 'Folder', id: 'taken' } });
  const contents = new Contents(page);
  await app.open('/');
  const dialog = await contents.startAdding('Folder');
  await dialog.getByLabel('Id').fill('taken');
  await expect(dialog.getByText(/is in use|already|taken/).last()).toBeVisible();
  await renamed(api, 'taken', 'elsewhere');
  await expect(contents.row('elsewhere')).toBeVisible(TURNS);
  await expect(dialog.getByLabel('Id')).toHaveValue('taken');
  await dialog.getByRole('button', { name: 'Add', exact: true }).click();
  await expect(app.flash("Added 'taken'.")).toBeVisible();
});

test('a form without edits takes the new values, and one with edits keeps them and says who changed the object', async ({
  app,
  page,
  api,
}) => {
  const form = new Form(page);
  await app.open('/session_data_manager', 'settings');
  await expect(form.field('Title')).toBeVisible();
  await titled(api, '/session_data_manager', 'By somebody else');
  await expect(form.field('Title')).toHaveValue('By somebody else', TURNS);
  await form.field('Title').fill('Mine');
  await api('/api/session_data_manager', { method: 'PATCH', body: { properties: { request_name: 'visit' } } });
  await expect(form.field('Place session data in REQUEST object as')).toHaveValue('visit', TURNS);
  await expect(form.field('Title')).toHaveValue('Mine');
  await titled(api, '/session_data_manager', 'Theirs');
  const note = page.locator('t-banner').filter({ hasText: 'admin changed this' });
  await expect(note).toBeVisible(TURNS);
  await checkEveryLook(page);
  await picture(page, 'overtaken');
  await note.getByRole('button', { name: 'Show both' }).click();
  const dialog = app.dialog(/^admin changed this/);
  await expect(dialog.getByRole('row', { name: /Title/ })).toContainText('Theirs');
  await app.answer(/^admin changed this/, 'Show theirs');
  await expect(form.field('Title')).toHaveValue('Theirs');
  await expect(note).toHaveCount(0);
  await app.button('Put it back').click();
  await app.button('Change').click();
  await expect(app.flash('Changes saved.')).toBeVisible();
});

test('an object that is renamed or deleted elsewhere says so with a way on, and keeps what was typed', async ({
  app,
  page,
  api,
}) => {
  const form = new Form(page);
  await api('/api/', { body: { type: 'Folder', id: 'shop' } });
  await api('/api/shop', { body: { type: 'Folder', id: 'goods' } });
  await app.open('/shop/goods', 'properties');
  await form.field('Title').fill('Not saved');
  await api('/api/shop/goods', { method: 'DELETE' });
  const note = app.alert("There is no object '/shop/goods' any more");
  await expect(note).toBeVisible(TURNS);
  await expect(form.field('Title')).toHaveValue('Not saved');
  await checkEveryLook(page);
  page.once('dialog', (question) => void question.accept());
  await note.getByRole('link', { name: 'Go to /shop' }).click();
  await expect(app.heading).toHaveText('shop');
  await expect(page.getByText("There are currently no items in 'shop'."), 'it is listed').toBeVisible();

  await renamed(api, 'shop', 'store');
  await expect(app.alert("There is no object '/shop'.")).toBeVisible(TURNS);
  await page.getByRole('link', { name: 'Go to Root' }).click();
  await expect(new Contents(page).row('store')).toBeVisible();
});

test('who may sign in, and with which roles, is shown as it is', async ({ app, page, api }) => {
  await app.open('/acl_users', 'users');
  const users = page.getByRole('table', { name: 'Users' });
  await expect(users.getByText('admin', { exact: true })).toBeVisible();
  const body = { name: 'olga', password: 'seven grey herons', roles: ['Manager'] };
  await api('/api/acl_users/@users', { body });
  await expect(users.getByText('olga')).toBeVisible(TURNS);
  await api('/api/acl_users/@users/olga', { method: 'DELETE' });
  await expect(users.getByText('olga')).toHaveCount(0, TURNS);
});
