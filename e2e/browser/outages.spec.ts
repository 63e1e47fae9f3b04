import { startMemcached } from '../support/memcached.ts';
import { startServer } from '../support/server.ts';
import { Contents } from '../support/pages/contents.ts';
import { Form } from '../support/pages/form.ts';
import { TestTab } from '../support/pages/test-tab.ts';
import { setUpSessions } from '../http/site.ts';
import { expect, test } from './fixtures.ts';
import { picture } from './screenshots.ts';

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
    await expect(page.getByText('You have no session yet. Adding an item starts one.')).toBeVisible({ timeout: 2_000 });
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

  await using _second = await startServer({ data: server.data, port: server.port });
  await expect(page.getByText('Not connected. Trying again…')).toHaveCount(0, { timeout: 20_000 });
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
