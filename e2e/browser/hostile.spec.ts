import { App } from '../support/pages/app.ts';
import { TestTab } from '../support/pages/test-tab.ts';
import { setUpSessions } from '../http/site.ts';
import { expect, test } from './fixtures.ts';

const WAS_HIT = "'hit' in window";

/** Texts that run where they are taken for markup, scripts or templates. */
const PAYLOADS = [
  '<script>window.hit=1</script>',
  '<img src=x onerror="window.hit=1">',
  '"><svg onload=window.hit=1>',
  "'-window.hit=1-'",
  '</title><script>window.hit=1</script>',
  '${window.hit=1}{{window.hit=1}}',
  'javascript:window.hit=1',
  '<a href="javascript:window.hit=1">x</a>',
  '<iframe srcdoc="<script>parent.hit=1</script>"></iframe>',
  '<style>*{display:none}</style>',
];

test('text that somebody planted is shown as text, on every screen', async ({ app, page, server, memcached, api }) => {
  await setUpSessions(server, [memcached.address]);
  const title = PAYLOADS.join(' ');
  for (const path of [
    'mcproxy',
    'mcsdc',
    'session_data_manager',
    'browser_id_manager',
    'index_html',
    'temp_folder',
    'acl_users',
  ]) {
    expect((await api(`/api/${path}`, { method: 'PATCH', body: { title } })).status, path).toBe(200);
  }
  await api('/api/acl_users/@users', {
    body: { name: '<img src=x onerror=window.hit=1>', password: 'violets under glass', roles: [] },
  });
  const screens = [
    ['/', 'contents'],
    ['/mcproxy', 'properties'],
    ['/mcproxy', 'servers'],
    ['/mcsdc', 'properties'],
    ['/session_data_manager', 'settings'],
    ['/browser_id_manager', 'settings'],
    ['/acl_users', 'users'],
    ['/mcsdc', 'test'],
  ] as const;
  for (const [path, tab] of screens) {
    await app.open(path, tab);
    await app.heading.waitFor();
    await expect(
      page
        .getByText('window.hit=1')
        .or(page.getByRole('textbox', { name: 'Title' }))
        .first(),
    ).toBeVisible();
  }
  const tester = new TestTab(page);
  await tester.add(
    PAYLOADS.map((payload, index) => `key${index}${payload.replaceAll(' ', '\u00a0')} ${payload}`).join('\n'),
  );
  await expect(tester.session.getByText(PAYLOADS[0] ?? '').first()).toBeVisible();
  await page.getByRole('combobox', { name: 'Search objects and actions' }).fill('window.hit');
  await page.getByRole('option', { name: 'mcproxy' }).first().waitFor();
  expect(await page.evaluate<boolean>(WAS_HIT)).toBe(false);
});

test('an address that somebody made up runs nothing', async ({ app, page }) => {
  for (const payload of PAYLOADS) {
    await page.goto(
      `/manage/${encodeURIComponent(payload.replaceAll('/', ''))}/@contents?filter=${encodeURIComponent(payload)}#${encodeURIComponent(payload)}`,
    );
    await expect(app.alert(/There is no object|Could not show/)).toBeVisible();
    await page.goto(`/manage/@contents?filter=${encodeURIComponent(payload)}&sort=${encodeURIComponent(payload)}`);
    await expect(page.getByRole('main').getByText(/No item matches|Could not list/)).toBeVisible();
  }
  expect(await page.evaluate<boolean>(WAS_HIT)).toBe(false);
});

test('a page that a site author wrote runs no script and cannot reach the interface', async ({ page, api, faults }) => {
  const text = `<!doctype html><h1>Author</h1><script>window.hit=1</script><img src=x onerror="window.hit=1"><iframe src="/manage"></iframe>`;
  await api('/api/', { body: { type: 'Page Template', id: 'author', properties: { text } } });
  await page.goto('/author');
  await expect(page.getByRole('heading', { name: 'Author' })).toBeVisible();
  expect(await page.evaluate<boolean>(WAS_HIT)).toBe(false);
  expect(page.frames().filter((frame) => frame.url().includes('/manage') && frame.url() !== page.url())).toEqual([]);
  // Here the policy is meant to be broken against: that is what is tried.
  expect(faults.filter((fault) => /script-src/.test(fault)).length).toBeGreaterThan(0);
  faults.length = 0;
});

test('a page of another origin changes nothing, and cannot read or frame the interface', async ({
  app,
  page,
  server,
  api,
  faults,
}) => {
  await app.heading.waitFor();
  const before = (await api('/api/@children')).text;
  await page.route('http://evil.example/', (route) =>
    route.fulfill({ contentType: 'text/html', body: '<h1>Evil</h1>' }),
  );
  await page.goto('http://evil.example/');
  const outcomes = await page.evaluate(async (url) => {
    const attempts: RequestInit[] = [
      { method: 'POST', body: '{"type":"Folder","id":"planted"}', credentials: 'include' },
      { method: 'POST', body: '{"type":"Folder","id":"planted"}', mode: 'no-cors', credentials: 'include' },
      {
        method: 'POST',
        body: new URLSearchParams({ type: 'Folder', id: 'planted' }),
        mode: 'no-cors',
        credentials: 'include',
      },
      { method: 'DELETE', credentials: 'include' },
    ];
    const settled = await Promise.allSettled(attempts.map((init) => fetch(`${url}/api/index_html`, init)));
    const read = await fetch(`${url}/api/@me`, { credentials: 'include' }).then(
      (answer) => answer.text(),
      () => 'refused',
    );
    return [read, ...settled.map((each) => (each.status === 'fulfilled' ? each.value.type : 'refused'))];
  }, server.url);
  expect(outcomes[0]).toBe('refused');
  expect(outcomes.filter((outcome) => outcome !== 'refused' && outcome !== 'opaque')).toEqual([]);
  expect((await api('/api/@children')).text).toBe(before);
  faults.length = 0;
  await page.goto(`${server.url}/manage`);
  await new App(page).heading.waitFor();
});

test('a breach of the policy, an error and a missing file fail whichever test meets them', async ({
  app,
  page,
  faults,
}) => {
  await app.heading.waitFor();
  await page.evaluate("document.body.setAttribute('style', 'color: red')");
  await page.evaluate("setTimeout(() => { throw new Error('planted') })");
  await page.evaluate("fetch('/assets/not-there.js')");
  for (const fault of [/Policy broken: style-src-attr/, /planted/, /missing: .*not-there/]) {
    await expect.poll(() => faults.join('\n')).toMatch(fault);
  }
  await expect(page.evaluate("document.body.innerHTML = '<b>text</b>'")).rejects.toThrow(/TrustedHTML/);
  await expect.poll(() => faults.join('\n')).toMatch(/require-trusted-types-for/);
  faults.length = 0;
});
