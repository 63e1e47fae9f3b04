import type { Page } from 'playwright/test';
import { makeBigFolder } from '../../http/big-folder.ts';
import { managerOf, type Client } from '../../http/client.ts';
import { startServer, type TestServer } from '../../support/server.ts';
import { Contents } from '../../support/pages/contents.ts';
import { checkScreen } from '../check-screen.ts';
import { expect, expectError, test as base } from '../fixtures.ts';

const COUNT = 10_000;

/** One server with the folder for all tests of a worker: it is made once. Each test takes as much of it away as it says. */
const test = base.extend<object, { big: { server: TestServer; api: Client; ids: readonly string[] } }>({
  big: [
    // oxlint-disable-next-line no-empty-pattern
    async ({}, use) => {
      await using server = await startServer();
      const api = managerOf(server);
      await use({ server, api, ids: await makeBigFolder(api, '/big', COUNT) });
    },
    { scope: 'worker', timeout: 300_000 },
  ],
  server: async ({ big }, use) => use(big.server),
});

test.describe.configure({ mode: 'serial', timeout: 300_000 });

const status = (page: Page, text: string | RegExp) => page.getByRole('status').getByText(text);

test('in a list of 10,000, what one acts with stays in reach, and any page is one number away', async ({
  app,
  page,
  big,
}) => {
  const contents = new Contents(page);
  await app.open('/big');
  await expect(status(page, '1 to 100 of 10,000 items')).toBeVisible();
  await contents.table.locator('tr[data-key]').nth(90).scrollIntoViewIfNeeded();
  await contents.select(big.ids[90]!);
  await expect(status(page, '1 of 10,000 selected')).toBeInViewport({ ratio: 1 });
  for (const name of ['Cut', 'Delete', 'Add', 'Next'])
    await expect(app.button(name), name).toBeInViewport({ ratio: 1 });
  await expect(page.getByRole('columnheader', { name: 'Id' })).toBeInViewport({ ratio: 1 });
  await checkScreen(page, 'a list that was scrolled');

  await page.getByLabel('Page', { exact: true }).fill('57');
  await page.keyboard.press('Enter');
  await expect(status(page, '5,601 to 5,700 of 10,000 items')).toBeVisible();
  await expect(contents.row(big.ids[5600]!), 'a new page begins at its first row').toBeInViewport({ ratio: 1 });
  expect(page.url()).toContain('from=5601');
  await app.button('Next').click();
  await expect(status(page, '5,701 to 5,800 of 10,000 items')).toBeVisible();
  await expect(page.getByLabel('Page', { exact: true })).toHaveValue('58');
  await page.getByLabel('Page', { exact: true }).fill('1000');
  await page.keyboard.press('Enter');
  await expect(status(page, '9,901 to 10,000 of 10,000 items')).toBeVisible();
  await expect(app.button('Next')).toBeDisabled();
});

test('the tree reaches any of 10,000: by a deep link, and page by page', async ({ app, page, big }) => {
  const id = big.ids[9_876]!;
  await app.open(`/big/${id}`);
  const row = page.locator(`[role=treeitem][data-path="/big/${id}"]`);
  await expect(row).toHaveAttribute('aria-current', 'page');
  await expect(row).toBeInViewport();
  const rows = page.locator('[role=treeitem][data-path^="/big/"]');
  await expect(rows).toHaveCount(400);
  await page.getByRole('treeitem', { name: '200 of 9,600 more items' }).click();
  await expect(rows).toHaveCount(600);
  await expect(page.locator(`[role=treeitem][data-path="/big/${big.ids[200]!}"]`)).toBeFocused();
  await expect(page.getByRole('treeitem', { name: '200 of 9,400 more items' })).toBeVisible();
  await checkScreen(page, 'a tree with what is left out');
});

test('the 100 shown are selected, or all 10,000, and it is said which', async ({ app, page }) => {
  await app.open('/big');
  await page.getByRole('checkbox', { name: 'Select all' }).check();
  await expect(status(page, '100 of 10,000 selected')).toBeVisible();
  await app.button('All 10,000').click();
  await expect(status(page, 'All 10,000 selected')).toBeVisible();
  await app.button('Next').click();
  await expect(status(page, '101 to 200 of 10,000 items')).toBeVisible();
  await expect(status(page, 'All 10,000 selected')).toBeVisible();
  await checkScreen(page, 'all are selected');
  await page.locator('tr[data-key]').first().getByRole('checkbox').uncheck();
  await expect(status(page, '9,999 of 10,000 selected')).toBeVisible();
  await app.button('Only the 100 shown').click();
  await expect(status(page, '100 of 10,000 selected')).toBeVisible();
});

test('all 10,000 are moved and deleted, and what failed on the way is said', async ({ app, page, big }) => {
  await big.api('/api/', { body: { type: 'Folder', id: 'other' } });
  const all = async () => {
    await page.getByRole('checkbox', { name: 'Select all' }).check();
    await app.button('All 10,000').click();
    await expect(status(page, 'All 10,000 selected')).toBeVisible();
  };
  await app.open('/big');
  await all();
  await app.button('Cut').click();
  await app.treeItem('other').click();
  await app.button('Paste here').click();
  await expect(app.flash('Moved 10,000 items from /big.')).toBeVisible({ timeout: 120_000 });
  await expect(status(page, '1 to 100 of 10,000 items')).toBeVisible();

  await all();
  let left = 5;
  await page.route('**/api/other/@delete', (route) => ((left -= 1) < 0 ? route.abort() : route.continue()));
  await app.button('Delete').click();
  await expect(app.dialog('Delete 10,000 items?')).toContainText('and 9,980 more');
  await app.answer('Delete 10,000 items?', 'Delete');
  await expect(app.flash('Deleted 2,500 items.')).toBeVisible({ timeout: 120_000 });
  await expect(app.alert('Could not delete 7,500 items: the server is out of reach.')).toBeVisible();
  expectError(page, /Not connected/);
  await expect(status(page, 'All 7,500 selected')).toBeVisible();
  await page.unroute('**/api/other/@delete');

  const [held, go] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
  await page.route('**/api/other/@consequences?*', async (route) => {
    await held.promise;
    await route.continue();
  });
  await page.route('**/api/other/@delete', async (route) => {
    await go.promise;
    await route.continue();
  });
  await app.button('Delete').click();
  await expect(status(page, 'Looking up…')).toBeVisible();
  await app.button('Delete').click();
  held.resolve();
  await app.answer('Delete 7,500 items?', 'Delete');
  await expect(page.getByRole('dialog'), 'it is asked once').toHaveCount(0);
  await expect(status(page, 'Deleting 0 of 7,500…')).toBeVisible();
  await page.keyboard.press('Escape');
  await expect(app.button('Stop'), 'what is under way is not hidden').toBeVisible();
  go.resolve();
  await expect(app.flash('Deleted 7,500 items.')).toBeVisible({ timeout: 120_000 });
  await expect(page.getByText("There are currently no items in 'other'.")).toBeVisible();
});
