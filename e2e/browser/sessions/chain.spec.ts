import { Browser, setUpSessions } from '../../http/site.ts';
import { MemcachedCluster } from '../../support/memcached/memcached-cluster.ts';
import { Contents } from '../../support/pages/contents.ts';
import { ManagerTab } from '../../support/pages/manager-tab.ts';
import type { HostedServer } from '../../support/server-host.ts';
import { checkEveryLook } from '../check-screen.ts';
import { expect, test } from '../fixtures.ts';
import { picture } from '../screenshots.ts';

const VISITORS = 24;

test('with two copies the chain shows a server die under load and the other take over, and nothing is lost', async ({
  app,
  page,
  server,
}) => {
  await using servers = await MemcachedCluster.start(2);
  await setUpSessions(server, servers.addresses, { timeout_ms: 2_000, replicas: 2 });
  await using load = await Load.on(server);
  await app.open('/session_data_manager', 'settings');
  const manager = new ManagerTab(page);
  await expect(manager.step('session_data_manager')).toContainText(/\d+(\.\d)? req\/s\s*0 errors\s*\d+\.\d ms/);
  await expect(manager.step('mcsdc')).toContainText(/\d+(\.\d)? ops\/s\s*0 errors\s*\d+\.\d ms/);
  await expect(manager.step('mcsdc')).toContainText(`Lost: 0 of ${VISITORS} known`);
  for (const address of servers.addresses)
    await expect(manager.end(address)).toContainText(/\d+(\.\d)? ops\/s\s*0 errors\s*\d+\.\d ms/);
  await expect(page.locator('checked-note')).toHaveText(/^Checked (just now|\d+ s ago), every 3 s$/);
  await checkEveryLook(page, 'chain', 'manager');

  await servers.kill(0);
  await expect(manager.end(servers.addresses[0]!)).toContainText('refused');
  await expect(manager.end(servers.addresses[0]!)).toContainText('no operations', { timeout: 30_000 });
  await expect(manager.end(servers.addresses[1]!)).toContainText(/\d+ ops\/s\s*0 errors/);
  await expect(manager.step('session_data_manager')).toContainText(/\d+(\.\d)? req\/s/);
  await expect(manager.step('mcsdc')).toContainText(`Lost: 0 of ${VISITORS} known`);
  expect(load.refused, 'nobody was refused').toBe(0);
  await picture(page, 'manager-one-down');
  await checkEveryLook(page, 'chain, one server down');

  await load.stop();
  await expect(manager.step('session_data_manager')).toContainText('no requests', { timeout: 30_000 });

  await app.open('/');
  await expect(new Contents(page).row('mcsdc')).toContainText(/about 2[345] sessions/);
});

test('figures change in place: nothing on the page moves', async ({ app, page, server }) => {
  await using servers = await MemcachedCluster.start(2);
  await setUpSessions(server, servers.addresses);
  await page.addInitScript(`
    window.shifted = 0;
    new PerformanceObserver((list) => {
      for (const entry of list.getEntries()) window.shifted += entry.value;
    }).observe({ type: 'layout-shift', buffered: true });
  `);
  await app.open('/session_data_manager', 'settings');
  const manager = new ManagerTab(page);
  await expect(manager.step('session_data_manager')).toContainText('no requests');
  const before = await page.evaluate<number>('window.shifted');
  await using _load = await Load.on(server);
  await expect(manager.step('session_data_manager')).toContainText(/\d+(\.\d)? req\/s/);
  await expect(manager.step('session_data_manager')).toContainText(/0 errors/);
  const shifted = (await page.evaluate<number>('window.shifted')) - before;
  expect(shifted, 'while figures change: at most their own digits').toBeLessThan(0.001);
  expect(before, 'while it loads').toBeLessThan(0.02);

  await Promise.all([servers.kill(0), servers.kill(1)]);
  const lines = ['session_data_manager', 'mcsdc'].map((id) => manager.step(id).locator('.way'));
  for (const line of lines)
    await expect(line, 'nothing but errors is no green line').toHaveClass(/\bdown\b/, { timeout: 30_000 });
});

/** Visitors that have a session each, and use it all the time. */
class Load implements AsyncDisposable {
  refused = 0;
  #isOver = false;
  readonly #loops: readonly Promise<void>[];

  static async on(server: HostedServer): Promise<Load> {
    const visitors = Array.from({ length: VISITORS }, () => new Browser(server));
    for (const visitor of visitors) await visitor.add('n 1');
    return new Load(visitors);
  }

  constructor(visitors: readonly Browser[]) {
    this.#loops = [0, 1].map((half) => this.#loop(visitors.filter((_, index) => index % 2 === half)));
  }

  async stop(): Promise<void> {
    this.#isOver = true;
    await Promise.all(this.#loops);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.stop();
  }

  async #loop(visitors: readonly Browser[]): Promise<void> {
    for (let turn = 0; !this.#isOver; turn += 1) {
      const visitor = visitors[turn % visitors.length]!;
      const { status } = await visitor.ask('/api/mcsdc/@test', turn % 3 === 0 ? { items: `n ${turn}` } : undefined);
      if (status !== 200) this.refused += 1;
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  }
}
