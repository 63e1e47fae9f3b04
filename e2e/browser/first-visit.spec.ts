import { createConnection } from 'node:net';
import type { Page } from 'playwright/test';
import type { ObjectMessage } from '../../schema/endpoints/objects.ts';
import { setUpSessions } from '../http/site.ts';
import { LOOKS, wear } from '../support/chromium/chromium.ts';
import { effortIn, secondsFor } from '../support/chromium/effort.ts';
import { shiftsIn, type Shifts } from '../support/chromium/layout-shift.ts';
import { startMemcached } from '../support/memcached/memcached.ts';
import { App } from '../support/pages/app.ts';
import { Contents } from '../support/pages/contents.ts';
import { Form } from '../support/pages/form.ts';
import { TestTab } from '../support/pages/test-tab.ts';
import { startServer, type TestServer } from '../support/server.ts';
import { checkEveryLook, checkScreen } from './check-screen.ts';
import { expect, test } from './fixtures.ts';
import { picture } from './screenshots.ts';

const PASSWORD = 'violets under glass';
const MOST_PRESSES = 8;
const MOST_SECONDS = 60;
const MOST_SHIFT = 0.02;
/** memcached's own port, which the start page looks at. */
const USUAL_PORT = 11211;

test('from the printed link to two items in memcached, by the ways that the screens offer', async ({
  page,
  memcached,
}) => {
  await using fresh = await startServer({ withoutAdministrator: true });
  const [app, form, tester] = [new App(page), new Form(page), new TestTab(page)];
  const effort = await effortIn(page);

  await page.goto(linkOf(fresh));
  await page.getByRole('heading', { name: 'Create the administrator' }).waitFor();
  await expect(form.field('Password'), 'the name is there').toBeFocused();
  await page.keyboard.type(PASSWORD);
  for (const reached of [app.button('Show password'), form.field('Password again')]) {
    await page.keyboard.press('Tab');
    await expect(reached).toBeFocused();
  }
  await page.keyboard.type(PASSWORD);
  await page.keyboard.press('Enter');

  await page.getByRole('heading', { name: 'Start here' }).waitFor();
  await page.getByRole('link', { name: 'Set up sessions in memcached' }).click();
  await form.field('Servers').click();
  await page.keyboard.press('Control+A');
  await page.keyboard.type(memcached.address);
  await app.button('Set up sessions').click();

  await expect(page).toHaveURL(/\/manage\/mcsdc\/@test$/);
  await tester.items.click();
  await page.keyboard.type('key1 This is a long string value\nkey2 3');
  await app.button('Add').click();
  await expect.poll(() => tester.line.textContent()).toBe('Before: 0;  after: 2; # items: 2');
  await expect(tester.item('key1')).toContainText('This is a long string value');
  await expect(tester.item('key2')).toContainText('3');
  expect(await memcached.keys()).toHaveLength(1);

  const spent = await effort();
  const seconds = secondsFor(spent);
  test.info().annotations.push({
    type: 'effort',
    description: `${spent.presses} presses, ${spent.keys} keys, ${seconds.toFixed(0)} s`,
  });
  expect(spent.keys, 'what was typed was counted').toBeGreaterThan(2 * PASSWORD.length);
  expect(spent.presses).toBeLessThanOrEqual(MOST_PRESSES);
  expect(seconds).toBeLessThanOrEqual(MOST_SECONDS);
});

test('the start page says where sessions are kept', async ({ app, page }) => {
  await app.open('/');
  await page.getByRole('link', { name: 'start page' }).click();
  await expect(page).toHaveURL(/\/manage\/@start$/);
  await expect(page.getByText('Sessions are on, in this process: /temp_folder/session_data')).toContainText(
    'They vanish when it restarts, and no other process has them.',
  );
  await picture(page, 'start');
});

test('the start page says what stands at memcached’s own port, and looks again', async ({ app, page }) => {
  test.skip(await isTaken(USUAL_PORT), `Somebody has port ${USUAL_PORT}: their own memcached, or other tests.`);
  await app.open('/', 'start');
  await expect(page.getByText('It does not answer (refused).')).toBeVisible();
  await expect(page.getByRole('group', { name: 'the command' })).toHaveText(
    'memcached -M -U 0 -m 256 -l localhost -p 11211',
  );
  await expect(app.button('Copy the command')).toBeVisible();
  await using memcached = await startMemcached({ port: USUAL_PORT });
  const [version = ''] = await memcached.ask('version');
  await app.button('Look again').click();
  await expect(page.getByText(/memcached \S+, which answers in \d/)).toContainText(version.replace('VERSION ', ''));
  await expect(app.button('Look again')).toHaveCount(0);
});

test('the invitation to the start page stands in the root alone, and goes for good', async ({ app, page, api }) => {
  await api('/api/', { body: { type: 'Folder', id: 'shelf' } });
  const invitation = page.getByText('New here?');
  await app.open('/shelf', 'contents');
  await page.getByText("There are currently no items in 'shelf'.").waitFor();
  await expect(invitation).toHaveCount(0);
  await app.open('/');
  await expect(invitation).toBeVisible();
  await app.button('Do not show this again').click();
  await expect(invitation).toHaveCount(0);
  await page.reload();
  await new Contents(page).row('acl_users').waitFor();
  await expect(invitation).toHaveCount(0);
  await app.chooseInMenu('Start page');
  await expect(page.getByRole('heading', { name: 'Start here' })).toBeVisible();
});

test('where sessions are set up, start page and set-up say so and lead to what can be changed', async ({
  app,
  page,
  server,
  memcached,
  api,
}) => {
  await setUpSessions(server, [memcached.address]);
  const words = 'Sessions are on. Kept in /mcsdc, behind /mcproxy, in memcached: 1 server.';
  const ways = ['Servers of /mcproxy', 'Timeouts of /mcsdc', 'Settings of /session_data_manager', 'Test'];
  await app.open('/', 'start');
  await expect(page.getByText(words)).toBeVisible();
  for (const name of ways) await expect(page.getByRole('link', { name, exact: true })).toBeVisible();
  await expect(page.getByRole('link', { name: 'Set up sessions in memcached' })).toHaveCount(0);
  await app.open('/', 'setup-sessions');
  await expect(page.getByText('Sessions are set up already.')).toBeVisible();
  await expect(page.getByText(words)).toBeVisible();
  await expect(app.button('Set up sessions')).toHaveCount(0);
  await page.getByRole('link', { name: 'Servers of /mcproxy' }).click();
  await expect(new Form(page).field('Servers')).toHaveValue(memcached.address);
  await app.open('/', 'setup-sessions');
  await app.button('Set up another proxy and container').click();
  await expect(new Form(page).field('Id of the proxy'), 'whoever wants a second one').toHaveValue('mcproxy2');
  expect((await api('/api/mcproxy2')).status).toBe(404);
});

test('the set-up is found where one looks for it, without a key', async ({ app, page }) => {
  const way = page.getByRole('link', { name: 'Set up sessions in memcached' });
  const arrived = () => expect(page.getByRole('heading', { name: 'Set up sessions in memcached' })).toBeVisible();
  await test.step('on the Settings tab of the session data manager', async () => {
    await app.open('/session_data_manager', 'settings');
    await expect(page.getByText('Sessions are in this process now, and vanish when it restarts.')).toBeVisible();
    await way.click();
    await arrived();
  });
  await test.step('on a Sessions tab without sessions', async () => {
    await app.open('/temp_folder/session_data', 'sessions');
    await expect(page.getByText('No sessions are kept here.')).toBeVisible();
    await way.click();
    await arrived();
  });
  await test.step('at the top of the add list', async () => {
    await app.open('/');
    await app.button('Add').click();
    const entry = page.getByRole('option', { name: 'Set up sessions in memcached…' });
    await expect(page.getByRole('option').first()).toHaveAccessibleName(/^Set up sessions in memcached…/);
    await checkScreen(page, 'add list');
    await page.getByRole('combobox', { name: 'Find a type' }).fill('memcache proxy');
    await expect(entry, 'who types looks for a type').toHaveCount(0);
    await page.getByRole('combobox', { name: 'Find a type' }).fill('');
    await entry.click();
    await arrived();
  });
});

test('who turned sessions off finds the set-up on the same tab', async ({ app, page, api }) => {
  await api('/api/session_data_manager', { method: 'PATCH', body: { properties: { container_path: '' } } });
  await app.open('/session_data_manager', 'settings');
  await expect(page.getByText('Sessions are off now.')).toBeVisible();
  await page.getByRole('link', { name: 'Set up sessions in memcached' }).click();
  await expect(page).toHaveURL(/\/manage\/@setup-sessions$/);
});

test('a container that was added is used by the site after one more press, and what stays behind is said', async ({
  app,
  page,
  api,
  memcached,
}) => {
  const contents = new Contents(page);
  const keptIn = async () =>
    (await api('/api/session_data_manager')).json<ObjectMessage>().properties['container_path'];
  const behind = '1 live session stays behind in /temp_folder/session_data until it expires.';
  await api('/api/temp_folder/session_data/@test', { body: { items: 'early bird' } });
  await api('/api/', { body: { type: 'MemCache Proxy', id: 'mcproxy', properties: { servers: [memcached.address] } } });

  await test.step('by the message that it was added', async () => {
    await app.open('/');
    await contents.add('MemCache Session Data Container', 'mcsdc');
    await expect(page).toHaveURL(/\/manage\/mcsdc\/@properties$/);
    const message = page.locator('flash-list').getByRole('button', { name: 'Use this container' });
    await message.hover(); // It stays while it is pointed at.
    await checkScreen(page, 'the message');
    await message.click();
    await expect(app.flash(/^Changed container_path of \/session_data_manager\./)).toContainText(behind);
    await expect(page.getByText('They are kept here:')).toContainText('/session_data_manager points to /mcsdc.');
    expect(await keptIn()).toBe('/mcsdc');
  });

  await test.step('on Properties, where it is said beforehand, too', async () => {
    await app.open('/temp_folder/session_data', 'properties');
    await expect(page.getByText('They are kept in /mcsdc, not here')).toBeVisible();
    await app.open('/');
    await contents.add('Transient Object Container', 'here');
    await page.reload();
    await expect(page.getByText('They are kept in /mcsdc, not here')).toBeVisible();
    await checkEveryLook(page);
    await app.button('Use this container').click();
    await expect(page.getByText('They are kept here:')).toBeVisible();
    await expect(app.button('Use this container')).toHaveCount(0);
    expect(await keptIn()).toBe('/here');
  });
});

test('what is added opens where it goes on: a folder with its contents', async ({ app, page }) => {
  await app.open('/');
  await new Contents(page).add('Folder', 'shelf');
  await expect(page.getByText("There are currently no items in 'shelf'.")).toBeVisible();
  await expect(page).toHaveURL(/\/manage\/shelf\/@contents$/);
});

test('the example shop is loaded and removed in one step each', async ({ app, page, api }) => {
  await app.open('/', 'start');
  await app.button('Load the example shop').click();
  await expect(app.flash('Loaded the example shop: 8 objects at /shop.')).toBeVisible();
  await expect(app.treeItem('shop')).toBeVisible();
  await expect(page.getByRole('link', { name: 'Edit it' })).toBeVisible();
  await checkScreen(page, 'with the shop');
  const opened = page.waitForEvent('popup');
  await page.getByRole('link', { name: 'Visit it' }).click();
  await expect((await opened).getByRole('heading', { name: 'Orchard' })).toBeVisible();

  await test.step('what is in it and did not come with it is named before it goes', async () => {
    await api('/api/shop', { body: { type: 'Folder', id: 'mine' } });
    await page.reload();
    await app.button('Remove it…').click();
    const question = app.dialog('Remove the example shop?');
    await expect(question).toContainText('apple, cart, frame, index_html, mine, pear, plum, product.');
    await expect(question).toContainText('Not of the example: mine.');
    await checkScreen(page, 'the question');
    await app.answer('Remove the example shop?', 'Keep');
    await expect(app.treeItem('shop')).toBeVisible();
    await app.button('Remove it…').click();
    await app.answer('Remove the example shop?', 'Remove');
  });
  await expect(app.flash('Removed the example shop: 9 objects at /shop.')).toBeVisible();
  await expect(app.treeItem('shop')).toHaveCount(0);
  await expect(app.button('Load the example shop')).toBeVisible();
  expect((await api('/api/shop')).status).toBe(404);
});

test('an example shop of which something was deleted is said to lack it, and is removed to be loaded again', async ({
  app,
  page,
  api,
}) => {
  await app.open('/', 'start');
  await app.button('Load the example shop').click();
  await expect(page.getByRole('link', { name: 'Visit it' })).toBeVisible();
  for (const id of ['apple', 'index_html']) await api(`/api/shop/${id}`, { method: 'DELETE' });
  await expect(page.getByRole('heading', { name: 'Something of the example shop is missing' })).toBeVisible();
  await expect(page.getByText('Gone from /shop: index_html, apple. Remove it, then load it again.')).toBeVisible();
  await expect(page.getByRole('link', { name: 'Visit it' })).toHaveCount(0);
  await checkScreen(page, 'with half a shop');
  await app.button('Remove it…').click();
  await app.answer('Remove the example shop?', 'Remove');
  await app.button('Load the example shop').click();
  await expect(page.getByRole('link', { name: 'Visit it' })).toBeVisible();
});

test('what is somebody’s own at the path of the example is neither changed nor offered to be removed', async ({
  app,
  page,
  api,
}) => {
  await api('/api/', { body: { type: 'Folder', id: 'shop', title: 'Mine' } });
  await app.open('/', 'start');
  await expect(page.getByText('Something of yours is at /shop, where it would be.')).toBeVisible();
  await expect(app.button(/^(Load the example shop|Remove it…)$/)).toHaveCount(0);
  await page.getByRole('link', { name: 'Go to /shop' }).click();
  await expect(app.heading).toHaveText('shop');
});

for (const name of ['light', 'phone']) {
  test(`nothing moves by itself in the set-up, while servers answer: ${name}`, async ({ app, page, memcached }) => {
    await wear(
      page,
      LOOKS.find((look) => look.name === name)!,
    );
    const shifts = await shiftsIn(page);
    await app.open('/', 'setup-sessions');
    const answers = page.getByRole('list', { name: 'How each line stands' });
    await expect(answers).not.toContainText('checking');
    await new Form(page).field('Servers').fill(memcached.address);
    await expect(answers).toContainText(/answers in \d/);
    await settled(page);
    await expectStill(shifts);
  });
}

function linkOf({ greeting }: TestServer): string {
  return /https?:\S+#token=\S+/.exec(greeting)?.[0] ?? '';
}

async function expectStill(shifts: () => Promise<Shifts>): Promise<void> {
  const { total, moved } = await shifts();
  expect(total, moved.join('\n')).toBeLessThanOrEqual(MOST_SHIFT);
}

/** What was drawn last has been told to whoever observes the page. */
async function settled(page: Page): Promise<void> {
  await page.evaluate('new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(resolve)))');
}

/** Whoever takes the connection has the port, and so has whoever does not answer in time. */
function isTaken(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    let isRefused = false;
    const connection = createConnection({ port, host: 'localhost' })
      .once('connect', () => connection.destroy())
      .once('error', () => (isRefused = true))
      .once('close', () => resolve(!isRefused));
    connection.setTimeout(5_000, () => connection.destroy());
  });
}
