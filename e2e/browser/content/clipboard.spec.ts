import type { ObjectMessage } from '../../../schema/endpoints/objects.ts';
import { Contents } from '../../support/pages/contents.ts';
import { checkScreen } from '../check-screen.ts';
import { expect, test } from '../fixtures.ts';
import { picture } from '../screenshots.ts';

test.beforeEach(async ({ api }) => {
  for (const id of ['from', 'to']) await api('/api/', { body: { type: 'Folder', id } });
  for (const id of ['one', 'two']) await api('/api/from', { body: { type: 'Folder', id } });
  await api('/api/from/one', { body: { type: 'Page Template', id: 'page', title: 'Inside' } });
});

test('what is copied is pasted into other folders, as often as one wants, and beside itself', async ({ app, page }) => {
  const contents = new Contents(page);
  await app.open('/from');
  await contents.select('one', 'two');
  await app.button('Copy').click();
  await expect(contents.row('one'), 'the focus stays in the list').toBeFocused();
  await expect(page.getByText('2 items copied from /from')).toBeVisible();
  await expect(page.getByText(/^2 of \d+ selected$/)).toHaveCount(0);
  await picture(page, 'clipboard');
  await app.button('Paste here').click();
  await expect(app.flash('Pasted 2 items.')).toBeVisible();
  await expect.poll(() => contents.ids).toEqual(['copy_of_one', 'copy_of_two', 'one', 'two']);
  await expect(contents.row('copy_of_one')).toBeFocused();
  await app.treeItem('to').click();
  await expect(app.heading).toHaveText('to');
  await app.button('Paste here').click();
  await expect.poll(() => contents.ids).toEqual(['one', 'two']);
  await app.button('Forget').click();
  await expect(page.getByText('copied from')).toHaveCount(0);
  await contents.table.getByRole('link', { name: 'one' }).click();
  await expect(contents.row('page')).toContainText('Inside');
});

test('what is cut is moved by the keyboard alone, and the paths that lead to it follow', async ({ app, page, api }) => {
  await api('/api/from', { body: { type: 'MemCache Proxy', id: 'proxy' } });
  const properties = { proxy_path: '/from/proxy' };
  await api('/api/', { body: { type: 'MemCache Session Data Container', id: 'sessions', properties } });
  const contents = new Contents(page);
  await app.open('/from');
  await contents.row('proxy').focus();
  await page.keyboard.press('Control+x');
  await expect(page.getByText("'proxy' cut from /from")).toBeVisible();
  await app.treeItem('to').focus();
  await page.keyboard.press('Enter');
  await expect(app.heading).toHaveText('to');
  await page.getByText('There are currently no items').waitFor();
  await page.keyboard.press('Control+v');
  await expect(app.flash("Moved 'proxy' from /from. Updated proxy_path of /sessions.")).toBeVisible();
  await expect(contents.row('proxy')).toBeFocused();
  await expect(app.button('Paste here'), 'what was moved is moved once').toHaveCount(0);
  expect((await api('/api/sessions')).json<ObjectMessage>().properties['proxy_path']).toBe('/to/proxy');
  expect((await api('/api/from/proxy')).status).toBe(404);
});

test('what cannot be pasted says why, and stays where it is', async ({ app, page }) => {
  const contents = new Contents(page);
  await app.open('/');
  await contents.select('from');
  await app.button('Cut').click();
  await app.open('/');
  await expect(app.button('Paste here'), 'a page that is loaded anew remembers nothing').toHaveCount(0);
  await contents.select('from');
  await app.button('Cut').click();
  await app.treeItem('from').click();
  await expect(app.heading).toHaveText('from');
  await app.button('Paste here').click();
  const words = "Could not paste: '/from' cannot be moved to '/from': This object cannot be pasted into itself.";
  await expect(app.alert(words)).toBeVisible();
  await expect(app.button('Paste here')).toBeEnabled();
  await app.signOut();
  await app.signIn();
  await contents.row('one').waitFor();
  await expect(app.button('Paste here'), 'nobody is left what somebody else held').toHaveCount(0);
});

test('text is copied, cut and pasted as anywhere: in the filter, and where some is marked', async ({
  app,
  page,
  context,
}) => {
  await context.grantPermissions(['clipboard-read', 'clipboard-write']);
  const contents = new Contents(page);
  await app.open('/from');
  await contents.select('one');
  await contents.filter.fill('tw');
  await expect.poll(() => contents.ids).toEqual(['two']);
  await contents.filter.press('Control+a');
  await contents.filter.press('Control+x');
  await expect(contents.filter).toHaveValue('');
  await contents.filter.press('Control+v');
  await expect(contents.filter).toHaveValue('tw');
  await contents.row('two').focus();
  await page.getByText('1 item', { exact: true }).first().selectText();
  await page.keyboard.press('Control+c');
  expect(await page.evaluate<string>('navigator.clipboard.readText()')).toBe('1 item');
  await expect(page.getByText('copied from')).toHaveCount(0);
});

for (const colorScheme of ['light', 'dark'] as const) {
  test(`on a phone the clipboard is at the bottom, where the selection was: ${colorScheme}`, async ({ app, page }) => {
    await page.setViewportSize({ width: 390, height: 844 });
    await page.emulateMedia({ colorScheme });
    const contents = new Contents(page);
    await app.open('/from');
    await contents.select('one', 'two');
    await checkScreen(page, 'a selection');
    await app.button('Cut').click();
    await page.getByText('2 items cut from /from').waitFor();
    await checkScreen(page, 'the clipboard');
    await app.open('/to');
    await page.getByText('There are currently no items').waitFor();
  });
}
