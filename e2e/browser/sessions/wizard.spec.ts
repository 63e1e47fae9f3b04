import type { ObjectMessage } from '../../../schema/endpoints/objects.ts';
import { freePort, startMemcached } from '../../support/memcached/memcached.ts';
import { Form } from '../../support/pages/form.ts';
import { TestTab } from '../../support/pages/test-tab.ts';
import { checkEveryLook } from '../check-screen.ts';
import { expect, expectError, test } from '../fixtures.ts';
import { picture } from '../screenshots.ts';

test('the wizard does not point a working site at a memcached that does not answer, unless that is wanted', async ({
  app,
  page,
  api,
}) => {
  const [form, tester] = [new Form(page), new TestTab(page)];
  const kept = async () => (await api('/api/session_data_manager')).json<ObjectMessage>().properties['container_path'];
  await app.open('/temp_folder/session_data', 'test');
  await tester.add('early bird');
  await expect(tester.item('early')).toBeVisible();
  const port = await freePort();
  await app.open('/', 'setup-sessions');
  await expect(
    page.getByText('1 live session in /temp_folder/session_data stays behind until it expires'),
  ).toBeVisible();
  await form.field('Servers').fill(`127.0.0.1:${port}`);
  await app.button('Set up sessions').click();
  await expect(app.alert('No server answers. Nothing was set up, and the site goes on as it was.')).toBeVisible();
  await expect(app.alert(`127.0.0.1:${port} does not answer`)).toBeVisible();
  await expect(page.getByRole('group', { name: 'the command' })).toContainText(`-l 127.0.0.1 -p ${port}`);
  await expect(app.button('Try again')).toBeFocused();
  await expect(page.getByText(/^Set up sessions in \/mcsdc/)).toHaveCount(0);
  await picture(page, 'wizard-silent');
  await checkEveryLook(page);
  expect(await kept()).toBe('/temp_folder/session_data');
  const beside = await page.context().newPage();
  await beside.goto('/manage/temp_folder/session_data/@test');
  await expect(new TestTab(beside).item('early'), 'the site goes on').toBeVisible();

  await app.button('Try again').click();
  await expect(app.alert('No server answers.')).toBeVisible();
  await expect(app.button('Try again')).toBeFocused();
  await using memcached = await startMemcached({ port });
  expect(memcached.port).toBe(port);
  await app.button('Try again').click();
  await expect(page).toHaveURL(/\/manage\/mcsdc\/@test$/);
  await tester.add('it works');
  await expect(tester.item('it')).toContainText('works');
});

test('sessions are set up for servers to come, and nobody is told that all is well', async ({ app, page, api }) => {
  const form = new Form(page);
  await app.open('/', 'setup-sessions');
  await form.field('Servers').fill(`127.0.0.1:${await freePort()}`);
  expectError(page, /^No server answers\. Nothing was set up/);
  await app.button('Set up sessions').click();
  await app.button('Set up anyway: sessions will be off').click();
  await expect(app.alert(/Set up sessions in \/mcsdc, and they are off until a server answers\./)).toBeVisible();
  await expect(page).toHaveURL(/\/manage\/mcsdc\/@test$/);
  await expect(app.treeItem('mcproxy')).toContainText('No server answers');
  expect((await api('/api/session_data_manager')).json<ObjectMessage>().properties['container_path']).toBe('/mcsdc');
});

test('one of two servers that does not answer is named with what that costs, before and afterwards', async ({
  app,
  page,
  memcached,
}) => {
  const form = new Form(page);
  const dead = `127.0.0.1:${await freePort()}`;
  const words = `${dead} does not answer (refused): sessions whose place is there get 503 until it answers.`;
  await app.open('/', 'setup-sessions');
  await form.field('Servers').fill(`${memcached.address}\n${dead}`);
  await expect(page.getByRole('complementary', { name: 'What the button does' })).toContainText(words);
  await app.button('Set up sessions').click();
  await expect(page).toHaveURL(/\/manage\/mcsdc\/@test$/);
  await expect(app.flash(words)).toBeVisible();
  await expect(page.locator('flash-list t-icon[name=triangle-alert]')).toBeVisible();
  await expect(page.locator('flash-list t-icon[name=circle-check]')).toHaveCount(0);
});

test('where sessions are off already, it is not said that they will be', async ({ app, page, api }) => {
  const form = new Form(page);
  await api('/api/session_data_manager', { method: 'PATCH', body: { properties: { container_path: '' } } });
  await app.open('/', 'setup-sessions');
  await form.field('Servers').fill(`127.0.0.1:${await freePort()}`);
  expectError(page, /^No server answers\. Nothing was set up/);
  await app.button('Set up sessions').click();
  await expect(app.button('Set up anyway: sessions stay off until a server answers')).toBeVisible();
});

test('containers that nothing leads to any more are named with their live sessions, and what leads there instead', async ({
  app,
  api,
  page,
}) => {
  await api('/api/temp_folder/session_data/@test', { body: { items: 'a 1' } });
  for (const id of ['session_data_manager', 'browser_id_manager']) await api(`/api/${id}`, { method: 'DELETE' });
  await app.open('/', 'setup-sessions');
  await expect(
    page.getByText('/temp_folder/session_data keeps 1 live session already. It stays behind.'),
  ).toBeVisible();
  await expect(
    page.getByText('add a Browser Id Manager and a Session Data Manager, and set the container path'),
  ).toBeVisible();
});
