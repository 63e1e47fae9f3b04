import { startServer } from '../../support/server.ts';
import { App } from '../../support/pages/app.ts';
import { Contents } from '../../support/pages/contents.ts';
import { Form } from '../../support/pages/form.ts';
import { ManagerTab } from '../../support/pages/manager-tab.ts';
import { TestTab } from '../../support/pages/test-tab.ts';
import { setUpSessions } from '../../http/site.ts';
import { expect, test } from '../fixtures.ts';
import { picture } from '../screenshots.ts';

/** To the letter: a matcher of text would take two spaces for one. */
async function expectLine(tester: TestTab, text: string): Promise<void> {
  await expect.poll(() => tester.line.textContent()).toBe(text);
}

test('sessions in memcached, set up and tested in the browser: the seven steps', async ({
  app,
  page,
  memcached,
  api,
}) => {
  const [contents, form, manager, tester] = [
    new Contents(page),
    new Form(page),
    new ManagerTab(page),
    new TestTab(page),
  ];

  await test.step('a session begins where a fresh tree keeps it', async () => {
    await app.open('/temp_folder/session_data', 'test');
    await expect(page.getByText('You have no session yet. Adding an item starts one.')).toBeVisible();
    await tester.add('early bird');
    await expectLine(tester, 'Before: 0;  after: 1; # items: 1');
  });

  await test.step('the root has what a fresh tree has', async () => {
    await app.treeItem('Root').click();
    await expect(contents.row('temp_folder')).toBeVisible();
    expect(await contents.ids).toEqual([
      'acl_users',
      'browser_id_manager',
      'index_html',
      'session_data_manager',
      'temp_folder',
    ]);
    await picture(page, 'contents');
  });

  await test.step('a proxy is added, given its servers, and says whether they answer', async () => {
    await contents.add('MemCache Proxy', 'mcproxy');
    await expect(page).toHaveURL(/\/manage\/mcproxy\/@properties$/);
    await expect(page.getByText('values are kept in this process only').first()).toBeVisible();
    await form.field('Servers').fill(`localhost:${memcached.port}`);
    await expect(page.getByRole('list', { name: 'How each line stands' })).toContainText(/answers in \d/);
    await picture(page, 'proxy');
    await app.button('Save changes').click();
    await expect(app.flash(/answers in \d+\.\d ms/)).toBeVisible();
    await expect(page.getByText('values are kept in this process only')).toHaveCount(0);
  });

  await test.step('the Servers tab shows how each server stands', async () => {
    await app.tab('Servers').click();
    const column = page.getByRole('list', { name: 'Servers' }).getByRole('listitem').first();
    await expect(column).toContainText(`localhost:${memcached.port}`);
    for (const word of ['Up', 'Latency', 'Hit rate', 'Evictions', 'Memory']) await expect(column).toContainText(word);
  });

  await test.step('a container is added, and its path finds the proxy', async () => {
    await app.breadcrumb.getByRole('link', { name: 'Root' }).click();
    const dialog = await contents.startAdding('MemCache Session Data Container');
    await dialog.getByLabel('Id').fill('mcsdc');
    await form.field('Proxy path').fill('/index_html');
    await expect(page.getByText("'/index_html' is a Page Template.")).toBeVisible();
    await form.field('Proxy path').fill('/mcproxy');
    await expect(page.getByText("Found: MemCache Proxy '/mcproxy'")).toBeVisible();
    await picture(page, 'add-container');
    await dialog.getByRole('button', { name: 'Add', exact: true }).click();
    await expect(page).toHaveURL(/\/manage\/mcsdc\/@properties$/);
    await expect(form.field('Proxy path')).toHaveValue('/mcproxy');
    await expect(page.getByText("Found: MemCache Proxy '/mcproxy'")).toBeVisible();
    await form.save('Idle timeout', '30');
    await expect(app.flash(/^Saved changes\./)).toBeVisible();
  });

  await test.step('the proxy in the place of the container is answered with the container, one click away', async () => {
    await app.treeItem('session_data_manager').click();
    await manager.path.fill('/mcproxy');
    await expect(
      page.getByText("'/mcproxy' is a MemCache Proxy. This path must lead to a session data container."),
    ).toBeVisible();
    await picture(page, 'manager-wrong');
    await app.button('Use /mcsdc').click();
    await expect(manager.path).toHaveValue('/mcsdc');
    await expect(page.getByText("Found: MemCache Session Data Container '/mcsdc'")).toBeVisible();
    await app.button('Change').click();
    await expect(app.flash('Changes saved.')).toBeVisible();
    for (const id of ['browser_id_manager', 'session_data_manager', 'mcsdc', 'mcproxy']) {
      await expect(manager.step(id)).toBeVisible();
    }
    await expect(manager.chain).toContainText(`localhost:${memcached.port}`);
    await expect(page.getByText('Sessions are on').first()).toBeVisible();
    await picture(page, 'manager');
  });

  await test.step('the Test tab adds two items and shows them, and they are in memcached under a hashed key', async () => {
    await page.getByRole('link', { name: 'Test /mcsdc' }).click();
    await tester.add('key1 This is a long string value\nkey2 3');
    await expectLine(tester, 'Before: 0;  after: 2; # items: 2');
    await expect(page.getByRole('status').and(tester.line), 'it is read out').toBeVisible();
    await expect(page.locator('flash-list .flash'), 'no message covers the figures').toHaveCount(0);
    await expect(tester.item('key1')).toContainText('This is a long string value');
    await expect(tester.item('key2')).toContainText('3');
    await expect(page.getByText('Kept by')).toBeVisible();
    await picture(page, 'test');
    const keys = await memcached.keys();
    expect(keys).toHaveLength(1);
    expect(keys[0]).toMatch(/^[A-Za-z0-9:_-]+$/);
    expect(keys[0]).not.toContain('key1');
  });

  await test.step('the session that was begun elsewhere is still there', async () => {
    await app.open('/temp_folder/session_data', 'test');
    await expect(tester.item('early')).toContainText('bird');
    await expect(page.getByText("The site's sessions are kept in /mcsdc, not here.")).toBeVisible();
  });

  expect((await api('/api/session_data_manager')).json()['properties']).toMatchObject({ container_path: '/mcsdc' });
});

test('the session survives a restart, and is the same for a second server on the same data', async ({
  page,
  server,
  memcached,
  app,
}) => {
  await setUpSessions(server, [memcached.address]);
  const tester = new TestTab(page);
  await app.open('/mcsdc', 'test');
  await tester.add('key1 value one');
  await expect(tester.item('key1')).toContainText('value one');

  await using second = await startServer({ data: server.data });
  await page.goto(`${second.url}/manage/mcsdc/@test`);
  await expect(tester.item('key1'), 'cookies know no ports').toContainText('value one');
  await tester.add('key2 value two');
  await expectLine(tester, 'Before: 1;  after: 2; # items: 1');

  await server.stop();
  await using third = await startServer({ data: server.data });
  await page.goto(`${third.url}/manage/mcsdc/@test`);
  await expect(tester.item('key2')).toContainText('value two');
});

test('the wizard does all of it on one screen', async ({ app, page, memcached }) => {
  const [form, tester] = [new Form(page), new TestTab(page)];
  await app.open('/');
  await page.getByRole('combobox', { name: 'Search objects and actions' }).fill('set up');
  await page.getByRole('option', { name: /Set up sessions in memcached/ }).click();
  await expect(page.getByRole('heading', { name: 'Set up sessions in memcached' })).toBeVisible();
  await form.field('Servers').fill('localhost;11211');
  await expect(page.getByText(/Line 1: /)).toBeVisible();
  await form.field('Id of the container').fill('mcproxy');
  await expect(page.getByText('The id "mcproxy" is the proxy’s already.')).toBeVisible();
  await form.field('Id of the container').fill('mcsdc');
  await form.field('Servers').fill(`localhost:${memcached.port}`);
  await expect(page.getByRole('list', { name: 'How each line stands' })).toContainText(/answers in \d/);
  await picture(page, 'wizard');
  await app.button('Set up sessions').click();
  await expect(page).toHaveURL(/\/manage\/mcsdc\/@test$/);
  await expect(app.flash(/^Set up sessions in \/mcsdc\./)).toBeVisible();
  await tester.add('it works');
  await expectLine(tester, 'Before: 0;  after: 1; # items: 1');
  expect(await memcached.keys()).toHaveLength(1);
});

test('one goes from a container that the site does not use to using it, in one click', async ({
  app,
  page,
  server,
  memcached,
  api,
}) => {
  await setUpSessions(server, [memcached.address]);
  await api('/api/', {
    body: { type: 'MemCache Session Data Container', id: 'other', properties: { proxy_path: '/mcproxy' } },
  });
  await app.open('/other', 'test');
  await page.getByRole('button', { name: 'Use this container' }).click();
  await expect(app.flash(/Changed container_path of \/session_data_manager/)).toBeVisible();
  await expect(page.getByText("The site's sessions are kept in")).toHaveCount(0);
  const manager = (await api('/api/session_data_manager')).json<{ properties: Record<string, unknown> }>();
  expect(manager.properties['container_path']).toBe('/other');
});

test('one’s own session is cleared, given a new id and ended', async ({ app, page, server, memcached }) => {
  await setUpSessions(server, [memcached.address]);
  const tester = new TestTab(page);
  await app.open('/mcsdc', 'test');
  await tester.add('a 1\nb 2\npassword tiger');
  await expect(tester.item('password')).not.toContainText('tiger');
  await tester
    .item('a')
    .getByRole('button', { name: /Remove/ })
    .click();
  await expect(tester.item('a')).toHaveCount(0);
  await app.button('New id').click();
  await expect(app.flash('Your session has a new id.')).toBeVisible();
  await expect(tester.item('b')).toBeVisible();
  await app.button('Clear session').click();
  await expect(page.getByText('Your session has no items.')).toBeVisible();
  await tester.add('c 3');
  await app.button('Invalidate session').click();
  await app.answer('Invalidate your session?', 'Keep');
  await expect(tester.item('c')).toBeVisible();
  await app.button('Invalidate session').click();
  await app.answer('Invalidate your session?', /^Invalidate/);
  await expect(page.getByText('You have no session yet. Adding an item starts one.')).toBeVisible();
});

test('the site’s own page and the link to the interface', async ({ page }) => {
  await page.goto('/');
  await expect(page.getByRole('heading', { name: 'Welcome to Trellis' })).toBeVisible();
  await page.getByRole('link', { name: 'Manage the objects of this site' }).click();
  await new App(page).signIn();
  await expect(page.getByRole('heading', { level: 1, name: 'Root' })).toBeVisible();
});
