import { Contents } from '../../support/pages/contents.ts';
import { hindrancesOn } from '../../support/chromium/chromium.ts';
import { expect, test } from '../fixtures.ts';

test('titles stand in their own direction, show what they hide, and have the room of notices that there are not', async ({
  app,
  page,
  api,
}) => {
  const hidden = 'photo\u202egnp.exe';
  await api('/api/', { body: { type: 'Folder', id: 'texts' } });
  const add = (id: string, title: string) => api('/api/texts', { body: { type: 'Folder', id, title } });
  await add('arabic', 'مرحبا (1)');
  await add('hidden', hidden);
  const contents = new Contents(page);
  await app.open('/texts');
  await expect(contents.row('hidden')).toContainText('photoU+202Egnp.exe');
  const ways = contents.row('arabic').locator('t-title bdi');
  await expect(ways).toHaveCSS('direction', 'rtl');
  await expect(page.getByRole('columnheader')).toHaveText(['', 'Id', 'Title', 'Type', 'Size', 'Last modified']);
  await api('/api/texts', { body: { type: 'MemCache Proxy', id: 'unset' } });
  await page.reload();
  await expect(page.getByRole('columnheader', { name: 'Notices' })).toBeVisible();

  const dialog = await contents.startAdding('Folder');
  await dialog.getByLabel('Id').fill('a\u200bb');
  await expect(dialog.getByText('The id "a[U+200B]b" contains U+200B')).toBeVisible();
  await dialog.getByRole('button', { name: 'Cancel' }).click();
  await app.open('/texts/hidden', 'properties');
  await expect(app.heading).toHaveText('hidden');
  await expect(page.getByText('U+202E')).toBeVisible();
  await expect(page.getByLabel('Title', { exact: true })).toHaveValue(hidden);
});

test('a list is printed as a list: all its rows under its heads, and nothing of what is around it', async ({
  app,
  page,
  api,
}) => {
  for (let index = 0; index < 60; index += 1) await api('/api/', { body: { type: 'Folder', id: `folder${index}` } });
  await app.open('/');
  await new Contents(page).row('folder59').waitFor();
  await page.emulateMedia({ media: 'print' });
  for (const role of ['tree', 'banner'] as const) await expect(page.getByRole(role)).toBeHidden();
  await expect(page.getByRole('textbox', { name: 'Filter' })).toBeHidden();
  await expect(app.button('Add')).toBeHidden();
  await expect(app.heading).toBeVisible();
  const pageHeight = await page.evaluate<number>('document.documentElement.scrollHeight');
  expect(pageHeight, 'no row is behind an edge that paper cannot scroll').toBeGreaterThan(60 * 30);
});

test('links in sentences are told by more than their colour', async ({ app, page, api }) => {
  await page.emulateMedia({ colorScheme: 'dark' });
  await api('/api/', { body: { type: 'RAM Cache Manager', id: 'ram_cache' } });
  for (const [path, tab] of [
    ['/index_html', 'cache'],
    ['/session_data_manager', 'settings'],
    ['/temp_folder/session_data', 'test'],
  ] as const) {
    await app.open(path, tab);
    await app.heading.waitFor();
    await page.getByRole('main').getByRole('button').first().waitFor();
    expect.soft(await hindrancesOn(page, ['link-in-text-block', 'color-contrast']), path).toEqual([]);
  }
});
