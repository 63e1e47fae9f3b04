import type { Page } from 'playwright/test';
import { wear, LOOKS } from '../support/chromium/chromium.ts';
import { shiftsIn } from '../support/chromium/layout-shift.ts';
import { startServer } from '../support/server.ts';
import { App } from '../support/pages/app.ts';
import { Contents } from '../support/pages/contents.ts';
import { Form } from '../support/pages/form.ts';
import { TestTab } from '../support/pages/test-tab.ts';
import { checkEveryLook } from './check-screen.ts';
import { expect, expectError, test } from './fixtures.ts';
import { CONTENT, FRESH, furnish, SESSIONS, STORES, type Screen } from './screens.ts';

const PAINT = "performance.getEntriesByName('first-contentful-paint')[0]?.startTime ?? 0";
const MOST_SHIFT = 0.02;
const PHONE = LOOKS.find(({ name }) => name === 'phone')!;

/** Opens each screen on a phone and on a desktop, where nothing of it may move by itself, and looks at it in every look. */
async function walk(page: Page, screens: readonly Screen[]): Promise<void> {
  const shifts = await shiftsIn(page);
  const open = async ({ at, ready, moves }: Screen) => {
    // Where only what follows # differs, or nothing, a browser loads nothing.
    await page.goto('about:blank');
    await page.goto(at);
    await page.getByRole('main').getByText(ready).first().waitFor();
    await page.evaluate('new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(resolve)))');
    if (moves !== undefined) return;
    const { total, moved } = await shifts();
    const where = `${at}, ${page.viewportSize()?.width} px wide: ${moved.join('; ')}`;
    expect.soft(total, where).toBeLessThanOrEqual(MOST_SHIFT);
  };
  for (const screen of screens) {
    if ((screen.moves ?? screen.movesOnPhone) === undefined) {
      await wear(page, PHONE);
      await open(screen);
      await wear(page, LOOKS[0]!);
    }
    await open(screen);
    await screen.act?.(page);
    await checkEveryLook(page, [screen.at, screen.act?.name].join(' '), screen.pictures);
  }
}

const PROVEN = 'pass axe in every look, and stand in their place';
/** So many screens are one test, so that each takes less than a minute and both workers are busy. */
const AT_ONCE = 5;

const GROUPS = { FRESH, SESSIONS, STORES, CONTENT };
type Group = keyof typeof GROUPS;
/** What some of them are there to show. */
const EXPECTED: Partial<Record<Group, readonly RegExp[]>> = {
  FRESH: [/^404 \/no\/such\/page/, /^There is no object '\/no/],
  STORES: [/^Cannot list every key of '\/half'/, /127\.0\.0\.1:1025 refused/],
};

for (const [what, screens] of Object.entries(GROUPS)) {
  for (let first = 0; first < screens.length; first += AT_ONCE) {
    const some = screens.slice(first, first + AT_ONCE);
    test(`screens of ${what.toLowerCase()} from ${some[0]!.at} on ${PROVEN}`, async ({
      app,
      page,
      server,
      memcached,
      api,
    }) => {
      test.setTimeout(240_000);
      for (const words of EXPECTED[what as Group] ?? []) expectError(page, words);
      if (screens !== FRESH) await furnish(server, api, memcached.address);
      await app.open('/');
      await walk(page, some);
    });
  }
}

test('what is seen before one is signed in passes axe in every look, and stands in its place', async ({
  page,
  server,
}) => {
  await using fresh = await startServer({ withoutAdministrator: true });
  const link = /https?:\S+#token=\S+/.exec(fresh.greeting)?.[0] ?? '';
  await walk(page, [
    { at: `${fresh.url}/manage`, ready: /There is no administrator yet/ },
    { at: link, ready: /Create the administrator/ },
    { at: `${server.url}/manage`, ready: /Sign in/ },
    { at: `${server.url}/manage`, ready: /Sign in/, act: signInWithoutName },
  ]);
});

async function signInWithoutName(page: Page): Promise<void> {
  const app = new App(page);
  await app.button('Sign in').click();
  await app.alert('Enter your name.').waitFor();
}

test.describe('phone', () => {
  test.use({ viewport: { width: 390, height: 844 } });

  test('the main job is done on a phone', async ({ page, memcached }) => {
    const [app, contents, form, tester] = [new App(page), new Contents(page), new Form(page), new TestTab(page)];
    await app.open('/');
    await app.signIn();
    await contents.add('MemCache Proxy', 'mcproxy');
    await form.save('Servers', memcached.address);
    await expect(app.flash(/answers in/).last()).toBeVisible();
    await app.button('Tree').click();
    await app.treeItem('Root').click();
    await expect(app.heading).toHaveText('Root');
    await contents.add('MemCache Session Data Container', 'mcsdc');
    await expect(form.field('Proxy path'), 'the only one that would do').toHaveValue('/mcproxy');
    await app.open('/session_data_manager', 'settings');
    await form.save('Transient Object Container Path', '/mcsdc', 'Change');
    await expect(app.flash('Changes saved.').last()).toBeVisible();
    await page.getByRole('link', { name: 'Test /mcsdc' }).click();
    await tester.add('key1 This is a long string value\nkey2 3');
    await expect.poll(() => tester.line.textContent()).toBe('Before: 0;  after: 2; # items: 2');
    await expect(page.getByText('This is a long string value').last()).toBeVisible();
  });
});

test('the theme that somebody chose is kept', async ({ app, page }) => {
  await app.open('/');
  await app.button('admin').click();
  await page.getByRole('menuitemcheckbox', { name: 'Dark theme' }).click();
  const ground = () => page.evaluate<string>('getComputedStyle(document.body).backgroundColor');
  await expect.poll(ground).toBe('rgb(18, 21, 19)');
  await page.reload();
  await app.heading.waitFor();
  expect(await ground()).toBe('rgb(18, 21, 19)');
});

test('the first screen is small, and soon there', async ({ page, server }) => {
  const sizes: number[] = [];
  page.on('response', (response) => {
    if (!response.url().startsWith(server.url)) throw new Error(`${response.url()} comes from elsewhere`);
    if (/\/(assets|manage)/.test(response.url())) sizes.push(Number(response.headers()['content-length'] ?? 0));
  });
  await page.goto('/manage');
  await page.getByRole('heading', { name: /^Sign in/ }).waitFor();
  const total = sizes.reduce((sum, size) => sum + size, 0);
  expect(total, `${(total / 1000).toFixed(1)} kB in ${sizes.length} files`).toBeLessThan(90_000);
  const paint = await page.evaluate<number>(PAINT);
  expect(paint, 'a busy machine gets three times as long').toBeLessThan(3000);
});
