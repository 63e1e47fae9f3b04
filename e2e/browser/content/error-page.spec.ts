import { setUpSessions } from '../../http/site.ts';
import { startMemcached } from '../../support/memcached/memcached.ts';
import { checkEveryLook } from '../check-screen.ts';
import { expect, expectError, test } from '../fixtures.ts';
import { picture } from '../screenshots.ts';

test('a visitor of an address without a page reads what they can do', async ({ page }) => {
  expectError(page, '404 /no/such/page');
  await page.goto('/no/such/page');
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('There is no such page');
  await page.getByRole('link', { name: 'Go to the front page' }).click();
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('Welcome to Trellis');
  await page.getByRole('link', { name: 'Manage the objects of this site' }).click();
  await expect(page.getByRole('heading', { name: /^Sign in to/ })).toBeVisible();
});

test('pages of the server’s own and the interface have one look, also in the dark', async ({ app, page }) => {
  const looks = () =>
    page.evaluate<string[]>(`(() => {
      const header = document.querySelector('header') ?? document.querySelector('app-shell').shadowRoot.querySelector('top-bar');
      const [body, bar] = [getComputedStyle(document.body), getComputedStyle(header)];
      return [body.backgroundColor, body.color, bar.backgroundColor, bar.borderBottomColor];
    })()`);
  for (const colorScheme of ['light', 'dark'] as const) {
    await page.emulateMedia({ colorScheme });
    await app.open('/');
    await app.heading.waitFor();
    const ofInterface = await looks();
    expectError(page, '404 /no/such/page');
    for (const path of ['/', '/no/such/page']) {
      await page.goto(path);
      expect(await looks(), `${path}, ${colorScheme}`).toEqual(ofInterface);
    }
  }
});

test('while memcached is down a visitor is asked to try again, and whoever may manage sees why', async ({
  app,
  page,
  browser,
  server,
  memcached,
  api,
}) => {
  await setUpSessions(server, [memcached.address]);
  const text = '<h1>Hello {{ session.name }}</h1>{% session name = "Ada" %}';
  await api('/api/', { body: { type: 'Page Template', id: 'greeting', properties: { text } } });
  const visitor = await browser.newPage({ baseURL: server.url });
  await visitor.goto('/greeting');
  await memcached.kill();
  await visitor.reload();
  await expect(visitor.getByRole('heading', { level: 1 })).toHaveText('Not available at the moment');
  await expect(visitor.getByRole('heading', { level: 2 })).toHaveCount(0);
  await expect(visitor.getByText('memcache')).toHaveCount(0);

  await app.open('/');
  await expect(app.heading).toHaveText('Root');
  expectError(page, '503 /greeting');
  await page.goto('/greeting');
  await expect(page.getByText(/Can't reach memcache server! .* refused the connection\./)).toBeVisible();
  await picture(page, 'error-page');
  await checkEveryLook(page);

  await using again = await startMemcached({ port: memcached.port });
  expect(again.port).toBe(memcached.port);
  await expect(async () => {
    await visitor.getByRole('link', { name: 'Try again' }).click();
    await expect(visitor.getByRole('heading', { level: 1 })).toHaveText(/^Hello/, { timeout: 2_000 });
  }, 'the way on leads back').toPass();
  await visitor.close();
});
