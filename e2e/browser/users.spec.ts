import { App } from '../support/pages/app.ts';
import { Form } from '../support/pages/form.ts';
import { expect, expectError, test } from './fixtures.ts';
import { picture } from './screenshots.ts';

test('a user is added, given a role and another password, signs in, and is removed', async ({
  app,
  page,
  browser,
  server,
}) => {
  const form = new Form(page);
  await app.open('/acl_users', 'users');
  await app.button('Add user').click();
  await form.field('Name').fill('mira');
  await form.field('Password').fill('violets under glass');
  await form.field('Password again').fill('violets under glas');
  const dialog = app.dialog('Add a user');
  await dialog.getByRole('button', { name: 'Add' }).click();
  await expect(page.getByText('Password and confirmation do not match')).toBeVisible();
  await form.field('Password again').fill('violets under glass');
  await dialog.getByLabel('Manager').check();
  await picture(page, 'add-user');
  await dialog.getByRole('button', { name: 'Add' }).click();
  await expect(app.flash("Added 'mira'.")).toBeVisible();
  const row = page.getByRole('table', { name: 'Users' }).getByRole('row').filter({ hasText: 'mira' });
  await expect(row).toContainText('Manager');

  await app.button('Change password: mira').click();
  await form.field('New password').fill('roses in the rain');
  await form.field('Password again').fill('roses in the rain');
  await app.dialog('Change the password of mira').getByRole('button', { name: 'Change password' }).click();
  await expect(app.flash("Changed the password of 'mira'.")).toBeVisible();

  const context = await browser.newContext({ baseURL: server.url });
  const other = new App(await context.newPage());
  await other.open('/');
  await other.signIn('mira', 'roses in the rain');
  await expect(other.heading).toHaveText('Root');

  await app.button('Change roles: mira').click();
  await app.dialog('Change the roles of mira').getByLabel('Manager').uncheck();
  await app.answer('Change the roles of mira', 'Change roles');
  await expect(row).toContainText('none');
  await app.button('Remove: mira').click();
  await app.answer('Remove mira?', 'Remove');
  await expect(row).toHaveCount(0);
  await other.page.reload();
  await expect(other.page.getByRole('heading', { name: /^Sign in to/ })).toBeVisible();
  await context.close();
});

test('what is wrong with a user is said at the field', async ({ app, page }) => {
  const form = new Form(page);
  await app.open('/acl_users', 'users');
  await app.button('Add user').click();
  const add = app.dialog('Add a user').getByRole('button', { name: 'Add' });
  const fill = async (name: string, password: string) => {
    await form.field('Name').fill(name);
    await form.field('Password').fill(password);
    await form.field('Password again').fill(password);
    await add.click();
  };
  const cases: readonly (readonly [string, string, string | RegExp])[] = [
    ['', 'violets under glass', 'A username must be specified'],
    ['nina', '', 'A password must be specified'],
    ['admin', 'violets under glass', 'A user with the specified name already exists'],
    ['nina', 'short', /8 to 128|at least 8/],
    ['nina', 'password1', /guessed|common|known/i],
    ['a:b', 'violets under glass', /The username "a:b"/],
  ];
  for (const [name, password, words] of cases) {
    await fill(name, password);
    await expect(app.dialog('Add a user').getByText(words).last()).toBeVisible();
    await expect(form.field('Name')).toHaveValue(name);
  }
});

test('roles are chosen before or after the rest, by mouse and keyboard, and outlast a try that fails', async ({
  app,
  page,
}) => {
  const form = new Form(page);
  const row = page.getByRole('table', { name: 'Users' }).getByRole('row').filter({ hasText: 'zoe' });
  await app.open('/acl_users', 'users');
  await app.button('Add user').click();
  await app.dialog('Add a user').getByLabel('Manager').check();
  await form.field('Name').fill('zoe');
  await form.field('Password').fill('violets under glass');
  await form.field('Password again').fill('violets under glass');
  await expect(app.dialog('Add a user').getByLabel('Manager')).toBeChecked();
  await app.dialog('Add a user').getByLabel('Manager').press('Enter');
  await expect(row).toContainText('Manager');

  expectError(page, /Could not change the roles of 'zoe': the server (is|was) out of reach\./);
  await page.route('**/@users/zoe', (route) => route.abort());
  await app.button('Change roles: zoe').click();
  const dialog = app.dialog('Change the roles of zoe');
  await dialog.getByLabel('Manager').press('Space');
  await dialog.getByLabel('Owner').check();
  await dialog.getByLabel('Owner').press('Enter');
  await expect(
    dialog.getByText(/Could not change the roles of 'zoe': the server (is|was) out of reach\./),
  ).toBeVisible();
  await expect(dialog.getByLabel('Manager')).not.toBeChecked();
  await page.unroute('**/@users/zoe');
  await dialog.getByRole('button', { name: 'Change roles' }).click();
  await expect(dialog).toBeHidden();
  await expect(row).toContainText('Owner');
  await expect(row).not.toContainText('Manager');
});

test('the last Manager stays one', async ({ app, page }) => {
  await app.open('/acl_users', 'users');
  await app.button('Remove: admin').click();
  await app.answer('Remove admin?', 'Remove');
  await expect(app.alert(/You cannot remove yourself/)).toBeVisible();
  await app.button('Change roles: admin').click();
  expectError(page, "'admin' is the last Manager.");
  const dialog = app.dialog('Change the roles of admin');
  await dialog.getByLabel('Manager').uncheck();
  await dialog.getByRole('button', { name: 'Change roles' }).click();
  await expect(dialog.getByText(/'admin' is the last Manager/)).toBeVisible();
  await expect(dialog.getByLabel('Manager')).not.toBeChecked();
  await expect(page.getByRole('table', { name: 'Users' })).toContainText('admin');
});

test('who changes their own password stays signed in', async ({ app, page }) => {
  const form = new Form(page);
  await app.open('/acl_users', 'users');
  await app.button('Change password: admin').click();
  await form.field('New password').fill('another long password');
  await form.field('Password again').fill('another long password');
  const dialog = app.dialog('Change the password of admin');
  await expect(dialog.getByText('You stay signed in here.')).toBeVisible();
  await dialog.getByRole('button', { name: 'Change password' }).click();
  await expect(app.flash("Changed the password of 'admin'.")).toBeVisible();
  await page.reload();
  await expect(page.getByRole('table', { name: 'Users' })).toBeVisible();
});
