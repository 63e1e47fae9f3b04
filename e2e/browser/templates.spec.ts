import { TemplateTab } from '../support/pages/template-tab.ts';
import { expect, test } from './fixtures.ts';
import { picture } from './screenshots.ts';

test('a template is edited beside the page that it makes, and errors stand at their line', async ({
  app,
  page,
  api,
}) => {
  await api('/api/', { body: { type: 'Page Template', id: 'page', title: 'My page' } });
  const tab = new TemplateTab(page);
  await app.open('/page');
  await expect(page.getByText('The page is empty.')).toBeVisible();
  await tab.type('<h1>{{ here.title }}</h1>\n{% if user %}\n  <p>Hello {{ user.name }}</p>\n{% endif %}');
  await expect(tab.preview).toContainText('<h1>My page</h1>');
  await expect(tab.preview).toContainText('<p>Hello admin</p>');
  expect((await api('/page')).text, 'nothing is saved yet').toBe('');

  await tab.type('<h1>{{ here.title }}</h1>\n{% iff user %}');
  await expect(page.getByText('Line 2: Tag "iff" not found.')).toHaveCount(2);
  await expect(page.locator('.cm-lint-marker-error')).toHaveCount(1);
  await picture(page, 'template-error');
  await page.keyboard.press('Control+S');
  await expect(app.alert('1 field needs attention')).toBeVisible();

  await tab.type('<h1>{{ here.title }}</h1>\n');
  await expect(page.locator('.cm-lint-marker-error')).toHaveCount(0);
  await page.keyboard.press('Control+S');
  await expect(app.flash(/^Saved changes\./)).toBeVisible();
  await page.goto('/page');
  await expect(page.getByRole('heading', { name: 'My page' })).toBeVisible();
});

test('what is typed is not lost: leaving asks, and somebody else’s change is shown first', async ({
  app,
  page,
  api,
}) => {
  await api('/api/', { body: { type: 'Page Template', id: 'page', properties: { text: 'old' } } });
  const tab = new TemplateTab(page);
  await app.open('/page');
  await expect(tab.preview).toHaveText('old');
  await tab.type('mine');
  page.once('dialog', (dialog) => void dialog.dismiss());
  await app.tab('Properties').click();
  await expect(tab.editor).toHaveText('mine');
  await api('/api/page', { method: 'PATCH', body: { properties: { text: 'theirs' } } });
  await page.keyboard.press('Control+S');
  const conflict = app.dialog(/^admin changed this/);
  await expect(conflict).toContainText('theirs');
  await conflict.getByRole('button', { name: 'Show theirs' }).click();
  await expect(tab.editor).toHaveText('theirs');
  await expect(tab.preview).toHaveText('theirs');
  await page.getByRole('button', { name: 'Put it back' }).click();
  await expect(tab.editor).toHaveText('mine');
  await app.button('Save changes').click();
  await expect(app.flash(/^Saved changes\./)).toBeVisible();
  expect((await api('/page')).text).toBe('mine');
});

test('keys that do something elsewhere are letters in the editor, and names are offered while one types', async ({
  app,
  page,
  api,
}) => {
  await api('/api/', { body: { type: 'Page Template', id: 'page' } });
  const tab = new TemplateTab(page);
  await app.open('/page');
  await tab.editor.click();
  await page.keyboard.type('n?/{{ templ');
  await page.getByRole('option', { name: 'template' }).waitFor();
  await page.keyboard.press('Enter');
  await expect(tab.editor).toHaveText(/^n\?\/\{\{ template\s*\}\}$/);
});
