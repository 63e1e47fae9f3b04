import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import type { ObjectMessage } from '../../../schema/endpoints/objects.ts';
import { until } from '../../support/figures.ts';
import { ico } from '../../support/chromium/images.ts';
import { startMemcached, type Memcached } from '../../support/memcached/memcached.ts';
import { basic, startServer } from '../../support/server.ts';
import { clientOf, cookiesOf, managerOf, sameOrigin, type Answer } from '../client.ts';
import { commandsOf, setUpSessions } from '../site.ts';

let memcached: Memcached = await startMemcached();
const server = await startServer();
after(() => server[Symbol.asyncDispose]());
after(() => memcached[Symbol.asyncDispose]());
const manager = managerOf(server);
const visitor = clientOf(server, { ...sameOrigin(server), accept: 'text/html' });
const operator = clientOf(server, { accept: 'text/html', authorization: basic() });

await setUpSessions(server, [memcached.address]);
await add('Page Template', '/', 'greeting', { text: 'Hello {{ session.name }}{% session name = "Ada" %}' });
await add('Page Template', '/', 'broken', { text: 'a\n{% render "no/such" %}' });
await add('Folder', '/', 'shop');
await add('Folder', '/shop', 'fruit');

/** What visitors have no use for, and others might have: servers, files, types, paths that were not asked for, names of code. */
const INSIDE = /memcache|127\.0\.0\.1|Manager|Container|Template|\/mcproxy|\/mcsdc|node:|server\/|TRELLIS_|permission/;

async function add(type: string, folder: string, id: string, properties = {}): Promise<void> {
  const { status, text } = await manager(`/api${folder}`, { body: { type, id, properties } });
  assert.equal(status, 201, text);
}

function withoutStyle({ text }: Answer): string {
  return text.replace(/<style>.*<\/style>/s, '');
}

/** Sends a form as a page of the site would. */
function send(path: string, raw: string | Buffer, type = 'application/x-www-form-urlencoded', headers = {}) {
  return visitor(path, { method: 'POST', raw, headers: { 'content-type': type, ...headers } });
}

test('whatever fails, a visitor is told so on a page in words of theirs, and nothing of how the site is built', async () => {
  const answers: readonly [status: number, words: RegExp, answer: Answer][] = [
    [404, /There is no such page/, await visitor('/no/such')],
    [404, /There is no such page/, await visitor('/mcproxy')],
    [400, /This cannot be understood/, await visitor('/%')],
    [401, /Sign in first/, await visitor('/greeting', { headers: { authorization: basic('eve', 'wrong') } })],
    [403, /This is not open to you/, await send('/greeting', 'a=1', undefined, { 'sec-fetch-site': 'cross-site' })],
    [405, /This cannot be done here/, await visitor('/greeting', { method: 'DELETE' })],
    [413, /This is too much/, await send('/greeting', 'a'.repeat(70_000))],
    [415, /This was not accepted/, await send('/greeting', 'a', 'text/plain')],
    [500, /This is no fault of yours/, await visitor('/broken')],
  ];
  for (const [status, words, answer] of answers) {
    const page = withoutStyle(answer);
    assert.equal(answer.status, status, page);
    assert.match(answer.headers['content-type'] ?? '', /^text\/html/);
    assert.match(page, words);
    assert.match(page, /<html lang="en">.*<main>/s);
    assert.doesNotMatch(page, INSIDE, String(status));
    assert.equal(answer.headers['cache-control'], 'no-store');
    assert.match(String(answer.headers['content-security-policy']), /script-src 'none'/);
  }
});

test('while memcached is down visitors read a sentence of theirs, the log one that says why, and operators both', async (t) => {
  const cookie = cookiesOf(await visitor('/greeting'));
  await memcached.kill();
  t.after(async () => (memcached = await startMemcached({ port: memcached.port })));
  const why = `Can't reach memcache server! 127.0.0.1:${memcached.port} refused the connection.`;
  for (let visit = 0; visit < 20; visit += 1) {
    const page = await visitor('/greeting', { headers: { cookie } });
    assert.equal(page.status, 503);
    assert.match(String(page.headers['retry-after']), /^\d+$/);
    assert.match(page.text, /<h1>Not available at the moment<\/h1>/);
    assert.match(page.text, /<a href="">Try again<\/a>/);
    assert.doesNotMatch(withoutStyle(page), INSIDE);
  }
  const program = await visitor('/greeting', { headers: { cookie, accept: 'application/json' } });
  assert.match(String(program.json()['detail']), /^Something that this needs is out of reach just now/);
  assert.doesNotMatch(program.text, INSIDE);
  const told = await operator('/greeting');
  assert.match(told.text, /Not available at the moment.*Shown to you because/s);
  assert.ok(told.text.includes(why.replace("'", '&#39;')), told.text);
  const { detail } = (await manager('/api/mcsdc/@test', { headers: { cookie } })).json();
  assert.equal(detail, why);
  const lines = server
    .log()
    .split('\n')
    .filter((line) => line.includes('A request could not be answered'));
  assert.deepEqual(
    lines.map((line) => (JSON.parse(line) as { reason: string }).reason),
    [why],
    'once for all of them',
  );
});

test('what is wrong with a template is for whoever may mend it, and what went wrong unexpectedly has a number', async () => {
  const told = await operator('/broken');
  assert.match(told.text, /&#39;\/broken&#39;, line 2: There is no page template/);
  assert.match(server.log(), /"path":"\/broken".*There is no page template/);
});

test('a standard_error_message nearest upward from the address takes the place of the page, and the status stays', async () => {
  const text =
    '<h1>{{ error.status }} {{ error.title }}</h1>{{ error.message }}|{{ here.path }}|{{ error.detail }}|{{ error.retry_after }}';
  await add('Page Template', '/', 'standard_error_message', { text });
  await add('Page Template', '/shop', 'standard_error_message', { text: `Shop: {{ request.path }} ${text}` });
  const lost = await visitor('/no/such');
  const words = 'It may have been moved or removed, or there is a slip in the address.';
  assert.deepEqual([lost.status, lost.text], [404, `<h1>404 There is no such page</h1>${words}|/||`]);
  assert.equal(lost.headers['cache-control'], 'no-store');
  const inShop = await visitor('/shop/fruit/kiwi/green');
  assert.equal(inShop.text, `Shop: /shop/fruit/kiwi/green <h1>404 There is no such page</h1>${words}|/shop/fruit||`);
  assert.equal(inShop.status, 404);
  const method = await visitor('/greeting', { method: 'DELETE' });
  assert.deepEqual([method.status, method.headers.allow], [405, 'GET, HEAD, POST']);
  assert.match(method.text, /^<h1>405 /);
  const refused = await send('/greeting', 'a=1', undefined, { 'sec-fetch-site': 'cross-site' });
  assert.match(refused.text, /^<h1>403 /);
  assert.match((await send('/greeting', 'a'.repeat(70_000))).text, /^<h1>413 /);
  assert.match((await operator('/broken')).text, /^<h1>500 .*line 2: There is no page template/);
  assert.match((await visitor('/standard_error_message')).text, /^<h1> <\/h1>/, 'by itself it is a page like others');
});

test('a standard_error_message shows the address that was asked for, as text, and its links lead to this site', async () => {
  await change('/shop/standard_error_message', '{{ request.path }}|{{ request.query.x }}|{{ here.path }}');
  const shown = async (path: string) => (await visitor(path)).text;
  assert.equal(await shown('/shop/nope/deep?x=1'), '/shop/nope/deep|1|/shop');
  assert.equal(await shown('/shop/Zu%CC%88rich%20%3Cb%3E/'), '/shop/Zürich &lt;b&gt;||/shop');
  await change('/standard_error_message', '<a href="{{ request.path }}">');
  for (const path of ['/%5Cevil.example', '/%09/evil.example', '//evil.example/%', '/%0A%09%5C%5Cevil.example']) {
    const [, href = ''] = /href="(.*)"/s.exec(await shown(path)) ?? [];
    assert.equal(new URL(href, server.url).origin, new URL(server.url).origin, `${path}: ${href}`);
  }
  assert.equal(await shown('/shop%'), '<a href="/shop%">');
});

test('programs, the API and the interface get no page of the site', async () => {
  const headers = { accept: 'application/json' };
  assert.equal((await visitor('/no/such', { headers })).headers['content-type'], 'application/problem+json');
  assert.equal((await visitor('/api/no/such')).headers['content-type'], 'application/problem+json');
  assert.match((await visitor('/manage', { method: 'DELETE' })).text, /<h1>There is no such page|<h1>This cannot/);
});

test('a standard_error_message has no session: none is read or begun, and memcached is not asked', async () => {
  const text = 'Sorry {{ error.status }} [{{ session.name }}]{% session name = "Eve" %}[{{ session.name }}]';
  await change('/standard_error_message', text);
  const cookie = cookiesOf(await visitor('/greeting'));
  const before = await commandsOf(memcached);
  for (let visit = 0; visit < 5; visit += 1) {
    const { status, text: page, headers } = await visitor('/no/such', { headers: { cookie } });
    assert.deepEqual([status, page, headers['set-cookie']], [404, 'Sorry 404 [][]', undefined]);
  }
  assert.deepEqual(await commandsOf(memcached), before);
  await memcached.kill();
  const down = await visitor('/greeting', { headers: { cookie } });
  assert.deepEqual([down.status, down.text], [503, 'Sorry 503 [][]']);
  assert.match(String(down.headers['retry-after']), /^\d+$/);
  memcached = await startMemcached({ port: memcached.port });
});

test('where a standard_error_message fails, takes too much or redirects, the built-in page is shown and the log says why', async () => {
  const faulty: readonly [text: string, reason: RegExp][] = [
    ['{% render "no/such" %}', /There is no page template '\/no\/such'/],
    ['{% for i in (1..1000000) %}{{ i }}{% endfor %}', /It takes more than a page may/],
    ['{% redirect "/" %}', /A page about a failure cannot redirect/],
  ];
  for (const [text, reason] of faulty) {
    await change('/standard_error_message', text);
    const { status, text: page } = await visitor('/no/such');
    assert.equal(status, 404);
    assert.match(page, /<h1>There is no such page<\/h1>/, text);
    await until('the log says why', async () => reason.test(server.log()));
  }
  assert.match(server.log(), /"msg":"The page of the site about failures could not be shown/);
});

test('a text without a template in it is shown as it is', async () => {
  await change('/standard_error_message', 'Come back later.');
  assert.deepEqual([(await visitor('/no/such')).status, (await visitor('/no/such')).text], [404, 'Come back later.']);
});

test('the preview of a standard_error_message shows a failure', async () => {
  const { body } = (
    await manager('/api/standard_error_message/@preview', {
      body: { text: '{{ error.status }}: {{ error.title }}, {{ request.path }} below {{ here.path }}' },
    })
  ).json<{ body: string }>();
  assert.equal(body, '404: There is no such page, /no-such-page below /');
});

test('/favicon.ico is the icon of Trellis, and the one of the site where it has one', async () => {
  const ours = await visitor('/favicon.ico');
  assert.deepEqual([ours.status, ours.headers['content-type']], [200, 'image/svg+xml']);
  assert.match(ours.text, /^<svg /);
  assert.equal(ours.headers['cache-control'], 'public, max-age=86400');
  assert.match(String(ours.headers['content-security-policy']), /sandbox/);
  const head = await visitor('/favicon.ico', { method: 'HEAD' });
  assert.deepEqual([head.status, head.headers['content-length']], [200, String(ours.text.length)]);
  assert.equal((await visitor('/shop/favicon.ico')).status, 404);
  const bytes = ico(16, 16);
  const upload = { raw: bytes, headers: { 'content-type': 'application/octet-stream' } };
  assert.equal((await manager('/api/@upload?id=favicon.ico', upload)).status, 201);
  const real = await visitor('/favicon.ico');
  assert.deepEqual(
    [real.status, real.headers['content-type'], real.headers['content-length']],
    [200, 'image/x-icon', String(bytes.length)],
  );
  assert.match(String(real.headers['content-disposition']), /^inline;/);
  const properties = { content_type: 'image/vnd.microsoft.icon' };
  const changed = await manager('/api/favicon.ico', { method: 'PATCH', body: { properties } });
  const { width, height } = changed.json<ObjectMessage>().properties;
  assert.deepEqual([changed.status, width, height], [200, 16, 16]);
  assert.equal((await visitor('/favicon.ico')).headers['content-type'], 'image/vnd.microsoft.icon');
  assert.equal((await manager('/api/favicon.ico', { method: 'DELETE' })).status, 204);
  await add('Page Template', '/', 'favicon.ico', { text: 'of the site' });
  assert.equal((await visitor('/favicon.ico')).text, 'of the site');
});

async function change(path: string, text: string): Promise<void> {
  const { status, text: answer } = await manager(`/api${path}`, { method: 'PATCH', body: { properties: { text } } });
  assert.equal(status, 200, answer);
}
