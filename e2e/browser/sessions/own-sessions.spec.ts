import type { OwnSessionsMessage } from '../../../schema/endpoints/own-sessions.ts';
import { Browser, setUpSessions } from '../../http/site.ts';
import { MySessions } from '../../support/pages/my-sessions.ts';
import { TestTab } from '../../support/pages/test-tab.ts';
import type { HostedServer } from '../../support/server-host.ts';
import { ADMIN_PASSWORD } from '../../support/server.ts';
import { Visitor } from '../../support/applications/visitor.ts';
import { checkScreen } from '../check-screen.ts';
import { expect, expectError, test } from '../fixtures.ts';
import { picture } from '../screenshots.ts';

const FIREFOX = 'Mozilla/5.0 (X11; Linux x86_64; rv:145.0) Gecko/20100101 Firefox/145.0';

/** What takes long to be asked is asked more rarely. */
const SLOWLY = { timeout: 90_000 };

/** The administrator on another device: signed in, and with a session. */
async function elsewhere(server: HostedServer): Promise<{ readonly visitor: Visitor; readonly browser: Browser }> {
  const [visitor, browser] = [new Visitor(server), new Browser(server)];
  const body = { name: 'admin', password: ADMIN_PASSWORD };
  await visitor.ask('/api/@login', { body, headers: { 'user-agent': FIREFOX } });
  await browser.add('cart three roses');
  return { visitor, browser };
}

test('one sees where one is signed in and has sessions, and ends them', async ({
  app,
  page,
  server,
  memcached,
  api,
}) => {
  test.setTimeout(480_000);
  await setUpSessions(server, [memcached.address]);
  const mine = new MySessions(page);
  const devices = [await elsewhere(server), await elsewhere(server), await elsewhere(server)];
  await app.open('/mcsdc', 'test');
  await new TestTab(page).add('cart two lilies');
  await expect(page.getByText('two lilies').last()).toBeVisible();
  await app.chooseInMenu('My sessions');
  await expect(app.heading).toHaveText('My sessions');
  await expect(mine.logins).toHaveCount(4);
  await expect(mine.sessions).toHaveCount(4);
  await expect(mine.logins.filter({ hasText: 'this device' })).toContainText('Linux');
  await expect(mine.sessions.filter({ hasText: 'this device' })).toContainText('/mcsdc');
  await checkScreen(page, 'my sessions');
  await picture(page, 'my-sessions');

  await test.step('one login, one session', async () => {
    await mine.logins.filter({ hasText: 'Firefox 145, Linux' }).first().getByRole('button', { name: /^End/ }).click();
    await expect(app.flash('Ended the login on Firefox 145, Linux.')).toBeVisible();
    await expect(mine.logins).toHaveCount(3);
    await mine.sessions.filter({ hasNotText: 'this device' }).first().getByRole('button', { name: /^End/ }).click();
    await expect(mine.sessions).toHaveCount(3);
  });

  await test.step('one that begins and one that ends elsewhere are followed', async () => {
    const { visitor, browser } = await elsewhere(server);
    await expect(mine.logins).toHaveCount(4, SLOWLY);
    await expect(mine.sessions).toHaveCount(4, SLOWLY);
    await visitor.ask('/api/@logout', { body: {} });
    await browser.own('invalidate');
    await expect(mine.logins).toHaveCount(3, SLOWLY);
    await expect(mine.sessions).toHaveCount(3, SLOWLY);
  });

  await test.step('all others, after a question', async () => {
    await app.button('End all others…').click();
    await app.dialog('End everything on other devices?').getByRole('button', { name: 'End all others' }).click();
    await expect(app.flash('Ended 2 logins and 2 sessions.')).toBeVisible();
    await expect(mine.logins).toHaveCount(1);
    await expect(mine.sessions).toHaveCount(1);
    for (const { visitor, browser } of devices) {
      expect(await visitor.user()).toBe(null);
      expect((await browser.look()).session).toEqual([]);
    }
    expect((await api('/api/@my-sessions')).json<OwnSessionsMessage>().sessions).toHaveLength(1);
  });

  await test.step('what cannot be seen is said', async () => {
    await memcached.kill();
    await app.button('Look again').click();
    await expect(page.getByText('Sessions in /mcsdc cannot be listed now.')).toBeVisible();
    await expect(page.getByText('Of the sessions that can be seen, none is yours.')).toBeVisible();
    await expect(page.getByText('You have no sessions here.')).toHaveCount(0);
    await checkScreen(page, 'sessions that cannot be seen');
  });

  await test.step('the own login is ended by signing out', async () => {
    await mine.logins.getByRole('button', { name: 'Sign out' }).click();
    await expect(app.heading).toHaveText(/^Sign in/);
  });
});

test('somebody without any role sees their own', async ({ page, api }) => {
  await api('/api/acl_users/@users', { body: { name: 'mem', password: 'violets under glass', roles: [] } });
  const mine = new MySessions(page);
  expectError(page, /^You are signed in as .*, but may see nothing here/);
  await mine.open('/');
  await mine.signIn('mem', 'violets under glass');
  await mine.chooseInMenu('My sessions', 'mem');
  await expect(mine.heading).toHaveText('My sessions');
  await expect(mine.logins).toHaveCount(1);
  await expect(page.getByText('You have no sessions here.')).toBeVisible();
});

test.describe('on a phone', () => {
  test.use({ viewport: { width: 390, height: 844 } });

  test('the page is reached by the tree, and each row has two lines', async ({ page, server, memcached }) => {
    await setUpSessions(server, [memcached.address]);
    await elsewhere(server);
    const mine = new MySessions(page);
    await mine.open('/');
    await mine.signIn();
    await mine.button('Tree').click();
    await mine.chooseInMenu('My sessions');
    await expect(mine.heading).toHaveText('My sessions');
    await expect(mine.logins).toHaveCount(2);
    await expect(mine.sessions.first()).toContainText('/mcsdc, 127.0.0.1, seen');
    await expect(mine.button('admin')).toHaveCount(0);
    await checkScreen(page, 'my sessions on a phone');
    await picture(page, 'my-sessions-phone');
  });
});
