import { until } from '../../support/figures.ts';
import { startMemcached } from '../../support/memcached/memcached.ts';
import { ManagerTab } from '../../support/pages/manager-tab.ts';
import { TestTab } from '../../support/pages/test-tab.ts';
import { Browser, setUpSessions } from '../../http/site.ts';
import { checkEveryLook } from '../check-screen.ts';
import { expect, test } from '../fixtures.ts';

test('a memcached that was restarted is a fact: the Test tab no longer counts down what is gone, and the chain says how much is', async ({
  app,
  page,
  server,
}) => {
  test.setTimeout(240_000);
  const first = await startMemcached();
  await setUpSessions(server, [first.address]);
  const others = [1, 2, 3].map(() => new Browser(server));
  for (const other of others) await other.add('n 1');
  const tester = new TestTab(page);
  await app.open('/mcsdc', 'test');
  await expect(page.getByText('You have no session yet. Adding an item starts one.')).toBeVisible();
  await expect(tester.line, 'nothing happened yet').toHaveCount(0);
  await tester.add('key1 value one');
  await expect(page.getByText('Expires in')).toBeVisible();

  await first.kill();
  await expect(first.ask('version')).rejects.toThrow('ECONNREFUSED');
  await using _second = await startMemcached({ port: first.port });
  const restarted = new RegExp(
    `${first.address} was restarted \\d+ (s|min) ago; the sessions that only it kept are gone\\.`,
  );
  await expect(page.getByText(restarted)).toBeVisible();
  await expect(page.getByText('Your session is gone.')).toBeVisible();
  await expect(
    page.getByText(new RegExp(`${first.address} was restarted .* Adding an item starts another one`)),
  ).toBeVisible();
  await expect(page.getByText('Expires in')).toHaveCount(0);
  await expect(tester.line).toHaveCount(0);

  const manager = new ManagerTab(page);
  await app.open('/session_data_manager', 'settings');
  await expect(manager.end(first.address)).toContainText(/restarted \d+ (s|min) ago/);
  await expect(manager.step('mcproxy')).toContainText('A server was restarted');
  await expect(manager.step('mcsdc')).toContainText('Lost: 4 of 4 known');
  await app.open('/mcproxy', 'servers');
  await expect(page.locator('server-column')).toContainText(/Restarted \d+ (s|min) ago/);
  await expect(page.getByText(restarted)).toBeVisible();
  await app.open('/mcsdc', 'statistics');
  await expect(page.getByText(/Lost: 4 of 4 known/)).toBeVisible();

  await app.open('/mcsdc', 'test');
  await expect(page.getByText('Your session is gone.')).toBeVisible();
  await checkEveryLook(page);
  await page.setViewportSize({ width: 1440, height: 900 });
  await tester.add('key2 value two');
  await expect(tester.item('key2')).toContainText('value two');
  await expect(page.getByText('Your session is gone.')).toHaveCount(0);
});

test('whatever one does on the Test tab, the focus stays on the page', async ({ app, page, server, memcached }) => {
  await setUpSessions(server, [memcached.address]);
  const tester = new TestTab(page);
  const isKept = () => app.hasFocus();
  await app.open('/mcsdc', 'test');
  await tester.add('a 1\nb 2\nc 3');
  await expect(tester.item('c')).toBeVisible();
  const act: Readonly<Record<string, () => Promise<unknown>>> = {
    'New id': () => app.button('New id').press('Enter'),
    Remove: () => page.getByRole('button', { name: 'Remove a' }).press('Enter'),
    'Clear session': () => app.button('Clear session').press('Enter'),
    'Round-trip check': () => app.button('Round-trip check').press('Enter'),
    'Run two writers at once': () => app.button('Run two writers at once').press('Enter'),
  };
  for (const [name, press] of Object.entries(act)) {
    const answered = page.waitForResponse((response) => response.request().method() === 'POST');
    await press();
    await answered;
    await until(`the focus after ${name}`, isKept);
  }
  await app.button('Invalidate session').press('Enter');
  await app
    .dialog('Invalidate your session?')
    .getByRole('button', { name: /^Invalidate/ })
    .press('Enter');
  await expect(page.getByText('You have no session yet. Adding an item starts one.')).toBeVisible();
  await expect(tester.items).toBeFocused();

  await memcached.kill();
  await tester.items.fill('d 4');
  await app.button('Add').press('Enter');
  await expect(app.alert(/Can't reach memcache server!/)).toBeVisible();
  await until('the focus while it is down', isKept);
  await using _again = await startMemcached({ port: memcached.port });
  await expect(page.getByText(/Can't reach memcache server!/)).toHaveCount(0);
  await until('the focus once it is back', isKept);
  await expect(tester.items, 'what was typed stays').toHaveValue('d 4');
  const notAdded = page.getByText(/^Not added \(\d\d:\d\d:\d\d\)\. What you typed is still there\.$/);
  await expect(notAdded, 'and that it was not added').toBeVisible();
  await tester.items.fill('d 5');
  await expect(notAdded).toHaveCount(0);
});
