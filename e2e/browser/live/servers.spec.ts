import type { Locator } from 'playwright/test';
import { setUpSessions } from '../../http/site.ts';
import { startMemcached } from '../../support/memcached/memcached.ts';
import { expect, test } from '../fixtures.ts';

/** On a machine that is busy; on one that is not, it is 3 s. */
const TURNS = { timeout: 10_000 };

/** How long it takes until all of it is so, for whoever reads the log. */
async function turned(what: string, ...seen: readonly (() => Promise<void>)[]): Promise<void> {
  const begun = performance.now();
  await Promise.all(seen.map((see) => see()));
  console.log(`${what}: ${((performance.now() - begun) / 1000).toFixed(1)} s`);
}

const shows = (where: Locator, text: string | RegExp) => () => expect(where).toContainText(text, TURNS);
const isThere = (where: Locator) => () => expect(where).toBeVisible(TURNS);
const isGone = (where: Locator) => () => expect(where).toHaveCount(0, TURNS);

test('a server that dies, freezes or comes back turns every open screen by itself, and nothing is left of it', async ({
  context,
  app,
  page,
  server,
}) => {
  const memcached = await startMemcached();
  await setUpSessions(server, [memcached.address], { timeout_ms: 250 });
  const open = async (path: string) => {
    const other = await context.newPage();
    await other.goto(`/manage${path}`);
    return other;
  };
  await app.open('/mcproxy', 'servers');
  await expect(page.getByText('Up', { exact: true })).toBeVisible();
  const manager = await open('/session_data_manager/@settings');
  await expect(manager.getByText('Sessions are on').first()).toBeVisible();
  const properties = await open('/mcproxy/@properties');
  const line = properties.getByRole('list', { name: 'How each line stands' }).getByRole('listitem').first();
  await expect(line).toContainText('answers in');
  const tester = await open('/mcsdc/@test');
  await expect(tester.getByText('You have no session yet.')).toBeVisible();
  const contents = await open('/@contents');
  const row = contents.getByRole('row', { name: /mcproxy/ });
  await expect(row).toBeVisible();
  const badge = (short: string) => app.treeItem('mcproxy').filter({ hasText: short });
  const cannot = tester.getByRole('alert').filter({ hasText: "Can't reach memcache server!" });
  await expect(app.alert(/Can't reach memcache server!/)).toHaveCount(0);

  const isDown = [
    isThere(badge('No server answers')),
    isThere(page.getByText(/Down, /)),
    isThere(manager.getByText('Sessions are off').first()),
    isThere(properties.locator('object-banners').getByText('No server answers.')),
    shows(line, /does not answer|refused|did not answer/),
    isThere(tester.getByText(/No server answers|Can't reach/).first()),
    shows(row, 'No server answers'),
  ];
  const isUp = [
    isGone(badge('No server answers')),
    isThere(page.getByText('Up', { exact: true })),
    isThere(manager.getByText('Sessions are on').first()),
    isGone(properties.locator('object-banners').getByText('No server answers.')),
    shows(line, 'answers in'),
    isGone(cannot),
    isThere(tester.getByText('You have no session yet.')),
    () => expect(row).not.toContainText('No server answers', TURNS),
  ];
  await memcached.kill();
  await turned('killed', ...isDown);
  await using second = await startMemcached({ port: memcached.port });
  await turned('started again', isThere(badge('A server was restarted')), ...isUp);
  await second.stop();
  await turned('frozen', ...isDown);
  second.resume();
  await turned('thawed', ...isUp);
});
