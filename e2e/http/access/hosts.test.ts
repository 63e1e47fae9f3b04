import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createConnection } from 'node:net';
import { hostname } from 'node:os';
import { after, test } from 'node:test';
import type { Me } from '../../../schema/endpoints/sign-in.ts';
import { until } from '../../support/figures.ts';
import { freePort } from '../../support/memcached/memcached.ts';
import { ServerHost, type HostedServer } from '../../support/server-host.ts';
import { ADMIN_PASSWORD, startServer } from '../../support/server.ts';
import { clientOf, cookiesOf, type Answer } from '../client.ts';

const server = await startServer();
/** Opens what tests need besides, one server after another. */
const others = new ServerHost();
after(async () => {
  await server[Symbol.asyncDispose]();
  await others[Symbol.asyncDispose]();
});

const LOGIN = { name: 'admin', password: ADMIN_PASSWORD };
const INTRANET = 'http://intranet.example:8080';
const SHOP = 'https://shop.example.org';

/** Signs in as a page does that a browser got from this origin, over whatever Host the proxy passes on. */
function signIn(at: HostedServer, host: string, origin: string): Promise<Answer> {
  return clientOf(at, { host, origin, 'sec-fetch-site': 'same-origin' })('/api/@login', { body: LOGIN });
}

async function userOf(at: HostedServer, host: string, cookie: string): Promise<string | null> {
  return (await clientOf(at, { host, cookie })('/api/@me')).json<Me>().user;
}

/** What comes back for bytes that no HTTP client would send. */
async function exchange(text: string): Promise<string> {
  const socket = createConnection({ port: server.port, host: '127.0.0.1' });
  let said = '';
  socket.on('data', (chunk: Buffer) => (said += chunk.toString()));
  socket.write(text.replaceAll('\n', '\r\n'));
  await once(socket, 'close');
  return said;
}

test('a page of another site whose name leads here cannot sign in, nor read anything', async () => {
  const answer = await signIn(server, 'evil.example', 'http://evil.example');
  assert.equal(answer.status, 421);
  assert.equal(answer.headers['set-cookie'], undefined);
  assert.equal(answer.json()['type'], 'urn:trellis:problem:misdirected');
  for (const path of [
    '/',
    '/manage',
    '/api/',
    '/api/@me',
    '/assets/trellis.js',
    '/nothing',
    '/livezz',
    '/@cookie-check',
  ]) {
    for (const method of ['GET', 'HEAD', 'POST', 'OPTIONS', 'TRACE']) {
      const { status, headers } = await clientOf(server, { host: 'evil.example:8080' })(path, { method });
      assert.deepEqual([status, headers['set-cookie']], [421, undefined], `${method} ${path}`);
    }
  }
});

test('the page that refuses a host names it, and the setting that would make it ours', async () => {
  const client = clientOf(server, { host: 'Shop.Example:8080', accept: 'text/html' });
  for (const path of ['/', '/manage', '/manage/mcproxy/@servers']) {
    const { status, text, headers } = await client(path);
    assert.equal(status, 421);
    assert.match(headers['content-type'] ?? '', /^text\/html/);
    assert.match(String(headers['content-security-policy']), /script-src 'none'/);
    assert.equal(headers['cache-control'], 'no-store');
    assert.match(
      text,
      /does not answer as &#39;shop\.example:8080&#39;.*set TRELLIS_ORIGIN=http:\/\/shop\.example:8080/,
    );
    assert.doesNotMatch(text, /href=/, 'nothing there leads anywhere at that host');
  }
});

test('the log says that another host was asked, once however many there were', async () => {
  const lines = () =>
    server
      .log()
      .split('\n')
      .filter((line) => line.includes('TRELLIS_ORIGIN='));
  for (let n = 0; n < 20; n += 1) await clientOf(server, { host: `h${n}.evil.example` })('/');
  await until('the log to say it', async () => lines().length > 0);
  assert.equal(lines().length, 1);
});

test('whoever watches is answered under any host', async () => {
  for (const path of ['/livez', '/healthz', '/readyz']) {
    for (const host of ['evil.example', '%%%'])
      assert.equal((await clientOf(server, { host })(path)).status, 200, path);
  }
  assert.equal((await clientOf(server, { host: 'evil.example' })('/metrics')).status, 404, 'there is no such page yet');
});

test('addresses, this machine’s own names and loopback are ours without being told', async () => {
  const [first = ''] = hostname().split('.');
  for (const host of [
    '127.0.0.1',
    '127.0.0.1:80',
    '192.0.2.7',
    '[2001:db8::1]:80',
    'localhost',
    'a.localhost',
    first,
    `${first.toUpperCase()}.local:9`,
  ]) {
    const answer = await signIn(server, host, `http://${host}`);
    assert.equal(answer.status, 200, `${host}: ${answer.text}`);
    assert.equal(await userOf(server, host, cookiesOf(answer)), 'admin', host);
  }
});

test('two Host headers, and a target that names another host, get nobody in', async () => {
  const body = JSON.stringify(LOGIN);
  const request = (target: string, ...hosts: readonly string[]) =>
    `POST ${target} HTTP/1.1\n${hosts.map((host) => `Host: ${host}\n`).join('')}Content-Type: application/json\nContent-Length: ${body.length}\nConnection: close\n\n${body}`;
  const statusOf = async (text: string) => Number((await exchange(text)).split(' ')[1]);
  const { host } = new URL(server.url);
  assert.equal(await statusOf(request('/api/@login', host)), 200);
  assert.equal(await statusOf(request('/api/@login', host, 'evil.example')), 400);
  assert.equal(await statusOf(request('/api/@login', 'evil.example', host)), 400);
  assert.equal(await statusOf(request('/api/@login')), 400, 'none');
  assert.equal(await statusOf(request('/api/@login', '')), 400, 'an empty one');
  assert.equal(await statusOf(request('http://evil.example/api/@login', host)), 421);
  assert.equal(await statusOf(request(`http://user@${host}/api/@login`, host)), 400);
  assert.equal(
    await statusOf(request(`${server.url}/api/@login`, 'evil.example')),
    200,
    'the target stands for the header',
  );
  assert.equal(await statusOf(request('//evil.example/api/@login', host)), 403, 'a path like any other');
});

test('what a trusted proxy says of the host is judged alike', async () => {
  await using proxied = await others.open({ TRELLIS_TRUST_PROXY: 'loopback' });
  const status = async (host: string) =>
    (await clientOf(proxied, { 'x-forwarded-host': host, 'x-forwarded-proto': 'https' })('/api/@me')).status;
  assert.deepEqual(await Promise.all(['evil.example', '192.0.2.7', 'localhost'].map(status)), [421, 200, 200]);
});

test('behind a proxy that passes its own Host on, an http origin gets plain cookies, signs in and stays signed in', async () => {
  await using intranet = await others.open({ TRELLIS_ORIGIN: INTRANET });
  const { host } = new URL(intranet.url);
  const answer = await signIn(intranet, host, INTRANET);
  assert.equal(answer.status, 200, answer.text);
  const [line = ''] = answer.headers['set-cookie'] ?? [];
  assert.match(line, /^trellis_\w+=/);
  assert.doesNotMatch(line, /Secure/i);
  assert.equal(answer.headers['strict-transport-security'], undefined);
  assert.equal(await userOf(intranet, host, cookiesOf(answer)), 'admin');
  assert.equal((await signIn(intranet, host, 'http://intranet.example')).status, 403, 'another port is another site');
});

test('of several origins the one that was asked decides, and all others stay out', async () => {
  await using both = await startServer({
    port: await freePort(),
    environment: { TRELLIS_ORIGIN: `${SHOP},${INTRANET}` },
  });
  assert.match(both.greeting, /https:\/\/shop\.example\.org\/manage/, 'the first is the canonical one');
  const { host } = new URL(both.url);
  for (const [asked, origin, isSecure] of [
    ['shop.example.org', SHOP, true],
    ['intranet.example:8080', INTRANET, false],
    ['intranet.example', INTRANET, false],
    [host, SHOP, true],
    [host, both.url, true],
  ] as const) {
    const answer = await signIn(both, asked, origin);
    assert.equal(answer.status, 200, `${asked} ${origin}: ${answer.text}`);
    assert.equal(/; Secure/.test(String(answer.headers['set-cookie'])), isSecure, asked);
    assert.equal(answer.headers['strict-transport-security'] !== undefined, isSecure, asked);
    assert.equal(await userOf(both, asked, cookiesOf(answer)), 'admin');
  }
  assert.equal((await signIn(both, 'other.example.org', 'https://other.example.org')).status, 421);
  assert.equal((await signIn(both, 'shop.example.org', 'http://shop.example.org')).status, 403);
});
