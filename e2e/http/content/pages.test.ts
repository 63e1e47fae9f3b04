import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { startMemcached } from '../../support/memcached/memcached.ts';
import { startServer } from '../../support/server.ts';
import { clientOf, cookiesOf, managerOf, sameOrigin, type Answer } from '../client.ts';
import { commandsOf, setUpSessions } from '../site.ts';

const memcached = await startMemcached();
const server = await startServer();
after(() => server[Symbol.asyncDispose]());
after(() => memcached[Symbol.asyncDispose]());
const manager = managerOf(server);
const visitor = clientOf(server, sameOrigin(server));

const FORM = 'application/x-www-form-urlencoded';

await setUpSessions(server, [memcached.address]);
await plant('guestbook', '{% session name = request.form.name %}{% redirect "/greeting" %}');
await plant('greeting', 'Hello {{ session.name }}');
await plant('named', 'Hello {{ SESSION.name }}');
await plant('asking', '{% if SESSION %}there{% endif %}{{ other.name }}');
await plant('echo', '{{ request.method }} {{ request.form.a }} {{ request.query.a }}');

async function plant(id: string, text: string): Promise<void> {
  const { status, text: answer } = await manager('/api/', {
    body: { type: 'Page Template', id, properties: { text } },
  });
  assert.equal(status, 201, answer);
}

function send(path: string, raw: string | Buffer, headers: Record<string, string | undefined> = {}): Promise<Answer> {
  return visitor(path, { method: 'POST', raw, headers: { 'content-type': FORM, ...headers } });
}

test('a form in a page reaches its template, and the session it changes is the visitor’s', async () => {
  const sent = await send('/guestbook', 'name=Ada+%26+co');
  assert.deepEqual([sent.status, sent.headers.location, sent.text], [303, '/greeting', '']);
  assert.equal(sent.headers['cache-control'], 'no-store');
  const cookie = cookiesOf(sent);
  const greeting = await visitor('/greeting', { headers: { cookie } });
  assert.equal(greeting.text, 'Hello Ada &amp; co');
  assert.equal(greeting.headers['cache-control'], 'no-store');
  assert.equal((await visitor('/greeting')).text, 'Hello ');
});

test('a form of another site is refused, and changes nothing', async () => {
  const cross = { origin: 'https://evil.example', 'sec-fetch-site': 'cross-site' };
  for (const headers of [cross, { ...cross, 'sec-fetch-site': undefined }, { ...cross, origin: undefined }]) {
    const answer = await send('/guestbook', 'name=Eve', headers);
    assert.deepEqual([answer.status, answer.headers['set-cookie']], [403, undefined]);
  }
  const bare = await send('/guestbook', 'name=Eve', { origin: undefined, 'sec-fetch-site': undefined });
  assert.equal(bare.status, 403);
});

test('a form that is too large, has too many fields, or is none, is refused', async () => {
  const most = `a=${'x'.repeat(64 * 1024 - 2)}`;
  assert.equal((await send('/echo', most)).status, 200);
  assert.equal((await send('/echo', `${most}x`)).status, 413);
  const fields = (count: number) => Array.from({ length: count }, (_, index) => `f${index}=1`).join('&');
  assert.equal((await send('/echo', fields(100))).status, 200);
  assert.equal((await send('/echo', fields(101))).status, 413);
  for (const type of ['application/json', 'text/plain', 'multipart/form-data; boundary=x']) {
    assert.equal((await send('/echo', 'a=1', { 'content-type': type })).status, 415, type);
  }
  assert.equal((await send('/echo', Buffer.from([0x61, 0x3d, 0xff]))).status, 400);
});

test('names and values of a form are text, whatever they say', async () => {
  assert.equal((await send('/echo?a=2', 'a=1&a=3')).text, 'POST 1 2');
  for (const raw of ['__proto__=1', 'constructor=1', '=', '&&&', 'a', '%', '%ff=%fe', 'a[b]=1']) {
    assert.equal((await send('/echo', raw)).status, 200, raw);
  }
  assert.equal((await send('/echo', 'a=%3Cscript%3E')).text, 'POST &lt;script&gt; ');
});

test('what is no page template takes no form', async () => {
  await manager('/api/', { body: { type: 'Folder', id: 'bare' } });
  assert.equal((await send('/bare', 'a=1')).status, 404);
  assert.equal((await send('/mcproxy', 'a=1')).status, 404);
  const { headers, status } = await visitor('/echo', { method: 'DELETE' });
  assert.deepEqual([status, headers.allow], [405, 'GET, HEAD, POST']);
});

test('a page that touches no session makes no call to memcached, and one that does makes those it needs', async () => {
  const cookie = cookiesOf(await send('/guestbook', 'name=Ada'));
  const kept = await commandsOf(memcached);
  for (let visit = 0; visit < 10; visit += 1) {
    assert.equal((await visitor('/echo?a=1', { headers: { cookie } })).text, 'GET  1');
    assert.equal((await visitor('/asking', { headers: { cookie } })).text, 'there', 'its name alone is no session');
  }
  assert.deepEqual(await commandsOf(memcached), kept);
  for (const page of ['/greeting', '/named']) {
    const before = await commandsOf(memcached);
    assert.equal((await visitor(page, { headers: { cookie } })).text, 'Hello Ada');
    assert.notDeepEqual(await commandsOf(memcached), before, page);
  }
});

test('while memcached is down, a page that needs the session is 503 and every other goes on', async () => {
  const cookie = cookiesOf(await send('/guestbook', 'name=Ada'));
  await memcached.kill();
  const { status, headers } = await visitor('/greeting', { headers: { cookie } });
  assert.equal(status, 503);
  assert.ok(Number(headers['retry-after']) >= 1);
  assert.equal((await visitor('/echo?a=1')).text, 'GET  1');
});
