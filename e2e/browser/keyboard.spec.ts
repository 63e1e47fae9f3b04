import { Contents } from '../support/pages/contents.ts';
import type { Locator } from 'playwright/test';
import { Form } from '../support/pages/form.ts';
import { TestTab } from '../support/pages/test-tab.ts';
import { expect, test } from './fixtures.ts';

/** Presses Tab until a control has the focus, as a person who cannot point does. */
async function tabTo(control: Locator): Promise<void> {
  for (let presses = 0; presses < 60; presses += 1) {
    if (await control.evaluate((element) => element.matches(':focus'))) return;
    await control.page().keyboard.press('Tab');
  }
  throw new Error(`${String(control)} cannot be reached by Tab.`);
}

test('the main job is done by the keyboard alone', async ({ page, memcached }) => {
  const { keyboard } = page;
  const [form, tester] = [new Form(page), new TestTab(page)];
  const type = async (label: string, text: string) => {
    await tabTo(form.field(label));
    await keyboard.press('Control+a');
    await keyboard.type(text);
  };

  await page.goto('/manage');
  await expect(page.getByLabel('Name', { exact: true })).toBeFocused();
  await keyboard.type('admin');
  await tabTo(form.field('Password'));
  await keyboard.type('correct horse battery');
  await keyboard.press('Enter');
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('Root');

  await tester.button('Add').waitFor();
  await keyboard.press('n');
  await expect(page.getByRole('combobox', { name: 'Find a type' })).toBeFocused();
  await keyboard.type('proxy');
  await expect(page.getByRole('option', { name: /^MemCache Proxy/ })).toBeVisible();
  await keyboard.press('Enter');
  await expect(page.getByLabel('Id', { exact: true })).toBeFocused();
  await keyboard.press('Enter');
  await expect(page).toHaveURL(/\/manage\/mcproxy\/@properties$/);
  await type('Servers', memcached.address);
  await keyboard.press('Control+s');
  // Whether it answers within its deadline is up to the machine.
  const saved = page.getByRole('status').getByText(/^Saved\. 1 server:/);
  await expect(saved.last()).toBeVisible();

  await tabTo(tester.breadcrumb.getByRole('link', { name: 'Root' }));
  await keyboard.press('Enter');
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('Root');
  await tester.button('Add').waitFor();
  await keyboard.press('n');
  await expect(page.getByRole('combobox', { name: 'Find a type' })).toBeFocused();
  await keyboard.type('session data container');
  await expect(page.getByRole('option', { name: /^MemCache Session Data Container/ })).toBeVisible();
  await keyboard.press('Enter');
  await expect(page.getByLabel('Id', { exact: true })).toBeFocused();
  await type('Proxy path', '/mcproxy');
  await expect(page.getByText("Found: MemCache Proxy '/mcproxy'")).toBeVisible();
  await keyboard.press('Enter');
  await expect(page).toHaveURL(/\/manage\/mcsdc\/@properties$/);

  await keyboard.press('Control+k');
  await keyboard.type('session_data_manager');
  await page.getByRole('option', { name: /^session_data_manager/ }).waitFor();
  await keyboard.press('Enter');
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('session_data_manager');
  await tabTo(form.field('Transient Object Container Path'));
  await keyboard.press('ArrowDown');
  await keyboard.press('Enter');
  await keyboard.press('Control+s');
  await expect(page.getByRole('status').getByText('Changes saved.').last()).toBeVisible();

  await tabTo(page.getByRole('link', { name: 'Test /mcsdc' }));
  await keyboard.press('Enter');
  await expect(page).toHaveURL(/\/manage\/mcsdc\/@test$/);
  await tabTo(tester.items);
  await keyboard.type('key1 This is a long string value');
  await keyboard.press('Enter');
  await keyboard.type('key2 3');
  await tabTo(tester.button('Add'));
  await keyboard.press('Enter');
  await expect.poll(() => tester.line.textContent()).toBe('Before: 0;  after: 2; # items: 2');
  expect(await memcached.keys()).toHaveLength(1);
});

test('rows and the tree are walked with arrows, selected with Space, opened with Enter', async ({ app, page, api }) => {
  await api('/api/', { body: { type: 'Folder', id: 'aaa' } });
  await app.open('/');
  const row = page.locator('tr[data-key="aaa"]');
  await row.focus();
  await page.keyboard.press('Space');
  await expect(page.getByText(/^1 of \d+ selected$/)).toBeVisible();
  await page.keyboard.press('F2');
  await expect(page.getByLabel('New id of aaa')).toBeFocused();
  await page.keyboard.type('aab');
  await page.keyboard.press('Enter');
  await expect(app.flash("Renamed 'aaa' to 'aab'.")).toBeVisible();
  await expect(page.locator('tr[data-key="aab"]'), 'the focus stays at the row').toBeFocused();
  await page.keyboard.press('Delete');
  await expect(app.dialog('Delete aab?').getByRole('button', { name: 'Keep' })).toBeFocused();
  await page.keyboard.press('Escape');
  await expect(app.dialog('Delete aab?')).toHaveCount(0);
  await expect(page.locator('tr[data-key="aab"]')).toBeFocused();
  await page.keyboard.press('ArrowDown');
  await page.keyboard.press('Enter');
  await expect(app.heading).toHaveText('acl_users');

  await app.treeItem('Root').focus();
  await page.keyboard.press('End');
  await expect(app.treeItem('temp_folder')).toBeFocused();
  await page.keyboard.press('ArrowRight');
  await page.getByRole('treeitem', { name: 'session_data', exact: true }).waitFor();
  await page.keyboard.press('ArrowRight');
  await page.keyboard.press('Enter');
  await expect(app.heading).toHaveText('session_data');
});

const COUNT_SELECTS = `
  globalThis.selected = 0;
  const { select } = HTMLInputElement.prototype;
  HTMLInputElement.prototype.select = function () {
    selected += 1;
    select.call(this);
  };`;

const FIVE_FRAMES = `(async () => {
  for (let frame = 0; frame < 5; frame += 1) await new Promise((resolve) => requestAnimationFrame(resolve));
})()`;

test('a dialog gives the focus once, so that what is typed at once stays', async ({ app, page, api }) => {
  await api('/api/', { body: { type: 'Folder', id: 'aaa' } });
  await app.open('/');
  await page.evaluate(COUNT_SELECTS);
  // The second time all parts of the dialog are there before it opens.
  for (let time = 1; time <= 2; time += 1) {
    await page.locator('tr[data-key="aaa"]').focus();
    await page.evaluate('selected = 0');
    await page.keyboard.press('F2');
    await expect(page.getByLabel('New id of aaa')).toBeFocused();
    await page.keyboard.type('aab');
    await page.evaluate(FIVE_FRAMES);
    expect(await page.evaluate('selected')).toBe(1);
    await expect(page.getByLabel('New id of aaa')).toHaveValue('aab');
    await page.keyboard.press('Escape');
    await expect(app.dialog('Rename aaa')).toHaveCount(0);
  }
});

test('the keys are listed, and those of one letter can be switched off', async ({ app, page }) => {
  await app.open('/');
  await app.heading.waitFor();
  await page.keyboard.press('?');
  await expect(page.getByRole('heading', { name: /keys|shortcuts/i })).toBeVisible();
  await page.keyboard.press('Escape');
  await app.button('admin').click();
  await page.getByText('Shortcuts of one key').click();
  await page.keyboard.press('Escape');
  await page.locator('main').click({ position: { x: 600, y: 600 } });
  await page.keyboard.press('n');
  await expect(page.getByRole('combobox', { name: 'Find a type' })).toHaveCount(0);
});

test('the first Tab leads past the header to the content', async ({ page, app }) => {
  await app.open('/');
  await app.heading.waitFor();
  await page.keyboard.press('Tab');
  await expect(page.getByRole('link', { name: 'Skip to the content' })).toBeFocused();
  await page.keyboard.press('Enter');
  await expect(page.getByRole('main')).toBeFocused();
});

test('what the search opens has the focus in its first field, and after an addition no ring stands around the page', async ({
  app,
  page,
}) => {
  await app.open('/');
  await app.heading.waitFor();
  for (const [words, field] of [
    ['session_data_manager', 'Title'],
    ['Set up sessions', 'Servers'],
    ['temp_folder', 'Filter'],
  ] as const) {
    await page.keyboard.press('Control+K');
    await page.keyboard.type(words);
    await page.getByRole('option', { name: words, selected: true }).waitFor();
    await page.keyboard.press('Enter');
    await expect(page.getByLabel(field, { exact: true })).toBeFocused();
  }
  await new Contents(page).add('Folder', 'added');
  await page.locator('main').focus();
  const ring = () =>
    page.evaluate<string>(
      "getComputedStyle(document.querySelector('app-shell').shadowRoot.querySelector('main')).outlineStyle",
    );
  expect(await ring()).toBe('none');
});
