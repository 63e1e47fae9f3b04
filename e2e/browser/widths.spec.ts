import { setUpSessions } from '../http/site.ts';
import { layoutFaults } from '../support/chromium/layout.ts';
import { expect, expectError, test } from './fixtures.ts';

/** From a phone to a small window; the middle of them is also a window of 1440 at a zoom of 200 %. */
const WIDTHS = [390, 640, 720, 768, 900];

test('at every width, controls stand in their page and no text over another', async ({
  app,
  page,
  server,
  memcached,
  api,
}) => {
  test.setTimeout(240_000);
  expectError(page, /refused/);
  await setUpSessions(server, [memcached.address]);
  const servers = [memcached.address, '127.0.0.1:1025', `localhost:${memcached.address.split(':')[1]}`];
  await api('/api/', { body: { type: 'MemCache Proxy', id: 'half', properties: { servers } } });
  await api('/api/', { body: { type: 'RAM Cache Manager', id: 'ram_cache' } });
  await api('/api/mcsdc/@test', { body: { items: 'key1 This is a long string value\npassword tiger' } });
  const screens: readonly (readonly [path: string, tab: string, ready: RegExp])[] = [
    ['/', 'contents', /items$/],
    ['/half', 'properties', /answers in/],
    ['/half', 'servers', /Last 15 minutes/],
    ['/half', 'keys', /Not listed/],
    ['/mcsdc', 'properties', /Found: MemCache Proxy/],
    ['/mcsdc', 'sessions', /session/],
    ['/mcsdc', 'test', /session/],
    ['/mcsdc', 'statistics', /Last 15 minutes|Nothing was counted/],
    ['/session_data_manager', 'settings', /Found: MemCache Session Data Container/],
    ['/browser_id_manager', 'settings', /Set-Cookie/],
    ['/acl_users', 'users', /admin/],
    ['/index_html', 'properties', /Path/],
    ['/index_html', 'cache', /Cache/],
    ['/ram_cache', 'associate', /Search sub-folders/],
    ['/ram_cache', 'statistics', /Hit rate|Nothing is in/],
    ['/', 'setup-sessions', /session/],
    ['/', 'my-sessions', /session/],
  ];
  for (const [path, tab, ready] of screens) {
    await app.open(path, tab);
    await page.getByRole('main').getByText(ready).first().waitFor();
    for (const width of WIDTHS) {
      await page.setViewportSize({ width, height: 900 });
      const where = `${path} @${tab}, ${width} px wide`;
      await expect.soft(async () => expect(await layoutFaults(page), where).toEqual([])).toPass({ timeout: 5_000 });
    }
  }
});
