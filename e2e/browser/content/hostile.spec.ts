import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { App } from '../../support/pages/app.ts';
import { TemplateTab } from '../../support/pages/template-tab.ts';
import { TestTab } from '../../support/pages/test-tab.ts';
import { setUpSessions } from '../../http/site.ts';
import { expect, expectError, test } from '../fixtures.ts';

const WAS_HIT = "'hit' in window";
/** The same of a page and all frames in it that it could reach. */
const WAS_ANY_HIT = `(function wasHit(page) {
  try {
    return 'hit' in page || Array.from(page, wasHit).includes(true);
  } catch {
    return false;
  }
})(window)`;

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
  expectError(page, /^Could not list '\/': sort=/);
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

test('the preview of a page runs, sends, opens, moves and fetches nothing that the page would', async ({
  app,
  page,
  browser,
  context,
  api,
  faults,
}) => {
  await using elsewhere = await listenElsewhere();
  await api('/api/', { body: { type: 'Page Template', id: 'author' } });
  const sent: string[] = [];
  page.on('request', (request) => {
    if (request.method() === 'POST' && request.url().endsWith('/sent')) sent.push(request.url());
  });
  const text = hostilePage(elsewhere.origin);

  // The fault: where no policy is, all of it happens.
  const plain = await (await browser.newContext()).newPage();
  elsewhere.page = text;
  await plain.goto(`${elsewhere.origin}/plain`, { waitUntil: 'commit' });
  for (const visit of ['/a.css', '/ran', '/']) await expect.poll(() => elsewhere.visits).toContain(visit);
  await plain.context().close();
  elsewhere.visits.length = 0;

  const tab = new TemplateTab(page);
  await app.open('/author');
  const address = page.url();
  await tab.type(text);
  const { preview } = tab;
  await expect(preview.getByRole('heading', { name: 'Hostile' })).toBeVisible();
  const [pages, focused] = [context.pages().length, await page.evaluate<string>(FOCUSED)];
  for (const name of ['top', 'blank', 'script', 'elsewhere', 'named']) {
    await preview.getByRole('link', { name, exact: true }).click({ timeout: 20_000 });
    await expect(preview.getByRole('heading', { name: 'Hostile' })).toBeVisible();
  }
  for (const name of ['send', 'send to top', 'run']) {
    await preview.getByRole('button', { name, exact: true }).click();
    await expect(preview.getByRole('heading', { name: 'Hostile' })).toBeVisible();
  }
  expect(await page.evaluate<boolean>(WAS_ANY_HIT)).toBe(false);
  expect(focused, 'the page takes no focus from the editor').toMatch(/cm-content/);
  expect(page.url()).toBe(address);
  expect(context.pages()).toHaveLength(pages);
  expect(sent).toEqual([]);
  expect(elsewhere.visits).toEqual([]);
  // Here the policy is meant to be broken against: that is what is tried.
  for (const refused of [/script/, /form/i, /img-src/, /style-src/, /Framing/]) {
    expect(
      faults.some((fault) => refused.test(fault)),
      String(refused),
    ).toBe(true);
  }
  faults.length = 0;
});

/** Everything by which a page reaches out of itself. */
function hostilePage(elsewhere: string): string {
  const hit = 'window.hit=1;parent.hit=1;top.hit=1';
  return `<!doctype html>
    <base href="${elsewhere}/">
    <meta http-equiv="refresh" content="0;url=${elsewhere}/">
    <link rel="stylesheet" href="${elsewhere}/a.css"><link rel="preload" as="image" href="${elsewhere}/b.png">
    <link rel="prefetch" href="${elsewhere}/c"><link rel="icon" href="${elsewhere}/d.png">
    <style>@import "${elsewhere}/e.css"; @font-face { font-family: f; src: url(${elsewhere}/f.woff2) } h1 { font-family: f; background: url(${elsewhere}/g.png) }</style>
    <script>${hit};navigator.sendBeacon('${elsewhere}/ran')</script><script src="/assets/trellis.js"></script><script src="${elsewhere}/h.js"></script>
    <h1>Hostile</h1>
    <img name="URL" src="${elsewhere}/i.png" onerror="${hit}"><svg onload="${hit}"></svg><img name="contentWindow" src="j.png">
    <video src="${elsewhere}/k.mp4"></video><object data="${elsewhere}/l"></object><embed src="${elsewhere}/m">
    <iframe src="${elsewhere}/n"></iframe><iframe src="/manage"></iframe><iframe srcdoc="<script>${hit}</script>"></iframe>
    <iframe src="javascript:${hit}"></iframe><details open ontoggle="${hit}"></details><input autofocus onfocus="${hit}">
    <a href="${elsewhere}/o" target="_top">top</a> <a href="${elsewhere}/p" target="_blank">blank</a>
    <a href="javascript:${hit}">script</a> <a href="${elsewhere}/q" ping="${elsewhere}/r">elsewhere</a>
    <a href="${elsewhere}/s" target="author">named</a>
    <form method="post" action="/sent"><button>send</button><button formtarget="_top">send to top</button></form>
    <button onclick="${hit}">run</button>`;
}

/** Another site: notes who comes, and has one page. */
async function listenElsewhere() {
  const visits: string[] = [];
  const elsewhere = { origin: '', page: '', visits, [Symbol.asyncDispose]: close };
  const server = createServer(({ url = '' }, response) => {
    if (url !== '/plain') visits.push(url);
    response.setHeader('content-type', 'text/html').end(url === '/plain' ? elsewhere.page : '');
  });
  await once(server.listen(0, '127.0.0.1'), 'listening');
  elsewhere.origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return elsewhere;

  async function close() {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  }
}

const FOCUSED = `(() => {
  let each = document.activeElement;
  while (each?.shadowRoot?.activeElement) each = each.shadowRoot.activeElement;
  return each.className;
})()`;

test('a page of another origin changes nothing, and cannot read or frame the interface', async ({
  app,
  page,
  server,
  api,
  faults,
}) => {
  await app.open('/');
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
  await app.open('/');
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

test('an error that a screen shows fails whichever test does not expect it, though it be gone again', async ({
  app,
  page,
  errors,
}) => {
  await app.open('/no/such/object');
  await expect(page.getByRole('heading', { level: 1 })).toContainText('There is no object');
  await app.open('/');
  await app.heading.waitFor();
  await page.goto('/no/such/page');
  expect(await errors.unexpected()).toEqual([
    expect.stringMatching(/^There is no object '\/no\/such\/object'\./),
    '404 /no/such/page',
  ]);
  errors.expect(/no\/such/);
});
