import type { Page } from 'playwright/test';
import { BROWSER_ID, LOGIN, PLAIN_BROWSER_ID, PLAIN_LOGIN } from '../../support/cookie-names.ts';
import { startDroppingProxy } from '../../support/network/dropping-proxy.ts';
import { App } from '../../support/pages/app.ts';
import { Form } from '../../support/pages/form.ts';
import { TestTab } from '../../support/pages/test-tab.ts';
import { startServer } from '../../support/server.ts';
import { expect, test } from '../fixtures.ts';

const PASSWORD = 'violets under glass';
const CONTAINER = '/temp_folder/session_data';

async function expectCookies(page: Page, ...names: readonly RegExp[]): Promise<void> {
  const cookies = await page.context().cookies();
  const found = cookies.map(({ name }) => name).filter((name) => !name.endsWith('-probe'));
  expect(found.toSorted()).toEqual(names.map((name) => expect.stringMatching(name)));
}

test('who drops Secure cookies makes the administrator, is signed in, signs out and in again, once each', async ({
  page,
}) => {
  await using server = await startServer({ withoutAdministrator: true });
  await using proxy = await startDroppingProxy(server);
  const [, token = ''] = /#token=([\w-]{43})/.exec(server.greeting) ?? [];
  const [app, form, tester] = [new App(page), new Form(page), new TestTab(page)];
  await page.goto(`${proxy.url}/manage/@administrator#token=${token}`);
  await form.field('Name').fill('ada');
  await form.field('Password').fill(PASSWORD);
  await form.field('Password again').fill(PASSWORD);
  await app.button('Create the administrator').click();
  const start = page.getByRole('heading', { name: 'Start here' });
  await expect(start).toBeVisible();
  await page.reload();
  await expect(start, 'still signed in').toBeVisible();

  await page.goto(`${proxy.url}/manage${CONTAINER}/@test`);
  await tester.add('cart two lilies');
  await expect(tester.item('cart')).toContainText('two lilies');
  await page.reload();
  await expect(tester.item('cart'), 'what the first request stored').toContainText('two lilies');
  await page.goto(`${proxy.url}/manage/session_data_manager`);
  await expect(page.getByText('Your browser sends the id back')).toBeVisible();
  await expect(page.getByText('Without Secure, which it does not keep by http on its own machine.')).toBeVisible();
  await expectCookies(page, PLAIN_BROWSER_ID, PLAIN_LOGIN);

  await app.chooseInMenu('Sign out', 'ada');
  await expect(page.getByRole('heading', { name: /^Sign in to/ })).toBeVisible();
  await expectCookies(page);
  await app.signIn('ada', PASSWORD);
  await expect(app.heading).toHaveText('session_data_manager');
  await page.reload();
  await expect(app.heading).toHaveText('session_data_manager');
});

test('Chromium keeps Secure cookies alone, with their prefix', async ({ page, server }) => {
  const [app, tester] = [new App(page), new TestTab(page)];
  await page.goto(`${server.url.replace('127.0.0.1', 'localhost')}/manage${CONTAINER}/@test`);
  await app.signIn();
  await tester.add('cart two lilies');
  await page.reload();
  await expect(tester.item('cart')).toContainText('two lilies');
  await expectCookies(page, BROWSER_ID, LOGIN);
  for (const cookie of await page.context().cookies()) expect(cookie.secure, cookie.name).toBe(true);
});
