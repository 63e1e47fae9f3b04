import { Browser, setUpSessions } from '../../http/site.ts';
import { startServer } from '../../support/server.ts';
import { startMemcached } from '../../support/memcached/memcached.ts';
import { Charts } from '../../support/pages/charts.ts';
import { checkEveryLook } from '../check-screen.ts';
import { expect, test } from '../fixtures.ts';
import { fillCharts, picture, tide } from '../screenshots.ts';

/** A process that was killed is missed three heartbeats later. */
const environment = { TRELLIS_HEARTBEAT_SECONDS: '2' };
test.use({ environment });

/** Points are ten seconds apart, and the page asks every ten; the rest is for a busy machine. */
const SOON = { timeout: 60_000 };
const SPANS = [
  ['15 minutes', '15m', 'last 15 minutes'],
  ['1 hour', '1h', 'last hour'],
  ['24 hours', '24h', 'last 24 hours'],
  ['7 days', '7d', 'last 7 days'],
  ['30 days', '30d', 'last 30 days'],
] as const;

test('one sees at a glance whether sessions were healthy: since when, in five spans, and who changed what', async ({
  app,
  page,
  server,
  memcached,
}) => {
  test.setTimeout(240_000);
  const charts = new Charts(page);
  await setUpSessions(server, [memcached.address]);
  await app.open('/mcsdc', 'overview');
  await expect(page.getByRole('heading', { name: 'Are sessions healthy?' })).toBeVisible();
  // Until ten seconds are over, there is nothing else to tell.
  const beginning =
    /^Recording (begins now|began .* ago); the first figures come in 10 s\.$|^No session was used since /;
  await expect(page.getByText(beginning)).toBeVisible();

  await new Browser(server).add('n 1');
  await expect(page.getByText(/^Sessions were healthy since .*: no error, no refusal\.$/)).toBeVisible(SOON);
  await expect(charts.chart(/^Sessions estimated of Use: 1 now/)).toBeVisible(SOON);
  await expect(charts.chart(/^Memory in use of /)).toBeVisible();
  const happened = page.getByRole('table', { name: 'What happened' });
  await expect(happened.getByRole('row').filter({ hasText: '/mcsdc' }).first()).toContainText('admin');

  await fillCharts((second) =>
    Promise.all(Array.from({ length: tide(second, 6) }, () => new Browser(server).add('n 1'))),
  );
  await picture(page, 'overview');
  await checkEveryLook(page, 'overview', 'overview');

  for (const [label, id, words] of SPANS) {
    await app.button(label).click();
    await expect(page).toHaveURL(new RegExp(`@overview\\?span=${id}$`));
    await expect(page.getByRole('heading', { name: `Sessions, ${words}` })).toBeVisible();
    await expect(app.button(label)).toHaveAttribute('aria-pressed', 'true');
  }
  await page.reload();
  await expect(page.getByRole('heading', { name: 'Sessions, last 30 days' })).toBeVisible();
  await charts.button('Show as table').first().click();
  const columns = page.getByRole('table', { name: 'Use' }).getByRole('columnheader');
  await expect(columns).toContainText(['Time', 'Sessions', 'Begun', 'Ended', 'Reads', 'Writes']);
  await checkEveryLook(page);
});

test('an outage, and a time in which nobody recorded, are marked, said and never drawn as zero', async ({
  app,
  page,
  server,
  memcached,
}) => {
  test.setTimeout(240_000);
  const charts = new Charts(page);
  await setUpSessions(server, [memcached.address]);
  const visitor = new Browser(server);
  await visitor.add('n 1');
  await app.open('/', 'overview');
  await expect(charts.chart(/^Gets a second of .*: \d/)).toBeVisible(SOON);

  await memcached.kill();
  await expect(visitor.look()).rejects.toThrow(/^503/);
  await expect(page.getByText(/has not answered since \d\d:\d\d\.$/)).toBeVisible(SOON);
  const mark = page.getByText(new RegExp(`^${memcached.address} did not answer, `));
  await expect(mark).toBeVisible();
  await expect(page.getByText(/^Sessions were not always healthy since .*: 1 request failed; /)).toBeVisible(SOON);

  // Nobody is there to record it; the page says so, and goes on by itself afterwards.
  await server.kill();
  await app.button('Check now').click();
  await expect(app.alert(/Could not read what was recorded: /)).toBeVisible(SOON);
  await expect(charts.chart(/^Gets a second of /)).toBeVisible();
  await using again = await startServer({ data: server.data, port: server.port, environment });
  await expect(page.getByText(/a process ended without a word/)).toBeVisible(SOON);
  await expect(page.getByText(/for .* not everything is known\.$/)).toBeVisible(SOON);
  expect(again.url).toBe(server.url);
  await expect(mark).toBeVisible();
  const lost = page.getByRole('table', { name: 'What happened' }).getByText(/ended without a word$/);
  await expect(lost).toBeVisible();
  await checkEveryLook(page);

  await using _back = await startMemcached({ port: memcached.port });
  await app.open('/mcproxy', 'servers');
  await expect(page.getByText('Up', { exact: true })).toBeVisible(SOON);
  const over = page.locator('recent-charts').getByText(/(did not answer|was restarted|ended without a word), /);
  await expect(over.first(), 'the Servers tab marks what is over, too').toBeVisible(SOON);
});
