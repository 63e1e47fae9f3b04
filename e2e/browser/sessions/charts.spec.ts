import { startMemcached, type Memcached } from '../../support/memcached/memcached.ts';
import { Charts } from '../../support/pages/charts.ts';
import type { HostedServer } from '../../support/server-host.ts';
import { TestTab } from '../../support/pages/test-tab.ts';
import { managerOf } from '../../http/client.ts';
import { Browser, setUpSessions } from '../../http/site.ts';
import { expect, test } from '../fixtures.ts';
import { fillCharts, picture, tide } from '../screenshots.ts';

const SAMPLE_S = 10;
/** The page asks every ten seconds; the rest is for a busy machine. */
const SOON = { timeout: 3 * SAMPLE_S * 1000 };

/** Stores values of 100 kB. */
async function store(memcached: Memcached, from: number, count: number): Promise<void> {
  const value = 'x'.repeat(100_000);
  for (let number = from; number < from + count; number++) {
    await memcached.ask(`set ${number} 0 0 ${value.length}\r\n${value}`);
  }
}

/** Asks for values: every second one is there, unless it was pushed out. */
async function askFor(memcached: Memcached, count: number): Promise<void> {
  for (let number = 0; number < count; number++) await memcached.ask(`get ${number % 2 === 0 ? 3 : 'nothing'}`);
}

/** A morning of sessions: three browsers change theirs, two of them the same one at once; now and then somebody leaves. */
function visitsOf(server: HostedServer) {
  const browsers = [1, 2, 3].map(() => new Browser(server));
  return async (second: number) => {
    const [first, ...others] = browsers;
    for (let count = 0; count < tide(second, 6); count++) await Promise.all(others.map((each) => each.look()));
    await Promise.all(browsers.map((browser) => browser.add(`seen ${second}`)));
    await Promise.all([first!.add(`left ${second}`), first!.add(`right ${second}`)]);
    if (second % 15 === 14) await others[0]!.own('invalidate');
  };
}

test('a server that is filled past its memory shows it at the next look, and what that means for sessions', async ({
  app,
  page,
  server,
}) => {
  test.setTimeout(120_000);
  await using evicting = await startMemcached({ args: ['-m', '2'] });
  await using refusing = await startMemcached({ args: ['-M', '-m', '2'] });
  await setUpSessions(server, [evicting.address, refusing.address]);
  const charts = new Charts(page);
  await app.open('/mcproxy', 'servers');
  await expect(charts.server(evicting.address)).toContainText('When full, it pushes items out');
  await expect(charts.server(refusing.address)).toContainText('When full, it refuses new items');
  await expect(page.getByText(/the first figures come in 10 s|when recording began/)).toBeVisible();
  await expect(page.getByText(/were pushed out/)).toHaveCount(0);

  // What is recorded begins with a look, and rates with the second.
  const evictions = charts.chart(new RegExp(`^Evictions a minute of ${evicting.address}: `));
  await expect(evictions).toHaveAccessibleName(/: 0 now/, { timeout: 5 * SAMPLE_S * 1000 });

  // More than a server of 2 MB can hold.
  await Promise.all([evicting, refusing].map((each) => store(each, 0, 60)));
  await expect(charts.server(evicting.address)).toContainText(/Evictions\s*[1-9]\d* in all/, SOON);
  await expect(charts.server(refusing.address)).toContainText(/Refusals\s*[1-9]/);
  await expect(
    page.getByText(/^Memory of .* is full: \d+ items were pushed out .* Sessions may end early/),
  ).toBeVisible();
  await expect(page.getByText(/^Memory of .* is full: it refused \d+ values .* and dropped none/)).toBeVisible();

  await expect(evictions).toHaveAccessibleName(/[1-9][\d,.]* now|and [1-9]/, SOON);
  await expect(charts.chart(new RegExp(`^Refusals a minute of ${refusing.address}: `))).toBeVisible();
  await fillCharts((second) =>
    Promise.all(
      [evicting, refusing].map(async (each) => {
        await store(each, 60 + 10 * second, tide(second, 6));
        await askFor(each, 8 + tide(second, 20));
      }),
    ),
  );
  await picture(page, 'servers-full');
  await charts.showAsTable();
  const table = page.getByRole('table', { name: evicting.address });
  await expect(table.getByRole('columnheader')).toContainText([
    'Time',
    'Gets',
    'Misses',
    'Evictions',
    'Refusals',
    'Memory',
  ]);
  await expect(table).toContainText(/MiB/);
});

test('what happens to sessions is counted and shown, with what cannot be seen', async ({
  app,
  page,
  server,
  memcached,
}) => {
  await setUpSessions(server, [memcached.address]);
  const [charts, tester] = [new Charts(page), new TestTab(page)];
  await app.open('/mcsdc', 'statistics');
  await expect(page.getByText('Nothing was counted yet.')).toBeVisible();
  await page.getByRole('link', { name: 'Test', exact: true }).last().click();
  await tester.add('a 1');
  await expect(tester.item('a')).toBeVisible();
  await tester.add('b 2');
  await expect(tester.item('b')).toBeVisible();
  await app.button('Invalidate session').click();
  await app.answer('Invalidate your session?', /^Invalidate/);

  await app.tab('Statistics').click();
  await charts.expectCounted('Writes', '2');
  await charts.expectCounted('Sessions begun', '1');
  await charts.expectCounted('Sessions ended', '1');
  await charts.expectCounted('Same key, newest won', '0');
  await expect(
    page.getByText(/What other processes did is in charts and rates alone\. Sessions that expire/),
  ).toBeVisible();
  await expect(charts.chart(/^Reads a second/)).toBeVisible();
  await app.open('/mcproxy', 'servers');
  await expect(charts.chart(/^Gets a second/)).toBeVisible();
  await fillCharts(visitsOf(server));
  await picture(page, 'servers');
  await app.open('/mcsdc', 'statistics');
  await expect(charts.chart(/^Reads a second/)).toBeVisible();
  await picture(page, 'statistics');
  await charts.showAsTable();
  await expect(page.getByRole('table', { name: 'Conflicts' }).getByRole('columnheader')).toContainText(['Same key']);
});

test('a container in process memory shows how full it is, and says so before it is', async ({ app, page, server }) => {
  const container = '/temp_folder/session_data';
  await managerOf(server)(`/api${container}`, { method: 'PATCH', body: { properties: { limit_mib: 1 } } });
  const begin = () => new Browser(server).add(`a ${'x'.repeat(200_000)}`, container);
  await begin();
  await app.open(container, 'statistics');
  const memory = page.locator('memory-strip');
  await expect(memory).toContainText(/Memory\s*0\.2 of 1 MiB, 1\d %/);
  await expect(page.getByText(/^Memory is/)).toHaveCount(0);
  await Promise.all([1, 2, 3, 4].map(begin));
  await app.open('/temp_folder', 'contents');
  await expect(page.getByText('Memory is nearly full').first()).toBeVisible();
  await expect(begin()).rejects.toThrow('503');
  await app.open(container, 'statistics');
  await expect(page.getByText(/^Memory is full: .* refused \(503\), 1 so far; those in use stay\. /)).toBeVisible();
  await expect(memory).toContainText(/Refused\s*1/);
  await picture(page, 'memory-full');
});

test('the round-trip check says which server holds what was written, what is wrong, and where sessions are', async ({
  app,
  page,
  server,
  memcached,
}) => {
  await setUpSessions(server, [memcached.address]);
  const tester = new TestTab(page);
  await app.open('/mcsdc', 'test');
  await tester.checkRoundTrip();
  await expect(tester.verdict('Works.')).toBeVisible();
  const steps = page.locator('round-trip').getByRole('listitem');
  await expect(steps).toContainText(['Wrote a probe', 'Read it back', 'Time to live', 'Deleted it']);
  await expect(steps.nth(1)).toContainText(`on another connection, from ${memcached.address}`);
  expect(await memcached.keys()).toEqual([]);
  await picture(page, 'round-trip');

  await memcached.kill();
  await tester.checkRoundTrip();
  await expect(tester.verdict(/refused the connection\. Start it, or mend the servers of the proxy\./)).toBeVisible();
  await expect(page.getByRole('link', { name: 'Servers of /mcproxy' })).toBeVisible();

  await app.open('/temp_folder/session_data', 'test');
  await tester.checkRoundTrip();
  await expect(tester.verdict(/Sessions are in this process/)).toBeVisible();
});
