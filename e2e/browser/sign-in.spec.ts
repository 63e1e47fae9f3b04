import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { Page } from 'playwright/test';
import { runCli } from '../http/cli.ts';
import { setUpSessions } from '../http/site.ts';
import { LOGIN } from '../support/cookie-names.ts';
import { startServer } from '../support/server.ts';
import { holdLock } from '../support/unwritable.ts';
import { App } from '../support/pages/app.ts';
import { Contents } from '../support/pages/contents.ts';
import { Form } from '../support/pages/form.ts';
import { TestTab } from '../support/pages/test-tab.ts';
import { checkEveryLook, checkScreen } from './check-screen.ts';
import { expect, expectError, test } from './fixtures.ts';
import { picture } from './screenshots.ts';

test('whoever is not signed in sees the sign-in screen at every address, and comes to where they wanted', async ({
  page,
  server,
}) => {
  const app = new App(page);
  await app.open('/session_data_manager', 'settings');
  await expect(page.getByRole('heading', { name: /^Sign in to/ })).toBeVisible();
  await expect(page.getByText(`To manage the objects of 127.0.0.1:${server.port}.`)).toBeVisible();
  await expect(page.getByLabel('Name', { exact: true })).toBeFocused();
  await picture(page, 'sign-in');
  await app.signIn('admin', 'not the password');
  await expect(app.alert('Wrong name or password.')).toBeVisible();
  await expect(page.getByLabel('Name', { exact: true }), 'what was typed stays').toHaveValue('admin');
  await app.signIn();
  await expect(app.heading).toHaveText('session_data_manager');
});

test('what is missing is said before anything is sent', async ({ page }) => {
  const app = new App(page);
  await app.open('/');
  await app.button('Sign in').click();
  await expect(app.alert('Enter your name.')).toBeVisible();
  await page.getByLabel('Name', { exact: true }).fill('admin');
  await app.button('Sign in').click();
  await expect(app.alert('Enter your password.')).toBeVisible();
});

test('too many tries have to wait, and are told how long', async ({ page }) => {
  const app = new App(page);
  await app.open('/');
  expectError(page, 'Wrong name or password.');
  const alert = app.alert(/Too many tries\. Wait \d+ s\./);
  for (let tries = 0; tries < 12 && !(await alert.isVisible()); tries += 1) {
    const answered = page.waitForResponse(/@login$/);
    await app.signIn('admin', `wrong ${tries}`);
    await answered;
    await expect(app.button('Sign in')).toBeEnabled();
  }
  await expect(alert).toBeVisible();
});

test('who cannot be signed in now is told why, and not that the password is wrong', async ({ page, server }) => {
  const app = new App(page);
  await app.open('/');
  await using locked = await holdLock(server.data, false);
  await app.signIn();
  await expect(app.alert(/Another program holds the database locked/)).toBeVisible({ timeout: 20_000 });
  const password = page.getByLabel('Password', { exact: true });
  await expect(password).toHaveAttribute('aria-invalid', 'false');
  await locked.end();
  await app.button('Sign in').click();
  await expect(app.heading, 'what was typed is still there').toHaveText('Root');
});

test('the sign-in screen says whether the server is ready, and not only that it is there', async ({
  page,
  server,
  api,
}) => {
  const app = new App(page);
  await app.open('/');
  await expect(page.getByText('Ready', { exact: true })).toBeVisible();
  await rm(join(server.data, 'trellis.sqlite'));
  expect((await api('/api/', { body: { type: 'Folder', id: 'late' } })).status).toBe(503);
  await page.reload();
  await expect(page.getByText(/^The data file is not the one that was opened, or out of reach/)).toBeVisible();
  await expect(page.getByText('Ready', { exact: true })).toHaveCount(0);
});

test('signing out leaves nothing behind, not even by going back', async ({ app, page }) => {
  await app.open('/');
  await app.open('/acl_users', 'users');
  await expect(page.getByRole('table', { name: 'Users' })).toBeVisible();
  await app.signOut();
  await expect(page.getByRole('heading', { name: /^Sign in to/ })).toBeVisible();
  await page.goBack();
  await expect(page.getByRole('heading', { name: /^Sign in to/ })).toBeVisible();
  await expect(page.getByRole('table')).toHaveCount(0);
  expect(await page.context().cookies()).toEqual([]);
});

test('the one-time link of a first start makes the administrator, once', async ({ page }) => {
  await using fresh = await startServer({ withoutAdministrator: true });
  const [app, form] = [new App(page), new Form(page)];
  const link = /https?:\S+#token=\S+/.exec(fresh.greeting)?.[0] ?? '';
  await page.goto(`${fresh.url}/manage`);
  await expect(app.heading).toHaveText('There is no administrator yet');
  await page.goto(link);
  await expect(page.getByRole('heading', { name: 'Create the administrator' })).toBeVisible();
  await expect(page.getByText(/^8 to 128 characters/), 'the rule stands there beforehand').toBeVisible();
  await form.field('Name').fill('');
  await app.button('Create the administrator').click();
  await expect(app.alert('A username must be specified')).toBeVisible();
  await form.field('Name').fill('ada');
  await app.button('Create the administrator').click();
  await expect(app.alert('A password must be specified')).toBeVisible();
  await form.field('Password').fill('short');
  await form.field('Password again').fill('other');
  await app.button('Create the administrator').click();
  await expect(app.alert('At least 8 are needed. Password and confirmation do not match.')).toBeVisible();
  await form.field('Password again').fill('short');
  await app.button('Create the administrator').click();
  await expect(app.alert(/8/)).toBeVisible();
  await form.field('Password').fill('violets under glass');
  await form.field('Password again').fill('violets under glass');
  await app.button('Create the administrator').click();
  await expect(page, 'the token does not stay in the address').toHaveURL(/\/manage\/@start$/);
  await expect(page.getByRole('heading', { name: 'Start here' }), 'one is where one can begin').toBeVisible();

  await page.context().clearCookies();
  await page.goto(link);
  await page.reload();
  await expect(app.heading, 'said before anything is typed').toHaveText('There is an administrator already');
  await expect(page.getByLabel('Password again')).toHaveCount(0);
  await checkEveryLook(page);
  await app.signIn('ada', 'violets under glass');
  await expect(app.heading).toHaveText('Root');
  await page.context().clearCookies();

  await test.step('who signs in, or is signed in, and opens it again sees the tree', async () => {
    await page.goto(`${fresh.url}/manage/@administrator`);
    await app.signIn('ada', 'violets under glass');
    await expect(app.heading).toHaveText('Root');
    await expect(new Contents(page).row('acl_users')).toBeVisible();
    await page.goto(link);
    await page.reload();
    await expect(app.heading).toHaveText('Root');
    await expect(new Contents(page).row('acl_users')).toBeVisible();
    await expect(page).toHaveURL(/\/manage$/);
  });
});

test('while there is no administrator, the interface says where the link is, and looks again', async ({ page }) => {
  await using fresh = await startServer({ withoutAdministrator: true });
  const app = new App(page);
  await page.goto(`${fresh.url}/manage/acl_users`);
  await expect(app.heading).toHaveText('There is no administrator yet');
  await expect(page.getByText('The line begins with “Trellis is at”.')).toBeVisible();
  expect(fresh.greeting).toMatch(/^Trellis is at/);
  await expect(page.getByText('Start the server again: it prints a new one.')).toBeVisible();
  await expect(page.getByLabel('Password'), 'nobody could sign in').toHaveCount(0);
  await app.button('Look again').click();
  await expect(app.heading).toHaveText('There is no administrator yet');

  const command = (await page.getByRole('group', { name: 'the command' }).textContent()) ?? '';
  const [, args = ''] = /^npm run trellis -- (.+)$/.exec(command) ?? [];
  const made = await runCli([...args.split(' '), '--data', fresh.data], 'violets under glass\n');
  expect(made.code, made.errors).toBe(0);
  await app.button('Look again').click();
  await expect(page.getByRole('heading', { name: /^Sign in to/ })).toBeVisible();
  await app.signIn('admin', 'violets under glass');
  await expect(app.heading).toHaveText('acl_users');
});

test('the sign-in screen names the command that sets a lost password, and it does', async ({ page, server }) => {
  const app = new App(page);
  await app.open('/');
  const command = (await page.locator('code').textContent()) ?? '';
  const [, args = ''] = /^npm run trellis -- (.+)$/.exec(command) ?? [];
  const { code, errors } = await runCli([...args.split(' '), '--data', server.data], 'violets under glass\n');
  expect(code, errors).toBe(0);
  await app.signIn('admin', 'violets under glass');
  await expect(app.heading).toHaveText('Root');
});

test('a session that ends while one works is asked for again, and the edits are kept', async ({ app, page }) => {
  const form = new Form(page);
  await app.open('/session_data_manager', 'settings');
  await form.field('Title').fill('A title that took long to find');
  await loseLogin(page, () => app.button('Change').click());
  await expect(page.getByRole('heading', { name: 'Your session ended.' })).toBeVisible();
  await expect(page.getByText('your edits here are kept')).toBeVisible();
  await picture(page, 'session-ended');
  await page.keyboard.press('Escape');
  await expect(app.dialog('Your session ended.')).toHaveCount(0);
  await app.button('Change').click();
  await app.signIn();
  await expect(app.dialog('Your session ended.')).toHaveCount(0);
  await expect(form.field('Title')).toHaveValue('A title that took long to find');
  await expect(page.getByText(/Sign in first/)).toHaveCount(0);
  await app.button('Change').click();
  await expect(app.flash('Changes saved.')).toBeVisible();
});

test('a user who may not manage is told so, and sees nothing', async ({ page, api }) => {
  await api('/api/acl_users/@users', { body: { name: 'mem', password: 'violets under glass', roles: [] } });
  const app = new App(page);
  await app.open('/');
  await app.signIn('mem', 'violets under glass');
  await expect(app.alert('You are signed in as mem, but may see nothing here.')).toContainText(
    'Ask whoever looks after this server for a role.',
  );
  await expect(page.getByText(/permission '|Try again/), 'no words of the machine').toHaveCount(0);
  await expect(page.getByText('acl_users')).toHaveCount(0);
  await checkEveryLook(page);
  await app.button('Sign out').click();
  await expect(page.getByRole('heading', { name: /^Sign in to/ })).toBeVisible();
});

test('who signs in after somebody else at the same browser begins with an empty session', async ({
  app,
  page,
  server,
  memcached,
  api,
}) => {
  await setUpSessions(server, [memcached.address]);
  await api('/api/acl_users/@users', {
    body: { name: 'mira', password: 'violets under glass', roles: ['Manager'] },
  });
  const tab = new TestTab(page);
  await app.open('/mcsdc', 'test');
  await tab.add('cart two lilies');
  await expect(page.getByText('two lilies').last()).toBeVisible();

  await test.step('signing out is said', async () => {
    await app.signOut();
    await expect(page.getByRole('heading', { name: /^Sign in to/ })).toBeVisible();
    await expect(page.getByText('You are signed out. Your session in this browser has ended.')).toBeVisible();
    await checkScreen(page, 'signed out');
    expect(await page.context().cookies()).toEqual([]);
  });

  await test.step('the next user sees nothing of it', async () => {
    await app.signIn('mira', 'violets under glass');
    await expect(app.heading).toHaveText('mcsdc');
    await expect(page.getByText('You are signed out.')).toHaveCount(0);
    await expect(page.getByText('two lilies')).toHaveCount(0);
    await tab.add('cart three roses');
    await expect(tab.line).toHaveText(/^Before: 0; +after: 1;/);
  });

  await test.step('nor does somebody who signs in where a login ended by itself', async () => {
    await loseLogin(page, () => tab.add('n 1'));
    await expect(page.getByRole('heading', { name: 'Your session ended.' })).toBeVisible();
    await app.signIn('admin');
    await expect(page.getByRole('button', { name: 'admin', exact: true })).toBeVisible();
    await expect(app.heading).toHaveText('mcsdc');
    await expect(page.getByText('three roses')).toHaveCount(0);
    await expect(app.dialog('Your session ended.')).toHaveCount(0);
    await tab.add('mine yes');
    await expect(tab.line).toHaveText(/^Before: 0; +after: 1;/);
  });
});

/** The login is gone, and what one does next finds out: what the page asks by itself at that moment waits for it. */
async function loseLogin(page: Page, act: () => Promise<void>): Promise<void> {
  const found = Promise.withResolvers<void>();
  await page.route('**/api/**', async (route) => {
    const isOwnAct = route.request().method() !== 'GET' && !route.request().url().endsWith('/@check');
    if (!isOwnAct) await found.promise;
    await route.continue();
  });
  await page.context().clearCookies({ name: LOGIN });
  await act();
  await page.getByRole('heading', { name: 'Your session ended.' }).waitFor();
  found.resolve();
  await page.unrouteAll({ behavior: 'wait' });
}
