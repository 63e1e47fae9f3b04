import type { SessionsMessage } from '../../../schema/endpoints/sessions.ts';
import { clientOf, sameOrigin, type Client } from '../../http/client.ts';
import { Browser, setUpSessions } from '../../http/site.ts';
import { SessionsTab } from '../../support/pages/sessions-tab.ts';
import { RawMemcached } from '../../support/memcached/raw-memcached.ts';
import type { HostedServer } from '../../support/server-host.ts';
import { basic } from '../../support/server.ts';
import { checkScreen } from '../check-screen.ts';
import { expect, test } from '../fixtures.ts';
import { picture } from '../screenshots.ts';

const FIREFOX = 'Mozilla/5.0 (X11; Linux x86_64; rv:145.0) Gecko/20100101 Firefox/145.0';
const PASSWORD = 'violets under glass';

/** Sessions of the administrator and of anna, the last of them with a secret in it. */
async function begin(server: HostedServer, api: Client, addresses: readonly string[]): Promise<void> {
  await setUpSessions(server, addresses);
  await api('/api/acl_users/@users', { body: { name: 'anna', password: PASSWORD, roles: ['Manager'] } });
  for (const count of [1, 2, 3]) await new Browser(server).add(`number ${count}\ntext ${'x'.repeat(count * 500)}`);
  const headers = { ...sameOrigin(server), authorization: basic('anna', PASSWORD), 'user-agent': FIREFOX };
  const anna = clientOf(server, headers);
  await anna('/api/mcsdc/@test', { body: { items: 'cart roses' } });
  await anna('/api/mcsdc/@test', { body: { items: 'cart three roses\napi_token t0psecret' } });
}

async function totalOf(api: Client): Promise<number> {
  return (await api('/api/mcsdc/@sessions')).json<SessionsMessage>().total;
}

test('sessions are listed, filtered, looked into and ended', async ({ app, page, server, memcached, api }) => {
  await begin(server, api, [memcached.address]);
  const tab = new SessionsTab(page);
  await app.open('/mcsdc');
  await app.tab('Sessions').click();
  await expect(tab.rows).toHaveCount(5);
  await expect(tab.figure('Sessions')).toHaveText('5');
  await expect(tab.figure('Active in 5 min')).toHaveText('5');
  await expect(page.getByText(/^Live walk of 1 server, [\d:]+; may repeat or miss sessions/)).toBeVisible();

  await test.step('the filter looks at user and browser, and says when nothing is left', async () => {
    await tab.filter.fill('firefox');
    await expect(tab.rows).toHaveCount(2);
    await expect(page).toHaveURL(/filter=firefox/);
    await tab.filter.fill('nobody here');
    await expect(page.getByText("No session matches 'nobody here'.")).toBeVisible();
    await app.button('Clear filter').first().click();
    await expect(tab.rows).toHaveCount(5);
  });

  await test.step('a session is looked into; a secret is revealed one by one', async () => {
    await tab.row('anna').first().click();
    await expect(tab.detail.getByRole('heading', { name: 'anna' })).toBeVisible();
    await expect(tab.item('cart')).toContainText('"three roses"');
    await expect(tab.item('api_token')).toContainText('<password obscured>');
    await expect(tab.detail.getByText('Firefox 145, Linux')).toBeVisible();
    await checkScreen(page, 'a session beside the list');
    await picture(page, 'sessions');
    await app.button('JSON').click();
    await expect(tab.item('cart')).toContainText('"three roses"');
    await app.button('Reveal api_token').press('Enter');
    await expect(tab.item('api_token')).toContainText('t0psecret');
    await expect.poll(() => app.hasFocus(), 'the focus after Reveal').toBe(true);
    await expect(tab.detail.getByText(/Looked into by admin,/)).toBeVisible();
    await page.keyboard.press('Escape');
    await expect(tab.detail).toHaveCount(0);
    await expect(tab.row('anna').first()).toBeFocused();
  });

  await test.step('two are selected by keyboard and ended, after a question', async () => {
    await page.keyboard.press('Space');
    await page.keyboard.press('Delete');
    await page.keyboard.press('Delete');
    await app.answer(/^End the session of /, 'Keep');
    await expect(app.dialog(/^End /), 'pressed twice, it is asked once').toHaveCount(0);
    await app.button('Clear').press('Enter');
    await expect(tab.rows.first(), 'the focus after Clear').toBeFocused();
    await page.keyboard.press('Space');
    await page.keyboard.press('ArrowDown');
    await page.keyboard.press('Space');
    await app.button('End 2 sessions').click();
    const dialog = app.dialog('End 2 sessions?');
    await expect(dialog.getByText('There is no undo.')).toBeVisible();
    await dialog.getByRole('button', { name: 'Keep' }).click();
    expect(await totalOf(api)).toBe(5);
    await app.button('End 2 sessions').click();
    await dialog.getByRole('button', { name: 'End 2 sessions' }).click();
    await expect(app.flash('Ended 2 sessions.')).toBeVisible();
    await expect(tab.rows).toHaveCount(3);
    expect(await totalOf(api)).toBe(3);
  });

  await test.step('all of a user, then all', async () => {
    await new Browser(server).add('a 1');
    await app.button('List again').click();
    await expect(tab.rows).toHaveCount(4);
    await tab.rows.first().click();
    await app.button('End all sessions of admin…').click();
    await app.dialog('End all sessions of admin?').getByRole('button', { name: 'End all sessions' }).click();
    await expect(app.flash(/^Ended \d sessions of admin\.$/)).toBeVisible();
    await expect.poll(() => totalOf(api)).toBe(0);
    await expect(page.getByText('No sessions are kept here.')).toBeVisible();
    await expect.poll(() => app.hasFocus(), 'the focus once all are gone').toBe(true);
    await expect(app.button(/^End (all|the) /)).toHaveCount(0);
    for (let count = 0; count < 3; count += 1) await new Browser(server).add('a 1');
    await app.button('List again').click();
    const key = await tab.rows.first().getAttribute('data-key');
    await page.getByRole('textbox', { name: 'Filter' }).fill(key!);
    await expect(app.button('End all 3 sessions…')).toBeVisible();
    await app.button('End the 1 shown…').click();
    await app.answer('End 1 session?', 'End 1 session');
    await expect(app.flash('Ended 1 session.')).toBeVisible();
    expect(await totalOf(api)).toBe(2);
    await app.button('End all 2 sessions…').click();
    await app.dialog('End all sessions of mcsdc?').getByRole('button', { name: 'End all sessions' }).click();
    await expect(app.flash('Ended 2 sessions of everybody.')).toBeVisible();
    await expect(page.getByText('No sessions are kept here.')).toBeVisible();
  });
});

test('a list that cannot be made says so, and never that there are none', async ({
  app,
  page,
  server,
  memcached,
  api,
}) => {
  await setUpSessions(server, [memcached.address]);
  const tab = new SessionsTab(page);
  await app.open('/mcsdc', 'sessions');
  await expect(page.getByText('No sessions are kept here.')).toBeVisible();
  await checkScreen(page, 'an empty list');
  const servers = [memcached.address, '127.0.0.1:1025'];
  await api('/api/mcproxy', { method: 'PATCH', body: { properties: { servers } } });
  await app.button('List again').click();
  const alert = app.alert("Cannot list every session of '/mcsdc'. Of those that can be seen, there is none.");
  await expect(alert).toContainText('Not listed: 127.0.0.1:1025 refused the connection.');
  await memcached.kill();
  await app.button('List again').click();
  await expect(app.alert("Cannot list the sessions of '/mcsdc'.")).toContainText(`${memcached.address} refused`);
  await expect(page.getByText('No sessions are kept here.')).toHaveCount(0);
  await expect(tab.figure('Sessions')).toHaveText('–');
  await checkScreen(page, 'a list that failed');
});

test('a session that is looked into is followed; ended elsewhere, it is said and what one sees stays', async ({
  app,
  page,
  server,
  api,
}) => {
  test.setTimeout(240_000);
  const path = '/temp_folder/session_data';
  const browser = new Browser(server);
  await browser.add('api_token t0psecret', path);
  const tab = new SessionsTab(page);
  await app.open(path, 'sessions');
  await tab.rows.first().click();
  await app.button('Reveal api_token').click();
  await browser.add('cart roses', path);
  // What takes long to be asked is asked more rarely.
  const slowly = { timeout: 90_000 };
  await expect(tab.item('cart')).toContainText('roses', slowly);
  await expect(tab.item('api_token'), 'revealed, it stays so').toContainText('t0psecret');
  await api(`/api${path}/@sessions/@end`, { body: {} });
  await expect(tab.detail.getByText('This session has ended. Below is what was seen last.')).toBeVisible(slowly);
  await expect(tab.item('api_token')).toContainText('t0psecret');
  await expect(app.button('End session')).toHaveCount(0);
  await checkScreen(page, 'a session that ended while it was looked into');
  await page.reload();
  await expect(tab.detail.getByText('This session has ended.')).toBeVisible();
  await expect(app.button('Try again'), 'which brings none back').toHaveCount(0);
});

test('in process memory the tab says how many there are', async ({ app, page, server }) => {
  const tab = new SessionsTab(page);
  await new Browser(server).add('a 1', '/temp_folder/session_data');
  await app.open('/temp_folder/session_data', 'sessions');
  await expect(app.tab('Sessions')).toHaveText(/Sessions\s*1/);
  await expect(page.getByText(/^In the memory of this process/)).toBeVisible();
  await tab.rows.first().click();
  await expect(tab.detail.getByText('This process')).toBeVisible();
  await app.button('End session').click();
  await app.dialog('End the session of admin?').getByRole('button', { name: 'End session' }).click();
  await expect(app.tab('Sessions')).toHaveText(/Sessions\s*0/);
});

test.describe('on a phone, in the dark', () => {
  test.use({ viewport: { width: 390, height: 844 }, colorScheme: 'dark' });

  test('rows have two lines, and a session floats over them', async ({ page, server, memcached, api }) => {
    await begin(server, api, [memcached.address]);
    const tab = new SessionsTab(page);
    await tab.open('/mcsdc', 'sessions');
    await tab.signIn();
    await expect(tab.row('anna').first()).toContainText('127.0.0.1, Firefox 145, Linux');
    await tab.row('anna').first().getByRole('checkbox').check();
    await expect(tab.button('End 1 session')).toBeVisible();
    await checkScreen(page, 'the list on a phone');
    await picture(page, 'sessions-phone');
    await tab.button('Clear').click();
    await tab.row('anna').first().click();
    await expect(tab.item('cart')).toContainText('three roses');
    await checkScreen(page, 'a session on a phone');
    await tab.button('Close').click();
    await expect(tab.detail).toHaveCount(0);
    await expect(tab.rows).toHaveCount(5);
  });
});

test('a record that cannot be opened is listed with why, and ended', async ({ app, page, server, memcached, api }) => {
  await begin(server, api, [memcached.address]);
  using raw = new RawMemcached(memcached.port);
  const key = (await memcached.keys()).find((each) => each.includes('s-'))!;
  const item = (await raw.get(key))!;
  item.value[item.value.length - 1]! ^= 1;
  await raw.set(key, item);
  await app.open('/mcsdc');
  await app.tab('Sessions').click();
  await page.getByText('1 record that cannot be opened').click();
  const list = page.getByRole('list', { name: 'Records that cannot be opened' });
  await expect(list.getByText(/was changed since/)).toBeVisible();
  await checkScreen(page, 'a record that cannot be opened');
  await list.getByRole('button', { name: /^End / }).click();
  await app
    .dialog(/^End the record /)
    .getByRole('button', { name: 'End it' })
    .click();
  await expect(list).toBeHidden();
  expect((await api('/api/mcsdc/@sessions')).json<SessionsMessage>().unopened).toEqual([]);
});
