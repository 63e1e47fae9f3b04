import { App } from '../support/pages/app.ts';
import { Form } from '../support/pages/form.ts';
import { ManagerTab } from '../support/pages/manager-tab.ts';
import { TestTab } from '../support/pages/test-tab.ts';
import { setUpSessions } from '../http/site.ts';
import { expect, expectError, test, watch } from './fixtures.ts';
import { picture } from './screenshots.ts';

test('bad input in every field of a proxy and a container is named at the field, and nothing typed is lost', async ({
  app,
  page,
  server,
  memcached,
}) => {
  await setUpSessions(server, [memcached.address]);
  const form = new Form(page);
  const cases: readonly (readonly [string, string, string, RegExp])[] = [
    ['/mcproxy', 'Title', 'x'.repeat(501), /501 characters are too many/],
    ['/mcproxy', 'Servers', 'localhost\nlocalhost;11211', /Line 2: /],
    ['/mcproxy', 'Servers', '169.254.169.254:11211', /Line 1: .*not an allowed address/],
    ['/mcproxy', 'Copies of each session', '7', /7 is out of range\. Use 1 to 3/],
    ['/mcproxy', 'Deadline', 'soon', /An integer was expected in the value 'soon'/],
    ['/mcproxy', 'Key prefix', 'a b', /Use letters, digits/],
    ['/mcsdc', 'Proxy path', '/index_html', /'\/index_html' is a Page Template/],
    ['/mcsdc', 'Proxy path', 'nothing', /'nothing' is not a path/],
    ['/mcsdc', 'Idle timeout', '', /Empty entry when integer expected/],
    ['/mcsdc', 'Idle timeout', '-1', /-1 is out of range/],
    ['/mcsdc', 'Longest life', '1.5', /An integer was expected/],
    ['/mcsdc', 'Resolution', '0', /0 is out of range/],
    ['/mcsdc', 'Resolution', '1201', /Resolution cannot be greater than idle timeout minutes × 60 \(1201 > 1200\)/],
    ['/mcsdc', 'Longest life', '19', /Longest life cannot be shorter than the idle timeout \(19 < 20\)/],
  ];
  for (const [path, label, value, words] of cases) {
    await test.step(`${label}: ${value.slice(0, 30)}`, async () => {
      if (!page.url().includes(path)) await app.open(path, 'properties');
      await form.save(label, value);
      await expect(app.alert('1 field needs attention:')).toContainText('Nothing was saved.');
      await expect(page.getByText(words).first()).toBeVisible();
      await expect(form.field(label)).toBeFocused();
      await expect(form.field(label)).toHaveValue(value);
      await expect(form.field(label)).toHaveAttribute('aria-invalid', 'true');
      await app.button('Discard').click();
    });
  }
});

test('bad settings of the managers are named at the field', async ({ app, page }) => {
  const form = new Form(page);
  const cases: readonly (readonly [string, string, string, string, RegExp])[] = [
    [
      '/session_data_manager',
      'Transient Object Container Path',
      '/nowhere',
      'Change',
      /There is no object at '\/nowhere'/,
    ],
    ['/session_data_manager', 'Place session data in REQUEST object as', '7 up', 'Change', /'7 up' is no name/],
    ['/session_data_manager', 'Place session data in REQUEST object as', '', 'Change', /No input for required field/],
    ['/browser_id_manager', 'Browser id name', '', 'Save changes', /No input for required field/],
    ['/browser_id_manager', 'Browser id name', 'a;b', 'Save changes', /Bad id name string 'a;b'/],
    ['/browser_id_manager', 'Cookie lifetime', '9999', 'Save changes', /9999 is out of range/],
    ['/browser_id_manager', 'Cookie path', 'shop', 'Save changes', /Bad cookie path 'shop'/],
    ['/browser_id_manager', 'Cookie domain', 'a b', 'Save changes', /Bad characters in cookie domain/],
    ['/browser_id_manager', 'Cookie domain', 'example.org', 'Save changes', /keep no cookie with a domain there/],
  ];
  for (const [path, label, value, button, words] of cases) {
    await test.step(`${label}: ${value}`, async () => {
      if (!page.url().includes(path)) await app.open(path, 'settings');
      await form.save(label, value, button);
      await expect(page.getByText(words).first()).toBeVisible();
      await expect(form.field(label)).toHaveValue(value);
      await app.button('Discard').click();
    });
  }

  await test.step('Enter saves from a box that is ticked, too', async () => {
    await form.field('HttpOnly').uncheck();
    await form.field('HttpOnly').press('Enter');
    await expect(page.getByText('Changed http_only of /browser_id_manager')).toBeVisible();
    await expect(form.field('HttpOnly')).not.toBeChecked();
  });
});

test('several mistakes are counted and named, and each is one press away', async ({ app, page, server, memcached }) => {
  await setUpSessions(server, [memcached.address]);
  const form = new Form(page);
  await app.open('/mcsdc', 'properties');
  await form.field('Idle timeout').fill('never');
  await form.field('Resolution').fill('99999');
  await app.button('Save changes').click();
  const summary = app.alert(/2 fields need attention:/);
  await expect(summary).toBeVisible();
  await picture(page, 'bad-input');
  expectError(page, '1 field needs attention: Resolution.');
  await summary.getByRole('button', { name: 'Resolution' }).click();
  await expect(form.field('Resolution')).toBeFocused();
  await form.field('Idle timeout').fill('30');
  await form.field('Resolution').fill('10');
  await app.button('Save changes').click();
  await expect(app.flash(/^Saved changes\./)).toBeVisible();
  await expect(summary).toHaveCount(0);
});

test('a Test line without a space names its line, and nothing is stored unless all lines parse', async ({
  app,
  page,
  server,
  memcached,
}) => {
  await setUpSessions(server, [memcached.address]);
  const tester = new TestTab(page);
  await app.open('/mcsdc', 'test');
  await tester.add('good line\nbad\n\nworse');
  await expect(app.alert("Line 2: no space between key and value: 'bad'")).toBeVisible();
  await expect(app.alert("Line 4: no space between key and value: 'worse'")).toBeVisible();
  await expect(tester.items).toHaveValue('good line\nbad\n\nworse');
  await expect(page.getByText('You have no session yet. Adding an item starts one.')).toBeVisible();
  await tester.add(`fat ${'x'.repeat(300_000)}`);
  await expect(app.alert(/the limit is 256 KiB/)).toBeVisible();
  await tester.add('good line');
  await expect(tester.item('good')).toContainText('line');
  expect(await memcached.keys()).toHaveLength(1);
});

test('leaving a form with unsaved changes asks first', async ({ app, page }) => {
  const form = new Form(page);
  await app.open('/index_html', 'properties');
  await form.field('Title').fill('Not saved');
  await expect(page.getByText('1 unsaved change')).toBeVisible();
  const asked: string[] = [];
  page.on('dialog', (dialog) => {
    asked.push(dialog.type());
    void dialog.dismiss();
  });
  await page.reload({ timeout: 2000 }).catch(() => undefined);
  expect(asked).toEqual(['beforeunload']);
  await expect(form.field('Title')).toHaveValue('Not saved');
  await app.button('Discard').click();
  await expect(form.field('Title')).toHaveValue('Welcome');
});

test('two people who change one object: the later one sees both sides, and chooses', async ({
  app,
  page,
  browser,
  server,
  faults,
}) => {
  const context = await browser.newContext({ baseURL: server.url });
  await watch(context, faults);
  const other = new App(await context.newPage());
  const [mine, theirs] = [new Form(page), new Form(other.page)];
  await app.open('/session_data_manager', 'settings');
  await other.open('/session_data_manager', 'settings');
  await other.signIn();
  await mine.field('Title').fill('My title');
  await theirs.save('Title', 'Their title', 'Change');
  await expect(other.flash('Changes saved.')).toBeVisible();

  await app.button('Change').click();
  const dialog = app.dialog(/^admin changed this/);
  await expect(dialog).toContainText('Their title');
  await expect(dialog).toContainText('My title');
  await picture(page, 'conflict');
  await dialog.getByRole('button', { name: 'Show theirs' }).click();
  await expect(mine.field('Title')).toHaveValue('Their title');
  await expect(page.getByText('You had My title here.')).toBeVisible();
  await app.button('Put it back').click();
  await theirs.save('Title', 'Their second title', 'Change');
  await expect.poll(async () => theirs.field('Title').inputValue()).toBe('Their second title');
  await expect(other.button('Discard')).toHaveCount(0);
  await app.button('Change').click();
  await app
    .dialog(/^admin changed this/)
    .getByRole('button', { name: 'Overwrite' })
    .click();
  await expect(app.flash('Changes saved.')).toBeVisible();
  await other.page.reload();
  await expect(theirs.field('Title')).toHaveValue('My title');
  await context.close();
});

test('a path is chosen from its candidates by the keyboard', async ({ app, page, server, memcached }) => {
  await setUpSessions(server, [memcached.address]);
  const manager = new ManagerTab(page);
  await app.open('/session_data_manager', 'settings');
  await manager.path.fill('');
  await expect(page.getByText('No path: this is off.')).toBeVisible();
  await manager.path.press('ArrowDown');
  await manager.path.press('Enter');
  await expect(manager.path).toHaveValue('/mcsdc');
});

test.describe('phone', () => {
  test.use({ viewport: { width: 390, height: 844 } });

  test('what is typed stays in sight above the bar of unsaved changes, and so does what went wrong', async ({
    page,
  }) => {
    const form = new Form(page);
    await form.open('/');
    await form.signIn();
    await form.heading.getByText('Root').waitFor();
    await form.open('/session_data_manager', 'settings');
    await page.getByRole('list', { name: 'How a request finds its session' }).waitFor();
    const last = form.field('Place session data in REQUEST object as');
    await last.fill('typed_at_the_bottom');
    await expect(page.getByText('1 unsaved change')).toBeInViewport({ ratio: 1 });
    const isUncovered = async () => {
      const [field, button] = await Promise.all([last.boundingBox(), form.button('Change').boundingBox()]);
      return field !== null && button !== null && field.y + field.height < button.y;
    };
    await expect.poll(isUncovered).toBe(true);
    await page.route('**/api/session_data_manager', (route) => route.abort());
    await form.button('Change').click();
    await expect(form.alert(/Could not save '\/session_data_manager'/)).toBeInViewport({ ratio: 1 });
  });
});
