import { App } from '../support/pages/app.ts';
import { Form } from '../support/pages/form.ts';
import { checkEveryLook } from './check-screen.ts';
import { expect, expectError, test } from './fixtures.ts';
import { ADMIN_PASSWORD } from '../support/server.ts';

const PASSWORD = 'violets under glass';

test('one’s own password is changed in the menu: what is wrong is said at its field, and other devices are signed out', async ({
  app,
  page,
  browser,
  server,
}) => {
  const form = new Form(page);
  const elsewhere = new App(await browser.newPage({ baseURL: server.url }));
  await elsewhere.open('/');
  await elsewhere.signIn();
  await expect(elsewhere.heading).toHaveText('Root');

  await app.open('/');
  await app.chooseInMenu('Change password…');
  const dialog = app.dialog('Change your password');
  await expect(form.field('Present password')).toBeFocused();
  await dialog.getByRole('button', { name: 'Change password' }).click();
  await expect(dialog).toContainText('Enter your present password.');
  await form.field('Present password').fill('not this one');
  await form.field('New password').fill(PASSWORD);
  await form.field('Password again').fill('another');
  await dialog.getByRole('button', { name: 'Change password' }).click();
  await expect(dialog).toContainText('Password and confirmation do not match');
  await form.field('Password again').fill(PASSWORD);
  expectError(page, 'This is not your present password.');
  await dialog.getByRole('button', { name: 'Change password' }).click();
  await expect(dialog).toContainText('This is not your present password.');
  await expect(form.field('Present password')).toBeFocused();
  await expect(form.field('New password'), 'what was typed stays').toHaveValue(PASSWORD);
  await checkEveryLook(page);
  await form.field('Present password').fill(ADMIN_PASSWORD);
  await page.keyboard.press('Enter');
  await expect(app.flash('Changed your password. You are signed out everywhere else.')).toBeVisible();
  await expect(dialog).toHaveCount(0);

  await app.treeItem('acl_users').click();
  await expect(app.heading, 'here one goes on').toHaveText('acl_users');
  await elsewhere.page.reload();
  await expect(elsewhere.page.getByRole('heading', { name: /^Sign in to/ })).toBeVisible();
  await elsewhere.signIn('admin', PASSWORD);
  await expect(elsewhere.heading).toHaveText('Root');
  await elsewhere.page.close();
});

test('the menu names the version, and shows what is new in it', async ({ app, page }) => {
  await app.open('/');
  await app.chooseInMenu('What is new in Trellis');
  const dialog = app.dialog('What is new');
  await expect(dialog).toContainText(/This is Trellis \d+\.\d+\.\d+\./);
  await expect(dialog.getByRole('region', { name: 'Changes' })).toContainText('A start page, first seen after');
  await checkEveryLook(page);
  await dialog.getByRole('button', { name: 'Close' }).click();
  await expect(dialog).toHaveCount(0);
  await expect(page.getByRole('button', { name: 'admin', exact: true })).toBeVisible();
});

test.describe('phone', () => {
  test.use({ viewport: { width: 390, height: 844 } });

  test('both are in the menu under the tree, too', async ({ app, page }) => {
    await app.open('/');
    await app.button('Tree').click();
    await app.button('admin').click();
    await page.getByRole('menuitem', { name: 'My sessions' }).waitFor();
    await page.keyboard.press('Escape');
    await expect(page.getByRole('menuitem')).toHaveCount(0);
    await expect(app.treeItem('temp_folder'), 'of the two that were open, one was closed').toBeVisible();
    await app.chooseInMenu('What is new in Trellis');
    await app.answer('What is new', 'Close');
    await app.chooseInMenu('Change password…');
    await expect(new Form(page).field('Present password')).toBeFocused();
  });
});
