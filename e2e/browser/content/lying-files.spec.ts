import { createServer } from 'node:http';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import type { ConsoleMessage, Page } from 'playwright/test';
import { avif, gif, jpeg, png, webp } from '../../support/chromium/images.ts';
import { expect, test } from '../fixtures.ts';

const RUN = `console.log('a script ran in ' + origin)`;
const SCRIPT = `<script>${RUN}</script>`;
const HTML = `<!doctype html><title>x</title>${SCRIPT}<img src=x onerror="${RUN}">`;
const SVG = `<svg xmlns="http://www.w3.org/2000/svg" onload="${RUN}">${SCRIPT}</svg>`;
const XHTML = `<?xml version="1.0"?><html xmlns="http://www.w3.org/1999/xhtml"><body>${SCRIPT}</body></html>`;
const MHTML = `MIME-Version: 1.0\r\nContent-Type: text/html\r\n\r\n${HTML}`;
const behind = (head: Buffer | string, text = HTML) => Buffer.concat([Buffer.from(head), Buffer.from(text)]);

/** Names and bytes that do not agree, or that agree on something that would run. */
const LIES: readonly (readonly [name: string, bytes: Buffer | string])[] = [
  ...['html', 'htm', 'shtml', 'HTML', 'txt', 'md', 'log', 'csv', 'css', 'json', 'pdf', 'zip', 'mp4', 'woff2'].map(
    (end) => [`page.${end}`, HTML] as const,
  ),
  ...['png', 'gif', 'jpg', 'webp', 'avif', 'ico'].map((end) => [`picture.${end}`, HTML] as const),
  ...['svg', 'svgz', 'xml', 'png', 'txt', 'html'].map((end) => [`drawing.${end}`, SVG] as const),
  ...['xhtml', 'xht', 'xml', 'xsl', 'txt'].map((end) => [`strict.${end}`, XHTML] as const),
  ...['js', 'mjs', 'txt', 'json'].map((end) => [`code.${end}`, RUN] as const),
  ['signed.png', behind(png(1, 1))],
  ['signed.gif', behind(gif(1, 1))],
  ['signed.jpg', behind(jpeg(1, 1))],
  ['signed.webp', behind(webp(1, 1))],
  ['signed.avif', behind(avif(1, 1))],
  ['signed.pdf', behind('%PDF-1.4\n')],
  ['both.gif', `GIF89a/*${HTML}*/=0;${RUN}`],
  ['mail.mht', MHTML],
  ['mail.eml', MHTML],
  ['wide.txt', behind('\ufeff')],
  ['wide.html', Buffer.from(`\ufeff${HTML}`, 'utf16le')],
  ['old.txt', `+ADw-script+AD4-${RUN}+ADw-/script+AD4-`],
  ['page', HTML],
  ['page.txt.html', HTML],
  ['page.html.txt', HTML],
  [' page.html ', HTML],
  ['flash.swf', behind('CWS')],
];

/** Leads the page to an address and gives what scripts said meanwhile. */
async function scriptsAt(page: Page, url: string): Promise<string[]> {
  const said: string[] = [];
  const listen = (message: ConsoleMessage) => {
    if (message.text().startsWith('a script ran')) said.push(message.text());
  };
  page.on('console', listen);
  const saved = page.waitForEvent('download', { timeout: 15_000 }).catch(() => undefined);
  // What is saved and not shown ends the visit with an error.
  await page.goto(url, { waitUntil: 'load' }).catch(() => saved);
  page.off('console', listen);
  return said;
}

test('the bytes would run, were they sent as what they are', async ({ browser }) => {
  const types = {
    '/html': ['text/html', HTML],
    '/svg': ['image/svg+xml', SVG],
    '/xhtml': ['application/xhtml+xml', XHTML],
  };
  const careless = createServer(({ url = '' }, response) => {
    const [type, body] = types[url as keyof typeof types] ?? ['text/plain', ''];
    response.setHeader('content-type', type as string).end(body);
  }).listen(0, '127.0.0.1');
  await once(careless, 'listening');
  const { port } = careless.address() as AddressInfo;
  await using context = await browser.newContext();
  for (const path of Object.keys(types)) {
    // A page for each, so that none is taken for what the one before said late.
    expect(await scriptsAt(await context.newPage(), `http://127.0.0.1:${port}${path}`), path).not.toEqual([]);
  }
  careless.closeAllConnections();
  careless.close();
});

test(`of ${LIES.length} files with lying names and types none runs a script, opened or used by a page`, async ({
  browser,
  server,
  api,
}) => {
  test.setTimeout(180_000);
  expect(LIES.length).toBeGreaterThanOrEqual(40);
  const headers = { 'content-type': 'application/octet-stream' };
  const addresses: string[] = [];
  for (const [at, [name, bytes]] of LIES.entries()) {
    const id = `${at} ${name.trim()}`;
    const query = new URLSearchParams({ id, name });
    expect((await api(`/api/@upload?${query.toString()}`, { raw: bytes, headers })).status, id).toBe(201);
    addresses.push(`/${encodeURIComponent(id)}`);
  }
  const uses = addresses.map(
    (address) =>
      `<script src="${address}"></script><script type="module" src="${address}"></script><img src="${address}">` +
      `<iframe src="${address}"></iframe><object data="${address}"></object><embed src="${address}">` +
      `<link rel="stylesheet" href="${address}">`,
  );
  const text = `<!doctype html>${uses.join('\n')}`;
  const page = { type: 'Page Template', id: 'user_of_files', properties: { text } };
  expect((await api('/api/', { body: page })).status).toBe(201);
  const ran: string[] = [];
  await using context = await browser.newContext();
  const visitor = await context.newPage();
  for (const address of [...addresses, '/user_of_files']) {
    const said = await scriptsAt(visitor, `${server.url}${address}`);
    if (said.length > 0) ran.push(address);
  }
  expect(ran).toEqual([]);
});
