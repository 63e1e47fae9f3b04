import type { BrowserContext, Page, Request } from 'playwright/test';
import { startServer } from '../../support/server.ts';
import { Contents } from '../../support/pages/contents.ts';
import { managerOf } from '../../http/client.ts';
import { expect, test } from '../fixtures.ts';

const TURNS = { timeout: 10_000 };

/** The requests of a browser's windows: those that are under way, and all that began. */
class Requests {
  readonly begun: string[] = [];
  readonly #channels = new Set<Request>();
  readonly #others = new Set<Request>();

  constructor(context: BrowserContext) {
    context.on('request', (request) => {
      const { pathname } = new URL(request.url());
      this.begun.push(pathname);
      if (pathname !== '/api/@events') return void this.#others.add(request);
      this.#channels.add(request);
      // Of the requests of a page that is closed nothing more is told.
      request
        .frame()
        .page()
        .once('close', () => this.#channels.delete(request));
    });
    const ended = (request: Request) => void (this.#channels.delete(request) || this.#others.delete(request));
    context.on('requestfinished', ended);
    context.on('requestfailed', ended);
  }

  get channels(): number {
    return this.#channels.size;
  }

  /** Those that end by themselves. */
  get underWay(): number {
    return this.#others.size;
  }
}

/** As if another tab stood before it: headless pages are all in sight. */
async function show(page: Page, isShown: boolean): Promise<void> {
  await page.evaluate(`
    Object.defineProperty(document, 'visibilityState', { configurable: true, get: () => '${isShown ? 'visible' : 'hidden'}' });
    document.dispatchEvent(new Event('visibilitychange'));
  `);
}

test('the windows of a browser share one channel, which another takes over from one that is hidden or closed', async ({
  context,
  app,
  page,
  api,
}) => {
  const requests = new Requests(context);
  await app.open('/');
  await expect(new Contents(page).row('index_html')).toBeVisible();
  const other = await context.newPage();
  await other.goto('/manage');
  await expect(new Contents(other).row('index_html')).toBeVisible();
  await api('/api/', { body: { type: 'Folder', id: 'first' } });
  for (const each of [page, other]) await expect(new Contents(each).row('first')).toBeVisible(TURNS);
  expect(requests.channels).toBe(1);

  await show(page, false);
  await api('/api/', { body: { type: 'Folder', id: 'second' } });
  await expect(new Contents(other).row('second')).toBeVisible(TURNS);
  await expect.poll(() => requests.channels).toBe(1);
  await show(page, true);
  await expect(new Contents(page).row('second'), 'what was missed is caught up with').toBeVisible(TURNS);
  await other.close();
  await api('/api/', { body: { type: 'Folder', id: 'third' } });
  await expect(new Contents(page).row('third')).toBeVisible(TURNS);
  expect(requests.channels).toBe(1);
});

test('a page that is hidden holds no channel and asks nothing, and one that is looked at asks only when something changed', async ({
  context,
  app,
  page,
  api,
}) => {
  const requests = new Requests(context);
  await app.open('/');
  await expect(new Contents(page).row('index_html')).toBeVisible();
  await expect.poll(() => requests.channels).toBe(1);
  const quiet = async () => {
    await expect.poll(() => requests.underWay).toBe(0);
    const before = requests.begun.length;
    await page.waitForTimeout(4_000);
    return requests.begun.slice(before);
  };
  expect(await quiet()).toEqual([]);
  await show(page, false);
  await expect.poll(() => requests.channels).toBe(0);
  await api('/api/', { body: { type: 'Folder', id: 'unseen' } });
  expect(await quiet()).toEqual([]);
  await show(page, true);
  await expect(new Contents(page).row('unseen')).toBeVisible(TURNS);
});

test('what a page asks by itself says so, and what follows from a deed does not', async ({
  context,
  app,
  page,
  api,
}) => {
  const asked: { path: string; isBackground: boolean }[] = [];
  await app.open('/');
  await expect(new Contents(page).row('index_html')).toBeVisible();
  await page.waitForTimeout(5_500); // What is asked so soon after the page was opened may follow from that.
  context.on('request', (request) => {
    const isBackground = request.headers()['trellis-background'] === '1';
    asked.push({ path: new URL(request.url()).pathname, isBackground });
  });
  await api('/api/', { body: { type: 'Folder', id: 'told' } });
  await expect(new Contents(page).row('told')).toBeVisible(TURNS);
  expect(asked.length).toBeGreaterThan(0);
  expect(asked.filter(({ isBackground }) => !isBackground)).toEqual([]);
  asked.length = 0;
  await app.treeItem('told').click();
  await expect(app.heading).toHaveText('told');
  expect(asked.find(({ path }) => path === '/api/told')?.isBackground, 'the first, which the click asked').toBe(false);
});

test('who is signed out elsewhere is told so without touching anything, and goes on after signing in', async ({
  app,
  page,
  api,
}) => {
  await app.open('/');
  await expect(new Contents(page).row('index_html')).toBeVisible();
  const { logins } = (await (await page.context().request.get('/api/@my-logins')).json()) as {
    logins: { id: string }[];
  };
  await page
    .context()
    .request.delete(`/api/@my-logins/${logins[0]!.id}`, { headers: { origin: new URL(page.url()).origin } });
  const ended = page.getByRole('heading', { name: 'Your session ended.' });
  await expect(ended).toBeVisible(TURNS);
  await app.page.getByLabel('Password', { exact: true }).fill('correct horse battery');
  await app.button('Sign in').click();
  await expect(ended).toHaveCount(0);
  await api('/api/', { body: { type: 'Folder', id: 'afterwards' } });
  await expect(new Contents(page).row('afterwards')).toBeVisible(TURNS);
});

test('a server that goes away is noticed at once, and one that comes back brings what changed meanwhile', async ({
  app,
  page,
  server,
}) => {
  await app.open('/');
  await expect(new Contents(page).row('index_html')).toBeVisible();
  await expect(page.getByText('Connected', { exact: true })).toBeVisible();
  const begun = performance.now();
  await server.kill();
  await expect(page.getByText('Not connected. Trying again…')).toBeVisible(TURNS);
  await expect(page.getByText('Not connected', { exact: true })).toBeVisible();
  console.log(`not connected: ${((performance.now() - begun) / 1000).toFixed(1)} s`);
  await expect(new Contents(page).row('index_html'), 'what was there stays').toBeVisible();

  await using second = await startServer({ data: server.data, port: server.port });
  await expect(page.getByText('Connected', { exact: true })).toBeVisible({ timeout: 20_000 });
  await using third = await startServer({ data: server.data });
  await managerOf(third)('/api/', { body: { type: 'Folder', id: 'by_another_process' } });
  await expect(new Contents(page).row('by_another_process')).toBeVisible(TURNS);
  await second.stop();
  await expect(page.getByText('Not connected. Trying again…')).toBeVisible(TURNS);
});
