import type { Page } from 'playwright/test';
import { setUpSessions } from '../http/site.ts';
import { LOOKS, wear } from '../support/chromium/chromium.ts';
import { Contents } from '../support/pages/contents.ts';
import { Files } from '../support/pages/files.ts';
import { Form } from '../support/pages/form.ts';
import { checkEveryLook, checkScreen } from './check-screen.ts';
import { expectError, test } from './fixtures.ts';

test('each dialog of a list passes axe in every look', async ({ app, page, server, memcached }) => {
  test.setTimeout(240_000);
  await setUpSessions(server, [memcached.address]);
  const contents = new Contents(page);
  await app.open('/');
  await app.button('Add').click();
  await page.getByRole('option', { name: /^MemCache Proxy/ }).waitFor();
  await checkEveryLook(page, 'add menu');
  await page.keyboard.press('Escape');
  const dialog = await contents.startAdding('MemCache Proxy');
  await dialog.getByLabel('Id').fill('_x');
  await checkEveryLook(page, 'add dialog');
  await dialog.getByRole('button', { name: 'Cancel' }).click();
  await dialog.waitFor({ state: 'detached' });
  await contents.row('mcproxy').focus();
  await page.keyboard.press('Delete');
  await app.dialog('Delete mcproxy?').getByRole('button', { name: 'Keep' }).waitFor();
  await checkEveryLook(page, 'delete dialog');
  await app.answer('Delete mcproxy?', 'Keep');
  await contents.row('mcproxy').focus();
  await page.keyboard.press('F2');
  await app.dialog('Rename mcproxy').getByRole('button', { name: 'Cancel' }).waitFor();
  await checkEveryLook(page, 'rename dialog');
  await app.answer('Rename mcproxy', 'Cancel');
  const files = new Files(page);
  expectError(page, 'The id "index_html" is invalid - it is already in use.');
  await files.choose({ name: 'index_html', buffer: Buffer.from('x') });
  await files.line('index_html').getByLabel('Upload it with the id').waitFor();
  await checkEveryLook(page, 'upload dialog');
  await files.button('Close').click();
  await files.dialogOfUpload.waitFor({ state: 'detached' });
  await contents.select('mcproxy');
  await page.getByText(/^1 of \d+ selected$/).waitFor();
  await checkEveryLook(page, 'a selection');
  await page.keyboard.press('?');
  await app.dialog('Keys').getByText('Rename what is selected').waitFor();
  await checkEveryLook(page, 'keys dialog');
});

test('each dialog around the page, and what a form and a filter say, passes axe in every look', async ({
  app,
  page,
  server,
  memcached,
}) => {
  test.setTimeout(240_000);
  await setUpSessions(server, [memcached.address]);
  const [contents, form] = [new Contents(page), new Form(page)];
  await app.open('/');
  await contents.filter.fill('no such thing');
  await page.getByText("No item matches 'no such thing'.").waitFor();
  await checkEveryLook(page, 'nothing left by the filter');
  await checkTreeOnPhone(page);
  await app.open('/acl_users', 'users');
  await app.button('Add user').click();
  await app.dialog('Add a user').getByLabel('Manager').waitFor();
  await checkEveryLook(page, 'add user dialog');

  await app.open('/mcsdc', 'properties');
  await form.save('Idle timeout', 'never');
  await app.alert('1 field needs attention:').waitFor();
  await checkEveryLook(page, 'refused form');
  await app.open('/session_data_manager', 'settings');
  await form.field('Title').fill('x');
  await page.context().clearCookies();
  expectError(page, 'Enter your password.'); // Where the session has ended first, Enter is typed over the page.
  await form.field('Title').press('Enter'); // Not by the button: what is asked while one types may end the session first.
  await page.getByRole('heading', { name: 'Your session ended.' }).waitFor();
  await checkEveryLook(page, 'session ended');
});

/** Only there one opens it. */
async function checkTreeOnPhone(page: Page): Promise<void> {
  const phones = LOOKS.filter(({ viewport }) => viewport.width === 390);
  await wear(page, phones[0]!);
  await page.getByRole('button', { name: 'Tree', exact: true }).click();
  await page.getByRole('treeitem', { name: 'mcproxy' }).waitFor();
  for (const look of phones) {
    await wear(page, look);
    await checkScreen(page, `tree, ${look.name}`, look.rules);
  }
  await page.keyboard.press('Escape');
  await wear(page, LOOKS[0]!);
}
