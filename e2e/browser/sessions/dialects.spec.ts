import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setUpSessions } from '../../http/site.ts';
import { startMemcached } from '../../support/memcached/memcached.ts';
import { checkEveryLook } from '../check-screen.ts';
import { expect, test } from '../fixtures.ts';

test('servers that speak something else are named as what they are, wherever they are shown', async ({
  app,
  page,
  server,
}) => {
  await using ascii = await startMemcached({ args: ['-B', 'ascii'] });
  const web = createServer((_request, response) => response.end()).listen(0, '127.0.0.1');
  await once(web, 'listening');
  const { port } = web.address() as AddressInfo;
  await setUpSessions(server, [ascii.address, `127.0.0.1:${port}`]);
  const words = [
    /speaks the ASCII protocol only: start memcached without "-B ascii"/,
    /is a web server, and no memcached/,
  ];

  await app.open('/mcproxy', 'properties');
  for (const each of words) await expect(page.getByRole('main').getByText(each).first()).toBeVisible();
  await checkEveryLook(page);
  await app.open('/mcproxy', 'servers');
  for (const each of words) await expect(page.getByRole('main').getByText(each).first()).toBeVisible();
  await checkEveryLook(page);
  await page.setViewportSize({ width: 1440, height: 900 });
  await app.open('/session_data_manager', 'settings');
  for (const each of words) await expect(page.getByRole('main').getByText(each).first()).toBeVisible();
  web.closeAllConnections();
  web.close();
});
