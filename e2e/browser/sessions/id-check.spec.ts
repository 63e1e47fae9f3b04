import { freePort } from '../../support/memcached/memcached.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';
import { App } from '../../support/pages/app.ts';
import { managerOf, sameOrigin } from '../../http/client.ts';
import { setUpSessions } from '../../http/site.ts';
import { ADMIN_PASSWORD, startServer, type TestServer } from '../../support/server.ts';
import { expect, test } from '../fixtures.ts';
import { picture } from '../screenshots.ts';
import { checkScreen } from '../check-screen.ts';

const MANAGER = '/session_data_manager';
const SHOP = { TRELLIS_ORIGIN: 'https://shop.example.org' };

test('the way of a request ends with the browser at hand: whether it sends its id back', async ({ app, api, page }) => {
  await app.open(MANAGER);
  await expect(page.getByText('Your browser sends the id back')).toBeVisible();
  await checkScreen(page, 'id check');

  let tries = 0;
  page.on('request', (request) => (tries += request.url().endsWith('/@browser-check') ? 1 : 0));
  await api('/api/', { body: { type: 'Folder', id: 'elsewhere' } });
  await expect(app.treeItem('elsewhere')).toBeVisible();
  for (let looks = 0; looks < 2; looks += 1) {
    await page.waitForResponse((response) => response.url().endsWith('/@chain'));
  }
  expect(tries, 'what has to do with no browser id is no reason').toBe(0);

  const properties = { cookie_path: '/shop', same_site: 'Strict', id_name: 'sid', cookie_days: 3, partitioned: true };
  await api('/api/browser_id_manager', { method: 'PATCH', body: { properties } });
  const isAsked = page.waitForResponse((response) => response.url().includes('/shop/@cookie-check'));
  await page.getByRole('button', { name: 'Check now' }).click();
  await isAsked;
  expect(tries, 'and it is seen where there is one').toBeGreaterThan(0);
  await expect(page.getByText('Your browser sends the id back below /shop alone')).toBeVisible();
  await expect(page.getByText('pages elsewhere in / begin a new session at every visit. Use "/"')).toBeVisible();
  await expect(page.locator('t-chain')).toContainText('Its cookie path misses pages');

  const cookies = await page.context().cookies();
  expect(cookies.filter(({ name }) => !name.endsWith('-probe')).map(({ name }) => name)).toEqual([
    expect.stringContaining('trellis'),
  ]);
  const [probe] = cookies.filter(({ name }) => name === 'sid-probe');
  expect(probe).toMatchObject({ path: '/shop', sameSite: 'Strict', secure: true, httpOnly: true });
});

test('where the cookie path covers no page, the manager warns in the tree, and the Test tab says that it sees no session', async ({
  app,
  api,
  page,
}) => {
  await app.open('/browser_id_manager');
  await page.getByLabel('Cookie path').fill('/nowhere');
  const words = 'Browsers send the id to addresses below /nowhere alone: pages elsewhere in / begin a new session';
  await expect(page.getByText(words)).toBeVisible();
  await app.button('Save changes').click();
  await expect(app.treeItem('browser_id_manager')).toContainText('Its cookie path misses pages');
  await app.open('/temp_folder/session_data', 'test');
  await expect(page.getByText('Your session cannot be seen here.')).toBeVisible();
  await expect(page.getByText('You have no session yet')).toHaveCount(0);
  await api('/api/browser_id_manager', { method: 'PATCH', body: { properties: { cookie_path: '/' } } });
  await page.reload();
  await expect(page.getByText('You have no session yet')).toBeVisible();
});

test('a container that is gone is not offered for a test', async ({ app, api, page, server, memcached }) => {
  await setUpSessions(server, [memcached.address]);
  await api('/api/mcsdc', { method: 'DELETE' });
  await app.open(MANAGER);
  await expect(page.getByText('Sessions are off').first()).toBeVisible();
  await expect(page.getByRole('link', { name: 'Test /mcsdc' })).toHaveCount(0);
});

test('a cookie that this browser refuses is said at the way, with what to set', async ({ page }) => {
  await using folder = await temporaryFolder();
  await keep(folder.path, { cookie_domain: 'example.org' });
  await using server = await startServer({ data: folder.path });
  const app = await signedIn(server, new App(page));
  await page.goto(`${server.url}/manage${MANAGER}`);
  await expect(page.getByText('Your browser does not send the id back')).toBeVisible();
  await expect(
    page.getByText('which is an address and no name: browsers keep no cookie with a domain there. Leave it empty.'),
  ).toBeVisible();
  await expect(page.getByText('Sessions are on, but not in your browser')).toBeVisible();
  await checkScreen(page, 'id check');
  await picture(page, 'manager-refused');
  await page.getByRole('link', { name: 'Settings of /browser_id_manager' }).click();
  await expect(app.heading).toContainText('browser_id_manager');
  await expect(page.locator('t-dot').filter({ hasText: 'Domain=example.org' })).toHaveAttribute('state', 'off');
  await page.getByLabel('Cookie domain').fill('');
  await app.button('Save changes').click();
  await expect(app.flash('Changes saved.')).toBeVisible();
  await page.goto(`${server.url}/manage${MANAGER}`);
  await expect(page.getByText('Your browser sends the id back')).toBeVisible();
});

test('settings for another address of the site are not called wrong at this one', async ({ page }) => {
  await using folder = await temporaryFolder();
  await keep(folder.path, { cookie_domain: 'example.org' });
  await using server = await startServer({ data: folder.path, environment: SHOP, port: await freePort() });
  await signedIn(server, new App(page));
  await page.goto(`${server.url}/manage${MANAGER}`);
  await expect(page.getByText('Not tried whether your browser sends the id back')).toBeVisible();
  await expect(
    page.getByText('visitors reach this site at https://shop.example.org. Open this page there.'),
  ).toBeVisible();
});

test('where another program answers below the path of the cookie, the check says that it was not made', async ({
  app,
  api,
  page,
}) => {
  const properties = { cookie_path: '/shop' };
  await api('/api/browser_id_manager', { method: 'PATCH', body: { properties } });
  await page.route('**/shop/@cookie-check?*', (route) => route.fulfill({ contentType: 'text/html', body: '<p>Shop' }));
  await app.open(MANAGER);
  await expect(page.getByText('Not tried whether your browser sends the id back')).toBeVisible();
  await expect(page.getByText('Something else than this server answers below /shop.')).toBeVisible();
});

test('where the site is reached by plain http, the tab says that the cookie goes without Secure', async ({ page }) => {
  await using server = await startServer({
    port: await freePort(),
    environment: { TRELLIS_ORIGIN: 'http://intranet.example' },
  });
  await signedIn(server, new App(page));
  await page.goto(`${server.url}/manage/browser_id_manager`);
  await expect(
    page.getByText('Cookie sent without Secure: TRELLIS_ORIGIN names http://intranet.example.'),
  ).toBeVisible();
  await page.getByLabel('Secure', { exact: true }).uncheck();
  await page.getByRole('button', { name: 'Save changes' }).click();
  await expect(page.getByText('Cookie sent without Secure')).toHaveCount(0);
});

/** Keeps settings that are right at the address that is configured. */
async function keep(data: string, properties: Readonly<Record<string, unknown>>): Promise<void> {
  await using server = await startServer({ data, environment: SHOP, port: await freePort() });
  const { status, text } = await managerOf(server)('/api/browser_id_manager', {
    method: 'PATCH',
    body: { properties },
  });
  if (status !== 200) throw new Error(text);
}

async function signedIn(server: TestServer, app: App): Promise<App> {
  const data = { name: 'admin', password: ADMIN_PASSWORD };
  await app.page.context().request.post(`${server.url}/api/@login`, { data, headers: sameOrigin(server) });
  return app;
}
