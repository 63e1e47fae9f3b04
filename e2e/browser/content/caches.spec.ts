import type { Locator, Page } from 'playwright/test';
import type { Client } from '../../http/client.ts';
import { expect, test } from '../fixtures.ts';
import { fillCharts, picture, tide } from '../screenshots.ts';

/** A RAM Cache Manager, a MemCache Cache Manager, and a folder with pages. */
async function plant(api: Client, address: string): Promise<void> {
  const add = (folder: string, body: Readonly<Record<string, unknown>>) => api(`/api${folder}`, { body });
  await add('/', { type: 'MemCache Proxy', id: 'mcproxy', properties: { servers: [address] } });
  await add('/', { type: 'MemCache Cache Manager', id: 'mccache', properties: { proxy_path: '/mcproxy' } });
  await add('/', { type: 'RAM Cache Manager', id: 'ram_cache' });
  await add('/', { type: 'Folder', id: 'docs' });
  for (const id of ['about', 'contact', 'index_html']) {
    await add('/docs', { type: 'Page Template', id, title: `Page ${id}`, properties: { text: `<p>${id}</p>` } });
  }
}

function rowOf(page: Page, text: string): Locator {
  return page.getByRole('row').filter({ hasText: text });
}

test('a page’s cache manager is chosen on its Cache tab; the page is kept, invalidated, and seen in Statistics', async ({
  app,
  page,
  api,
  memcached,
}) => {
  await plant(api, memcached.address);
  await app.open('/docs/about', 'cache');
  await expect(page.getByRole('radio', { name: 'None' })).toBeChecked();
  await expect(app.button('Invalidate')).toBeDisabled();
  await page.getByRole('radio', { name: 'mccache' }).check();
  await page.getByText('1 unsaved change').waitFor();
  await picture(page, 'cache-tab');
  await app.button('Save changes').press('Enter');
  await expect(app.flash('Cache settings changed.')).toBeVisible();
  await expect(app.button('Save changes')).toHaveCount(0);
  await expect.poll(() => app.hasFocus(), 'the focus after saving').toBe(true);
  for (let visit = 0; visit < 4; visit += 1) await api('/docs/about');

  await app.open('/mccache', 'statistics');
  const row = rowOf(page, '/docs/about');
  await expect(row).toContainText('75 %');
  await row.getByRole('checkbox').check();
  await app.button('Remove').click();
  await expect(app.flash('Cache entries invalidated')).toBeVisible();
  await expect(row, 'what was removed is not there any more').toHaveCount(0);
  await expect(page.getByText('Nothing is in the cache.')).toBeVisible();
  await page.reload();
  await expect(page.getByText('Nothing is in the cache.')).toBeVisible();
  await expect(row).toHaveCount(0);
  for (let visit = 0; visit < 2; visit += 1) await api('/docs/about');
  await expect(row, 'a page that was removed is made anew').toContainText('50 %', { timeout: 30_000 });

  await app.open('/docs/about', 'cache');
  await app.button('Invalidate').click();
  await expect(app.flash('Invalidated.')).toBeVisible();
  await page.getByRole('radio', { name: 'None' }).check();
  await page.keyboard.press('Control+S');
  await expect(app.flash('Cache settings changed.')).toBeVisible();
  await expect(page.getByText('This object is not associated with a cache manager.')).toBeVisible();
  await app.open('/mccache', 'statistics');
  await expect(page.getByText('Nothing is in the cache.')).toBeVisible();
});

test('a manager is told which pages to keep on its Associate tab, by ticks', async ({ app, page, api, memcached }) => {
  await plant(api, memcached.address);
  await app.open('/ram_cache', 'statistics');
  await expect(page.getByText('Nothing is in the cache.')).toBeVisible();
  await page.getByRole('link', { name: 'Associate', exact: true }).last().click();
  await expect(page.getByText('4 objects in /')).toBeVisible();
  await rowOf(page, '/docs/about').getByRole('checkbox').check();
  await rowOf(page, '/docs/contact').getByRole('checkbox').check();
  await app.button('Save changes').click();
  await expect(app.flash('2 association(s) made, 0 removed.')).toBeVisible();
  await expect(rowOf(page, '/docs/about')).toContainText('ram_cache');

  await page.getByLabel('Show').selectOption('Associated');
  await expect(page.getByText('2 objects in /')).toBeVisible();
  await rowOf(page, '/docs/about').getByRole('checkbox').uncheck();
  await picture(page, 'associate');
  await page.keyboard.press('Control+S');
  await expect(app.flash('0 association(s) made, 1 removed.')).toBeVisible();
  await expect(rowOf(page, '/docs/about')).toHaveCount(0);

  await page.getByLabel('Search sub-folders').uncheck();
  await expect(page.getByText('No objects matched your query.')).toBeVisible();

  await api('/docs/contact');
  await app.tab('Statistics').click();
  await expect(rowOf(page, '/docs/contact')).toBeVisible();
  await fillCharts(async (second) => {
    for (let visit = 0; visit < 2 + tide(second, 16); visit += 1) await api('/docs/contact');
    if (second % 6 === 0) await api('/api/docs/contact', { method: 'PATCH', body: { title: `Contact ${second}` } });
  });
  await picture(page, 'cache-statistics');
});

test('a list that cannot be had is asked for again, and nothing ticked is lost by a refusal', async ({
  app,
  page,
  api,
  memcached,
}) => {
  await plant(api, memcached.address);
  let isOut = true;
  const out = {
    status: 500,
    contentType: 'application/problem+json',
    body: '{"status":500,"detail":"The disk is full."}',
  };
  await page.route('**/@associations*', (route) => (isOut ? route.fulfill(out) : route.fallback()));
  await app.open('/ram_cache', 'associate');
  await expect(app.alert('The disk is full.')).toBeVisible();
  isOut = false;
  await app.button('Try again').click();
  await rowOf(page, '/docs/about').getByRole('checkbox').check();
  isOut = true;
  await app.button('Save changes').click();
  await expect(page.getByText(/Could not change what '\/ram_cache' keeps/)).toBeVisible();
  isOut = false;
  await app.button('Save changes').click();
  await expect(app.flash('1 association(s) made, 0 removed.')).toBeVisible();

  await rowOf(page, '/docs/contact').getByRole('checkbox').check();
  await expect(app.button('Save changes')).toBeVisible();
  await api('/api/ram_cache/@associations', { body: { add: ['/docs/contact'], remove: [] } });
  await expect(rowOf(page, '/docs/contact'), 'somebody else made the same change').toContainText('ram_cache');
  await expect(rowOf(page, '/docs/contact').getByRole('checkbox')).toBeChecked();
  await expect(app.button('Save changes')).toHaveCount(0);
});

test('who may look but not change sees the Cache tab without its controls', async ({ app, page, api, memcached }) => {
  await plant(api, memcached.address);
  await page.route('**/api/docs/about/@cache', async (route) => {
    const response = await route.fetch();
    await route.fulfill({ response, json: { ...((await response.json()) as object), mayChange: false } });
  });
  await app.open('/docs/about', 'cache');
  await expect(page.getByText("You may look but not change (needs 'Change cache settings').")).toBeVisible();
  await expect(page.getByRole('radio', { name: 'mccache' })).toBeDisabled();
});
