import { readFileSync } from 'node:fs';
import type { Browser, Page } from 'playwright/test';
import { managerOf } from '../../http/client.ts';
import { setUpSessions } from '../../http/site.ts';
import { App } from '../../support/pages/app.ts';
import { Contents } from '../../support/pages/contents.ts';
import { Form } from '../../support/pages/form.ts';
import { TemplateTab } from '../../support/pages/template-tab.ts';
import { startServer } from '../../support/server.ts';
import { expect, test } from '../fixtures.ts';
import { picture } from '../screenshots.ts';

/** The text of a template as the example has it. */
function textOf(name: string): string {
  return readFileSync(new URL(`../../../examples/shop/${name}.liquid`, import.meta.url), 'utf8');
}

/** Adds a template in the folder that is shown, and types its text. */
async function addTemplate(page: Page, id: string, title: string, text: string): Promise<void> {
  const [app, contents, tab] = [new App(page), new Contents(page), new TemplateTab(page)];
  await app.open('/shop', 'contents');
  const dialog = await contents.startAdding('Page Template');
  await dialog.getByLabel('Id').fill(id);
  await dialog.getByLabel('Title').fill(title);
  await dialog.getByRole('button', { name: 'Add', exact: true }).click();
  await tab.save(text);
  await expect(app.flash(/^Saved changes\./)).toBeVisible();
}

/** Somebody with a browser of their own puts a fruit into the cart, so many times. */
async function buy(browser: Browser, url: string, fruit: string, times: number): Promise<Page> {
  const page = await (await browser.newContext({ baseURL: url })).newPage();
  for (let piece = 0; piece < times; piece += 1) {
    await page.goto('/shop');
    await page.getByRole('link', { name: fruit }).click();
    await page.getByRole('button', { name: 'Put into the cart' }).click();
    await expect(page.getByRole('heading', { name: 'Cart' })).toBeVisible();
  }
  return page;
}

test('a shop is built in the browser; two visitors’ carts are kept in memcached and survive a SIGKILL of the server', async ({
  app,
  page,
  browser,
  server,
  memcached,
}) => {
  test.setTimeout(180_000);
  await setUpSessions(server, [memcached.address]);
  const [contents, form] = [new Contents(page), new Form(page)];

  await test.step('the folder, its templates and two products', async () => {
    await app.open('/', 'contents');
    await contents.add('Folder', 'shop');
    await app.tab('Properties').click();
    await form.save('Title', 'Orchard');
    await addTemplate(page, 'frame', 'Frame', textOf('frame'));
    await addTemplate(page, 'product', 'Product', textOf('product'));
    await addTemplate(page, 'index_html', 'Orchard', textOf('index_html'));
    await addTemplate(page, 'cart', 'Cart', textOf('cart'));
    for (const [id, title, price] of [
      ['apple', 'Apple', '1.10'],
      ['pear', 'Pear', '4'],
    ] as const) {
      await addTemplate(page, id, title, textOf('fruit'));
      await app.tab('Properties').click();
      await form.save('Values', `price: ${price}\nabout: Ripe.`);
      await expect(app.button('Save changes')).toHaveCount(0);
      await expect(app.flash(/^Saved changes\./)).toBeVisible();
    }
    await app.open('/shop/index_html');
    await expect(new TemplateTab(page).previewBody).toContainText('Pear €4.00');
    await picture(page, 'template');
  });

  await test.step('nobody has a session by looking', async () => {
    await page.goto('/shop');
    await expect(page.getByRole('listitem')).toHaveText(['Apple €1.10', 'Pear €4.00']);
    await picture(page, 'shop');
    expect(await memcached.keys()).toHaveLength(0);
  });

  const [one, other] = await test.step('two visitors buy at once', () =>
    Promise.all([buy(browser, server.url, 'Apple', 3), buy(browser, server.url, 'Pear', 1)]));
  const hasCart = async (visitor: Page, fruit: string, pieces: string, price: string) => {
    await expect(visitor.getByRole('rowheader')).toHaveText([fruit]);
    await expect(visitor.getByRole('row').nth(1).getByRole('cell')).toHaveText([pieces, price, 'Remove']);
  };
  await hasCart(one, 'Apple', '3', '€3.30');
  await hasCart(other, 'Pear', '1', '€4.00');
  await picture(one, 'shop-cart');
  expect(await memcached.keys()).toHaveLength(2);

  await server.kill();
  await using again = await startServer({ data: server.data, port: server.port });
  expect(again.url).toBe(server.url);
  await Promise.all([one.reload(), other.reload()]);
  await hasCart(one, 'Apple', '3', '€3.30');
  await hasCart(other, 'Pear', '1', '€4.00');

  await test.step('what is no number of pieces is said, keeps what was typed, and changes nothing', async () => {
    for (const typed of ['3,50', 'two', '0', '1.5', '100', '-1', '"><b>', '']) {
      await other.goto('/shop/pear');
      await other.getByLabel('Pieces').fill(typed);
      await other.getByRole('button', { name: 'Put into the cart' }).click();
      await expect(other.getByRole('alert')).toHaveText(
        `“${typed}” is no number of pieces. Write a whole number from 1 to 99.`,
      );
      await expect(other.getByLabel('Pieces')).toHaveValue(typed === '' ? '1' : typed);
    }
    await other.getByLabel('Pieces').fill('2');
    await other.getByRole('button', { name: 'Put into the cart' }).click();
    await hasCart(other, 'Pear', '3', '€12.00');
    await expect(other.getByText('Total: €12.00')).toBeVisible();
  });

  await test.step('in a German shop amounts are written as in German; a product that is gone can be taken out', async () => {
    await app.open('/shop', 'properties');
    await form.save('Language', 'de');
    await expect(app.flash(/^Saved changes\./)).toBeVisible();
    await other.goto('/shop/cart');
    await expect(other.getByText('Total: 12,00 €')).toBeVisible();
    await expect(other.locator('html')).toHaveAttribute('lang', 'de');
    expect((await managerOf(again)('/api/shop/pear', { method: 'DELETE' })).status).toBe(204);
    await other.reload();
    await hasCart(other, '/shop/pear', '3', 'No longer sold');
    await expect(other.getByText('Total: 0,00 €')).toBeVisible();
  });

  await test.step('one buys, the other takes out', async () => {
    await one.getByRole('button', { name: 'Buy' }).click();
    await expect(one.getByText('Thank you. Pieces on their way: 3.')).toBeVisible();
    await other.getByRole('button', { name: 'Remove /shop/pear' }).click();
    await expect(other.getByText('The cart is empty.')).toBeVisible();
  });
  await Promise.all([one.context().close(), other.context().close()]);
});
