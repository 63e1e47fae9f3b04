import type { Page } from 'playwright/test';
import { Form } from '../../support/pages/form.ts';
import { expect, test } from '../fixtures.ts';

const LONG = 'memcached-0.memcached.production.region-eu-west-1.svc.cluster.local:11211';
const WRONG = ['localhost;11211', '169.254.169.254:11211', '127.0.0.1:80', '0x7f.1', 'a b', '::1'];

/** Lines that cannot be read whole: typed text that goes on out of sight, and words that were cut. */
const CUT = `(() => {
  const roots = (root) => [root, ...[...root.querySelectorAll('*')].flatMap((each) => each.shadowRoot ? roots(each.shadowRoot) : [])];
  const [field] = roots(document).map((root) => root.querySelector('.frame')).filter(Boolean);
  const isCut = (each) => each.scrollWidth > each.clientWidth || each.scrollHeight > each.clientHeight + 1;
  return [...field.querySelectorAll('textarea, .ellipsis')].filter(isCut).map((each) => each.value ?? each.textContent);
})()`;

const cutLines = (page: Page) => page.evaluate<string[]>(CUT);

for (const width of [1440, 768, 390]) {
  test(`addresses and what is said of them are seen whole, each at its line, ${width} px wide`, async ({
    app,
    page,
    api,
    memcached,
  }) => {
    await page.setViewportSize({ width, height: 900 });
    await api('/api/', { body: { type: 'MemCache Proxy', id: 'mcproxy' } });
    const form = new Form(page);
    const lines = page.getByRole('list', { name: 'How each line stands' }).getByRole('listitem');
    await app.open('/mcproxy', 'properties');
    await form.field('Servers').fill([memcached.address, LONG].join('\n'));
    await expect(lines.nth(0)).toContainText('answers in');
    await expect(lines.nth(1)).toContainText('does not answer');
    expect(await cutLines(page)).toEqual([]);
    const [first, second, field] = await Promise.all([
      lines.nth(0).boundingBox(),
      lines.nth(1).boundingBox(),
      form.field('Servers').boundingBox(),
    ]);
    expect(first!.height + second!.height, 'the lines stand at the rows of what is typed').toBeLessThanOrEqual(
      field!.height + 1,
    );

    await form.field('Servers').fill([memcached.address, ...WRONG].join('\n'));
    await app.button('Save changes').click();
    await expect(app.alert('1 field needs attention:')).toBeVisible();
    await expect(lines.nth(0), 'what is right keeps its answer').toContainText('answers in');
    for (const [index, words] of [
      'is not host:port',
      'is not an allowed address (TRELLIS_MEMCACHED_ALLOW)',
      'is not an allowed address (TRELLIS_MEMCACHED_ALLOW)',
      'is neither a name nor an IPv4 address',
      'is not host:port',
      'is an IPv6 address without brackets',
    ].entries()) {
      await expect(lines.nth(index + 1)).toContainText(words);
      await expect(lines.nth(index + 1)).not.toContainText('does not answer');
    }
    expect(await cutLines(page)).toEqual([]);
    const sentences = (await page.locator('field-lines #error').innerText()).trim().split('\n');
    expect(sentences.map((sentence) => sentence.slice(0, 7))).toEqual(
      [2, 3, 4, 5, 6, 7].map((line) => `Line ${line}:`),
    );
  });
}
