import { App } from '../../support/pages/app.ts';
import { TestTab } from '../../support/pages/test-tab.ts';
import { startServer } from '../../support/server.ts';
import { expect, test } from '../fixtures.ts';

test('two installations on one host name, in one browser, sign nobody out of the other and mix no sessions', async ({
  page,
  server,
}) => {
  await using other = await startServer();
  const tab = new TestTab(page);
  const open = async (url: string) => page.goto(`${url}/manage/temp_folder/session_data/@test`);
  for (const [url, items] of [
    [server.url, 'cart one'],
    [other.url, 'cart other'],
  ] as const) {
    await open(url);
    await new App(page).signIn();
    await tab.add(items);
    await expect(tab.item('cart')).toBeVisible();
  }
  for (const [url, value] of [
    [server.url, 'one'],
    [other.url, 'other'],
  ] as const) {
    await open(url);
    await expect(tab.item('cart')).toContainText(value);
    await expect(tab.session.getByRole('row')).toHaveCount(2);
  }
  await tab.signOut();
  await expect(page.getByRole('heading', { name: /^Sign in to/ })).toBeVisible();
  await open(server.url);
  await expect(tab.item('cart'), 'still signed in here').toContainText('one');
});

test('who was signed in before the upgrade gave cookies their new names still is, with the session', async ({
  page,
  server,
}) => {
  const tab = new TestTab(page);
  await page.goto(`${server.url}/manage/temp_folder/session_data/@test`);
  await tab.signIn();
  await tab.add('cart full');
  await expect(tab.item('cart')).toBeVisible();
  const context = page.context();
  // Before, no plain twin went out beside them.
  const given = (await context.cookies()).filter(({ name }) => name.startsWith('__Host-'));
  await context.clearCookies();
  await context.addCookies(given.map((cookie) => ({ ...cookie, name: cookie.name.replace(/_[0-9a-f]{8}$/, '') })));
  await page.reload();
  await expect(tab.item('cart')).toBeVisible();
  const names = (cookies: typeof given) => cookies.map(({ name }) => name).toSorted();
  await expect.poll(async () => names(await context.cookies())).toEqual(names(given));
});
