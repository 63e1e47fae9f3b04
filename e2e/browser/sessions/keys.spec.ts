import { Browser, setUpSessions } from '../../http/site.ts';
import type { Memcached } from '../../support/memcached/memcached.ts';
import { KeysTab } from '../../support/pages/keys-tab.ts';
import { RawMemcached } from '../../support/memcached/raw-memcached.ts';
import type { HostedServer } from '../../support/server-host.ts';
import { checkScreen } from '../check-screen.ts';
import { expect, test } from '../fixtures.ts';
import { picture } from '../screenshots.ts';

/** A session, and what other programs keep on the same server. */
async function fill(server: HostedServer, memcached: Memcached): Promise<void> {
  await setUpSessions(server, [memcached.address]);
  await new Browser(server).add('cart three roses');
  using raw = new RawMemcached(memcached.port);
  const put = (key: string, value: string | Buffer) => raw.set(key, { flags: 0, value: Buffer.from(value) });
  await put('shop:cart:1', '{"roses": 3, "to": "Ännchen"}');
  await put('shop:login', 'user=anna;token=t0psecret');
  await put('shop:picture', Buffer.from([0x89, 0x50, 0xff, 0x00]));
  await put('counter', '42');
}

test('keys are found in their groups and looked at in every form, by the keyboard', async ({
  app,
  page,
  server,
  memcached,
}) => {
  await fill(server, memcached);
  const tab = new KeysTab(page);
  await app.open('/mcproxy');
  await app.tab('Keys').click();
  await expect(page.getByText(/Live walk of 1 server, [\d:]+; may repeat or miss keys/)).toBeVisible();
  await expect(page.getByText('5 keys in 3 groups')).toBeVisible();
  await expect(tab.row('Sessions of /mcsdc')).toHaveCount(1);

  await test.step('a value is read decoded, as JSON, as text and as bytes', async () => {
    await tab.row('cart:1').focus();
    await page.keyboard.press('Enter');
    await expect(tab.value).toContainText('Ännchen');
    await checkScreen(page, 'a key beside the list');
    await picture(page, 'keys');
    await app.button('Text').click();
    await expect(tab.value).toHaveText('{"roses": 3, "to": "Ännchen"}');
    await app.button('Hex').click();
    await expect(tab.value).toContainText('0000  7b 22 72 6f');
    await page.keyboard.press('Escape');
    await expect(tab.detail).toHaveCount(0);
    await expect(tab.row('cart:1')).toBeFocused();
    await tab.row('picture').click();
    await app.button('JSON').click();
    await expect(tab.detail.getByText('This value is not JSON.')).toBeVisible();
  });

  await test.step('what speaks of a secret is shown when it is asked for, and that is recorded', async () => {
    await tab.row('login').click();
    await expect(tab.detail.getByText('speaks of passwords, tokens or cookies')).toBeVisible();
    await expect(page.getByText('t0psecret')).toHaveCount(0);
    await checkScreen(page, 'an obscured key');
    await app.button('Reveal').click();
    await expect(tab.value).toContainText('t0psecret');
    await expect(tab.detail.getByText(/Looked into by admin,/)).toBeVisible();
  });

  await test.step('the filter narrows the groups; one of them is closed and opened', async () => {
    await tab.filter.fill('shop');
    await expect(tab.rows).toHaveCount(4);
    await page.getByRole('button', { name: 'shop:' }).click();
    await expect(page).toHaveURL(/group=shop/);
    await expect(page.getByText('3 keys in this group')).toBeVisible();
    await page.getByRole('button', { name: 'shop:', expanded: true }).click();
    await expect(page).not.toHaveURL(/group=/);
    await tab.filter.fill('nothing like it');
    await expect(page.getByText("No key matches 'nothing like it'.")).toBeVisible();
    await app.button('Clear filter').first().click();
  });

  await test.step('of a session the header is shown, and the way to what is in it', async () => {
    await tab.rows.filter({ hasText: /^\s*[\w-]{43}/ }).click();
    await expect(tab.detail.getByText('A sealed record; this is its header.')).toBeVisible();
    await checkScreen(page, 'a session among the keys');
    await tab.detail.getByRole('link', { name: 'Look into the session' }).click();
    await expect(app.heading).toHaveText('mcsdc');
    await expect(page.getByText('"three roses"')).toBeVisible();
  });
});

test('hundreds of keys are shown a page at a time', async ({ app, page, server, memcached }) => {
  await setUpSessions(server, [memcached.address]);
  using raw = new RawMemcached(memcached.port);
  for (let index = 100; index < 350; index += 1) await raw.set(`many:${index}`, { flags: 0, value: Buffer.from('x') });
  await raw.set('other', { flags: 0, value: Buffer.from('x') });
  const tab = new KeysTab(page);
  await app.open('/mcproxy', 'keys');
  await expect(page.getByText('251 keys in 2 groups. Open a group to see its keys')).toBeVisible();
  await expect(tab.rows).toHaveCount(2);
  await tab.row('many:').focus();
  await page.keyboard.press('Enter');
  await expect(page.getByText('1 to 100 of 250 keys in this group')).toBeVisible();
  await app.button('Next').click();
  await expect(tab.row(/^\s*200/)).toHaveCount(1);
  await expect(page.getByText('101 to 200 of 250 keys in this group')).toBeVisible();
  await tab.row('No prefix in common').getByRole('button').click();
  await expect(page.getByText('1 key in this group')).toBeVisible();
  await expect(tab.row(/^\s*other/)).toHaveCount(1);
});

test('servers that cannot be listed are named, and never called empty', async ({
  app,
  page,
  server,
  memcached,
  api,
}) => {
  await setUpSessions(server, [memcached.address]);
  await app.open('/mcproxy', 'keys');
  await expect(page.getByText('Nothing is kept here.')).toBeVisible();
  await checkScreen(page, 'no keys');
  const servers = [memcached.address, '127.0.0.1:1025'];
  await api('/api/mcproxy', { method: 'PATCH', body: { properties: { servers } } });
  await app.button('List again').click();
  await expect(app.alert("Cannot list every key of '/mcproxy'.")).toContainText('Not listed: 127.0.0.1:1025 refused');
  await memcached.kill();
  await app.button('List again').click();
  await expect(app.alert("Cannot list the keys of '/mcproxy'.")).toContainText(`${memcached.address} refused`);
  await expect(page.getByText('Nothing is kept here.')).toHaveCount(0);
});

test.describe('on a phone, in the dark', () => {
  test.use({ viewport: { width: 390, height: 844 }, colorScheme: 'dark' });

  test('groups and keys have two lines, and a key floats over them', async ({ page, server, memcached }) => {
    await fill(server, memcached);
    const tab = new KeysTab(page);
    await tab.open('/mcproxy', 'keys');
    await tab.signIn();
    await expect(tab.row('cart:1')).toContainText('other');
    await checkScreen(page, 'keys on a phone');
    await picture(page, 'keys-phone');
    await tab.row('cart:1').click();
    await expect(tab.value).toContainText('Ännchen');
    await checkScreen(page, 'a key on a phone');
    await tab.button('Close').click();
    await expect(tab.detail).toHaveCount(0);
  });
});
