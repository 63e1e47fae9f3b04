import { png } from '../../support/chromium/images.ts';
import { TemplateTab } from '../../support/pages/template-tab.ts';
import { expect, test } from '../fixtures.ts';
import { picture } from '../screenshots.ts';

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
  await expect(tab.preview.getByRole('heading', { name: 'My page' })).toBeVisible();
  await app.button('Source').click();
  await expect(tab.source).toContainText('<h1>My page</h1>');
  await expect(tab.source).toContainText('<p>Hello admin</p>');
  await app.button('Page').click();
  await expect(tab.preview.getByText('Hello admin')).toBeVisible();
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

test('what is no number is said at its line while one types, and a visitor’s text is text whatever it went through', async ({
  app,
  page,
  api,
}) => {
  await api('/api/', { body: { type: 'Page Template', id: 'page', properties: { values: ['price: 3,50'] } } });
  const tab = new TemplateTab(page);
  await app.open('/page');
  await tab.type('<p>Two cost</p>\n{{ here.values.price | times: 2 | money: "EUR" }}');
  await expect(page.getByText('Line 2: "3,50" is not a number. Write 3.50.')).toBeVisible();
  await tab.type('<p>Two cost {{ "3.50" | times: 2 | money: "EUR" }}</p>');
  await expect(tab.preview.getByText('Two cost €7.00')).toBeVisible();

  await tab.save(
    '{% capture said %}<p title="{{ request.query.q }}">{{ request.query.q | escape | newline_to_br }}</p>{% endcapture %}{{ said | strip }}',
  );
  await expect(app.flash(/^Saved changes\./)).toBeVisible();
  const said = '<img src=x onerror="document.title=1"> & "me"';
  await page.goto(`/page?q=${encodeURIComponent(`${said}\nthere`)}`);
  await expect(page.locator('p')).toHaveText(new RegExp(`^${RegExp.escape(said)}\\s+there$`));
  await expect(page.locator('p')).toHaveAttribute('title', `${said}\nthere`);
  await expect(page.locator('br')).toHaveCount(1);
  await expect(page.locator('img')).toHaveCount(0);
});

test('the preview is the page: its styles, its pictures found from its address, and where it was scrolled to', async ({
  app,
  page,
  api,
  faults,
}) => {
  await api('/api/', { body: { type: 'Folder', id: 'shop' } });
  await api('/api/shop/@upload?id=dot.png', {
    raw: png(8, 8),
    headers: { 'content-type': 'application/octet-stream' },
  });
  await api('/api/shop', { body: { type: 'Page Template', id: 'page' } });
  const tab = new TemplateTab(page);
  await app.open('/shop/page');
  const text = (words: string) =>
    `<style>h1 { color: rgb(1, 2, 3) } div { height: 300vh }</style><h1 style="margin: 9px">${words}</h1>
     <img src="dot.png" alt="Dot"><div></div><a href="/shop">Away</a>`;
  await tab.type(text('First'));
  const heading = tab.preview.getByRole('heading');
  await expect(heading).toHaveText('First');
  await expect(heading).toHaveCSS('color', 'rgb(1, 2, 3)');
  await expect(heading).toHaveCSS('margin-left', '9px');
  await expect(tab.preview.getByAltText('Dot')).toHaveJSProperty('naturalWidth', 8);

  const link = tab.preview.getByRole('link', { name: 'Away' });
  await link.scrollIntoViewIfNeeded();
  await tab.type(text('Second'));
  await expect(heading).toHaveText('Second');
  await expect(link).toBeInViewport();

  await link.click();
  await expect.poll(() => faults.join('\n')).toMatch(/Framing .*\/shop' violates/);
  await expect(heading).toHaveText('Second');
  // The link was meant to be refused.
  faults.length = 0;
});

test('what is typed is not lost: leaving asks, and somebody else’s change is shown first', async ({
  app,
  page,
  api,
}) => {
  await api('/api/', { body: { type: 'Page Template', id: 'page', properties: { text: 'old' } } });
  const tab = new TemplateTab(page);
  await app.open('/page');
  await expect(tab.previewBody).toHaveText('old');
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
  await expect(tab.previewBody).toHaveText('theirs');
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
  // By the mouse: a key within 75 ms of the list's appearing the editor takes for one that was meant for the text.
  await page.getByRole('option', { name: 'template' }).click();
  await expect(tab.editor).toHaveText(/^n\?\/\{\{ template\s*\}\}$/);
  await tab.type('{{ 6.4 | mon');
  await expect(page.getByRole('option', { name: 'money' })).toBeVisible();
  await tab.type('A heading: ');
  await page.keyboard.type('<h1>Roses</h1>');
  await expect(tab.editor, 'what was typed, once').toHaveText('A heading: <h1>Roses</h1>');
});

test('the name of the session is set on the manager, refused where pages have it already, and offered by the editor', async ({
  app,
  page,
  api,
}) => {
  await api('/api/', { body: { type: 'Page Template', id: 'page' } });
  await app.open('/session_data_manager');
  const name = page.getByLabel('Place session data in REQUEST object as');
  await name.fill('here');
  await expect(page.getByText("Pages have a name 'here' already")).toBeVisible();
  await app.button('Change').click();
  await expect(app.alert('1 field needs attention')).toBeVisible();
  await expect(name).toHaveValue('here');
  await picture(page, 'session-name');
  await name.fill('BASKET');
  await app.button('Change').click();
  await expect(app.flash(/^Changes saved\./)).toBeVisible();

  const tab = new TemplateTab(page);
  await app.open('/page');
  await tab.type('{% session pear = 2 %}');
  await page.keyboard.press('Control+S');
  await expect(app.flash(/^Saved changes\./)).toBeVisible();
  await page.goto('/page');
  await app.open('/page');
  // What names there are the server says, a moment after the tab is there.
  await expect(async () => {
    await tab.editor.press('ControlOrMeta+A');
    await page.keyboard.press('Delete');
    await page.keyboard.type('{{ BASK');
    await page.getByRole('option', { name: 'BASKET' }).click({ timeout: 2000 });
  }).toPass();
  await page.keyboard.type('.pear');
  await expect(tab.editor).toHaveText(/^\{\{ BASKET\.pear\s*\}\}$/);
  await page.keyboard.press('Control+S');
  await expect(app.flash(/^Saved changes\./)).toBeVisible();
  await page.goto('/page');
  await expect(page.locator('body')).toHaveText('2');
});
