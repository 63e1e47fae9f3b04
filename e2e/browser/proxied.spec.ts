import { CHROMIUM } from '../support/chromium/chromium.ts';
import { App } from '../support/pages/app.ts';
import { TestTab } from '../support/pages/test-tab.ts';
import { startReverseProxy } from '../support/network/reverse-proxy.ts';
import { startServer } from '../support/server.ts';
import { freePort } from '../support/memcached/memcached.ts';
import { clientOf, managerOf } from '../http/client.ts';
import { checkScreen } from './check-screen.ts';
import { expect, test } from './fixtures.ts';

const HOSTS = '--host-resolver-rules=MAP *.example 127.0.0.1';
test.use({ launchOptions: { ...CHROMIUM, args: [...(CHROMIUM.args ?? []), HOSTS] } });

/** The browser may complain of this, and of nothing else. */
function expectAll(faults: string[], words: RegExp): void {
  expect(faults.filter((fault) => !words.test(fault))).toEqual([]);
  faults.length = 0;
}

const SESSION = '/manage/temp_folder/session_data';

test('at an http address behind a proxy that passes its own Host on one signs in once, and has one session', async ({
  page,
  faults,
}) => {
  const port = await freePort();
  await using proxy = await startReverseProxy(() => port);
  const origin = `http://intranet.example:${proxy.port}`;
  await using server = await startServer({ port, environment: { TRELLIS_ORIGIN: origin } });
  const tab = new TestTab(page);
  await page.goto(`${origin}${SESSION}/@test`);
  await tab.signIn();
  for (const items of ['cart one', 'more two']) {
    await tab.add(items);
    await expect(tab.item(items.split(' ')[0]!)).toBeVisible();
  }
  await page.reload();
  await expect(tab.item('cart'), 'still signed in, with the session').toBeVisible();
  await page.goto(`${origin}/`);
  await page.goto(`${origin}${SESSION}/@sessions`);
  await expect(page.getByRole('table', { name: 'Sessions' }).getByRole('row')).toHaveCount(2);
  expect((await managerOf(server)('/api/temp_folder/session_data/@sessions')).text).toContain('"total":1');
  const flags = (await page.context().cookies()).map(({ name, secure }) => `${name.replace(/_\w{8}$/, '')} ${secure}`);
  expect(flags.toSorted()).toEqual(['browser_id false', 'trellis false']);
  expectAll(faults, /Cross-Origin-Opener-Policy header has been ignored/);
});

test('a page of another site whose name leads here is told that this is another address, and gets nobody in', async ({
  page,
  server,
  faults,
  errors,
}) => {
  errors.expect(/^421 \/manage/);
  const { port } = new URL(server.url);
  const answer = await page.goto(`http://evil.example:${port}/manage`);
  expect(answer?.status()).toBe(421);
  await expect(page.getByRole('heading', { name: 'This site has another address' })).toBeVisible();
  await expect(page.getByText(`does not answer as 'evil.example:${port}'`)).toBeVisible();
  await expect(page.getByText(`set TRELLIS_ORIGIN=http://evil.example:${port}`)).toBeVisible();
  await checkScreen(page, 'another address');
  // What a page of that site would do, which has the same origin to the browser.
  const status = await page
    .evaluate(async () => {
      const body = JSON.stringify({ name: 'admin', password: 'correct horse battery' });
      const headers = { 'content-type': 'application/json' };
      return (await fetch('/api/@login', { method: 'POST', headers, body })).status;
    })
    .catch((error: unknown) => String(error));
  expect(String(status)).toMatch(/421|Failed to fetch/);
  expect(await page.context().cookies()).toEqual([]);
  expectAll(faults, /421|Cross-Origin-Opener-Policy header has been ignored/);
});

test('who runs the site opens it on the machine itself, whatever its address is', async ({ page }) => {
  const port = await freePort();
  const environment = { TRELLIS_ORIGIN: 'https://shop.example' };
  await using server = await startServer({ port, environment });
  await page.goto(`${server.url}/manage`);
  await new App(page).signIn();
  await expect(new App(page).heading).toHaveText('Root');
  expect((await clientOf(server, { host: 'www.shop.example' })('/')).status).toBe(421);
});
