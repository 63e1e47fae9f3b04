import { startChaosProxy } from '../../support/network/chaos-proxy.ts';
import { withClockAhead } from '../../support/clock-ahead.ts';
import { startDealer } from '../../support/network/connection-dealer.ts';
import { MemcachedCluster } from '../../support/memcached/memcached-cluster.ts';
import type { Client } from '../../http/client.ts';
import { setUpSessions } from '../../http/site.ts';
import { checkEveryLook } from '../check-screen.ts';
import { expect, test } from '../fixtures.ts';
import { picture } from '../screenshots.ts';

const SESSIONS = 40;

test('the Servers tab shows servers that were taken out with what they cost, and forgets one after a question', async ({
  app,
  page,
  server,
  api,
}) => {
  test.setTimeout(120_000);
  await using cluster = await MemcachedCluster.start(3);
  const [kept = '', silent = '', answering = ''] = cluster.addresses;
  await setUpSessions(server, cluster.addresses, { timeout_ms: 250 });
  await beginSessions(api);
  const body = { properties: { servers: [kept] } };
  expect((await api('/api/mcproxy', { method: 'PATCH', body })).status).toBe(200);
  await cluster.freeze(1);
  await app.open('/mcproxy', 'servers');
  const former = page.getByRole('list', { name: 'Taken out' });
  const [first, second] = [silent, answering].map((address) =>
    former.getByRole('listitem').filter({ hasText: address }),
  );
  await expect(first!).toContainText(
    /It was taken out .*, and is silent \(did not answer within 250 ms\): whoever may have a session there is told so \(503\) for another \d+ min\./,
  );
  await expect(second!).toContainText(
    /It was taken out .*, and answers: what is found nowhere else is asked of it for another \d+ min\./,
  );
  await expect(
    page.getByText(/was taken out .* told so \(503\) for another \d+ min\. Bring it back, or forget it/),
  ).toBeVisible();
  await picture(page, 'servers-taken-out');
  await checkEveryLook(page);

  const question = `Forget ${silent}?`;
  await app.button(`Forget it: ${silent}`).click();
  await expect(app.dialog(question)).toContainText(/Every session that is still there is lost/);
  await app.answer(question, 'Keep');
  await expect(first!).toBeVisible();
  await app.button(`Forget it: ${silent}`).click();
  await app.answer(question, 'Forget it');
  await expect(first!).toHaveCount(0);
  await expect(page.getByText(/Bring it back, or forget it/)).toHaveCount(0);
  await expect(second!, 'the other one stays').toBeVisible();
});

test('the Servers tab says of a server whose clock is off, and of an address of several servers, what is wrong', async ({
  app,
  page,
  server,
}) => {
  test.setTimeout(120_000);
  await using cluster = await MemcachedCluster.start(3);
  await using ahead = await startChaosProxy(cluster.server(0).port);
  ahead.onAnswer = withClockAhead(3_630);
  await using dealer = await startDealer(() => [cluster.server(1).port, cluster.server(2).port]);
  await setUpSessions(server, [ahead.address, dealer.address]);
  await app.open('/mcproxy', 'servers');
  await expect(
    page.getByText('Its clock is 1 h ahead of this server’s: sessions may end early or late.'),
  ).toBeVisible();
  await expect(page.getByText(/^This address leads to several servers/)).toBeVisible();
  await expect(page.getByText(new RegExp(`${ahead.address} says \\d\\d:`))).toBeVisible();
  await expect(page.getByText(new RegExp(`${dealer.address} leads to several memcached servers`))).toBeVisible();
  await checkEveryLook(page);

  const lines = page.getByRole('list', { name: 'How each line stands' });
  const sentence = lines.getByText('leads to several servers: name each of them');
  await expect(async () => {
    await app.open('/mcproxy', 'properties');
    await expect(sentence, 'it is found within one deadline, where the machine is not too busy').toBeVisible({
      timeout: 3_000,
    });
  }).toPass();
  for (const width of [1280, 390]) {
    await page.setViewportSize({ width, height: 900 });
    await expect(sentence).toBeVisible();
    const isWhole = sentence.evaluate((at) => at.scrollWidth <= at.clientWidth && at.scrollHeight <= at.clientHeight);
    expect(await isWhole, `${width} px`).toBe(true);
  }
});

/** So many that each of a few servers has some: a caller without a cookie begins another one each time. */
async function beginSessions(api: Client): Promise<void> {
  for (let count = 0; count < SESSIONS; count += 1) {
    expect((await api('/api/mcsdc/@test', { body: { items: `n ${count}` } })).status).toBe(200);
  }
}
