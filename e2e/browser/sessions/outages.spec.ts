import { once } from 'node:events';
import { createServer, type AddressInfo } from 'node:net';
import type { Page } from 'playwright/test';
import { freePort, startMemcached } from '../../support/memcached/memcached.ts';
import { startServer } from '../../support/server.ts';
import { Contents } from '../../support/pages/contents.ts';
import { Form } from '../../support/pages/form.ts';
import { TestTab } from '../../support/pages/test-tab.ts';
import { setUpSessions } from '../../http/site.ts';
import { checkEveryLook } from '../check-screen.ts';
import { expect, test } from '../fixtures.ts';
import { picture } from '../screenshots.ts';

test('a memcached that is killed is told to whoever needs it, and works again when it is back', async ({
  app,
  page,
  server,
}) => {
  const first = await startMemcached();
  await setUpSessions(server, [first.address]);
  const tester = new TestTab(page);
  await app.open('/mcsdc', 'test');
  await tester.add('a b');
  await expect(tester.item('a')).toContainText('b');
  await first.kill();

  await tester.add('c d');
  await expect(app.alert(/Can't reach memcache server! 127\.0\.0\.1:\d+ refused the connection/)).toBeVisible();
  await expect(tester.items, 'what was typed stays').toHaveValue('c d');
  await expect(tester.line, 'the result of another try is gone').toHaveCount(0);
  await expect(tester.item('a'), 'and nobody is shown an empty session').toContainText('b');
  await picture(page, 'test-down');

  await app.open('/mcproxy', 'servers');
  await expect(page.getByText(/Down, refused/)).toBeVisible();
  await expect(page.getByText('No server answers').first()).toBeVisible();
  await expect(page.getByText(/^memcached .*-M.*-U 0/)).toBeVisible();
  await picture(page, 'servers-down');
  await app.open('/session_data_manager', 'settings');
  await expect(page.getByText('Sessions are off').first()).toBeVisible();
  await app.open('/');
  await expect(new Contents(page).row('mcproxy'), 'the list goes on, and says what is wrong').toContainText(
    /down|answers/i,
  );

  await using _second = await startMemcached({ port: first.port });
  await expect(async () => {
    await app.open('/mcsdc', 'test');
    await expect(page.getByText('Your session is gone.')).toBeVisible({ timeout: 2_000 });
  }).toPass();
  await tester.add('e f');
  await expect(tester.item('e')).toContainText('f');
});

test('an open Servers tab notices that a server is gone, and the tree with it', async ({
  app,
  page,
  server,
  memcached,
}) => {
  await setUpSessions(server, [memcached.address]);
  await app.open('/mcproxy', 'servers');
  await expect(page.getByText('Up', { exact: true })).toBeVisible();
  await memcached.kill();
  await app.button('Check now').click();
  await expect(page.getByText(/Down, refused/)).toBeVisible();
  await expect(app.treeItem('mcproxy')).toContainText(/down|answers/i);
});

test('one server of two that is down keeps its place, and the other goes on', async ({
  app,
  page,
  server,
  memcached,
}) => {
  const gone = await startMemcached();
  await gone.kill();
  await setUpSessions(server, [memcached.address, gone.address]);
  await app.open('/mcproxy', 'servers');
  const columns = page.getByRole('list', { name: 'Servers' }).getByRole('listitem');
  await expect(columns).toHaveCount(2);
  await expect(columns.nth(0)).toContainText('Up');
  await expect(columns.nth(1)).toContainText('Down, refused');
  await app.open('/mcproxy', 'properties');
  const lines = page.getByRole('list', { name: 'How each line stands' }).getByRole('listitem');
  await expect(lines.nth(0)).toContainText(/answers in/);
  await expect(lines.nth(1)).toContainText(/does not answer|refused/);
});

test('most servers down is no green light, and each says why in full', async ({ app, page, server, memcached }) => {
  const silent = createServer(() => undefined).listen(0, '127.0.0.1');
  await once(silent, 'listening');
  const { port } = silent.address() as AddressInfo;
  const gone = await Promise.all([1, 2, 3, 4].map(() => freePort()));
  const down = [port, ...gone].map((each) => `127.0.0.1:${each}`);
  await setUpSessions(server, [memcached.address, ...down]);
  await page.setViewportSize({ width: 1280, height: 800 });
  await app.open('/session_data_manager', 'settings');
  const words = 'Sessions are on, but 5 of 6 servers do not answer: most visitors get 503';
  await expect(page.getByText(words)).toBeVisible();
  await expect(page.getByText('did not answer within').first()).toBeVisible();
  expect(await cutTexts(page), 'nothing of the chain is cut').toEqual([]);
  await checkEveryLook(page);
  await page.setViewportSize({ width: 1280, height: 800 });
  await app.open('/mcproxy', 'servers');
  const table = page.getByRole('table', { name: 'Servers' });
  await expect(table.getByText('Down, did not answer within')).toBeVisible();
  await expect(page.getByRole('heading', { name: `Nothing listens at 127.0.0.1:${gone[0]}` })).toBeVisible();
  await expect(page.getByRole('group', { name: 'the command' })).toContainText(`-p ${gone[0]}`);
  expect(await cutTexts(page), 'nor of the table').toEqual([]);
  silent.close();
});

test('a proxy saved with a server that does not answer says what that costs, then and afterwards', async ({
  app,
  page,
  api,
  memcached,
}) => {
  const form = new Form(page);
  const dead = `127.0.0.1:${await freePort()}`;
  await api('/api/', { body: { type: 'MemCache Proxy', id: 'mcproxy' } });
  await app.open('/mcproxy', 'properties');
  await form.field('Servers').fill(`${memcached.address}\n${dead}`);
  await app.button('Save changes').click();
  const words = `${dead} does not answer (refused): sessions whose place is there get 503 until it answers.`;
  await expect(app.flash(words)).toBeVisible();
  await expect(page.locator('flash-list t-icon[name=circle-check]')).toHaveCount(0);
  const banner = page.locator('object-banners').getByText(/Whoever has a session there is told so \(503\)/);
  await expect(banner, 'stands there without another look').toBeVisible();
});

test('while the server is away the page says so, keeps what is typed, and goes on when it is back', async ({
  app,
  page,
  server,
}) => {
  const form = new Form(page);
  await app.open('/session_data_manager', 'settings');
  await form.field('Title').fill('Typed before the server went');
  await server.kill();
  await app.button('Change').click();
  await expect(page.getByText('Not connected. Trying again…')).toBeVisible();
  await expect(app.alert(/Could not save '\/session_data_manager'.*Your changes are kept here\./)).toBeVisible();
  await expect(form.field('Title')).toHaveValue('Typed before the server went');
  const asOf = page.getByText(/^As of \d\d:\d\d:\d\d$/);
  await expect(asOf, 'nothing is shown as it is now').toBeVisible();
  await expect(page.getByText('Not known just now')).toBeVisible();

  await using _second = await startServer({ data: server.data, port: server.port });
  await expect(page.getByText('Not connected. Trying again…')).toHaveCount(0, { timeout: 20_000 });
  await expect(app.alert(/Could not save .*: the server was out of reach\. It is there again\./)).toBeVisible();
  await expect(form.field('Title')).toHaveValue('Typed before the server went');
  await expect(asOf).toHaveCount(0);
  await app.button('Change').click();
  await expect(app.flash('Changes saved.')).toBeVisible();
});

test('a list that could not be fetched says so, and can be tried again', async ({ app, page }) => {
  await page.route('**/api/@children*', (route) =>
    route.fulfill({
      status: 500,
      contentType: 'application/problem+json',
      body: JSON.stringify({ type: 'urn:x', title: 'Error', status: 500, detail: 'Something went wrong.' }),
    }),
  );
  await app.open('/');
  await expect(app.alert(/Could not list '\/': Something went wrong\./)).toBeVisible();
  await page.unroute('**/api/@children*');
  await app.button('Try again').click();
  await expect(new Contents(page).row('index_html')).toBeVisible();
});

/** What the page shows of names and reasons only in part. */
async function cutTexts(page: Page): Promise<readonly string[]> {
  const texts = page.locator('t-chain :is(.name, .kind, .end span), t-table :is(td, td span)');
  return texts.evaluateAll((all) =>
    all
      .filter(({ className }) => /\b(name|kind|address|ellipsis|reason|two-lines|end)\b|^$/.test(className))
      .filter((each) => each.scrollWidth > each.clientWidth || each.scrollHeight > each.clientHeight + 1)
      .filter(({ clientWidth }) => clientWidth > 1)
      .map((each) => each.textContent ?? ''),
  );
}
