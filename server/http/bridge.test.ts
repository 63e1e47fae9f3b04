import assert from 'node:assert/strict';
import { tmpdir } from 'node:os';
import { BlockList } from 'node:net';
import { mock, test } from 'node:test';
import { openLog } from '../base/log.ts';
import { typeNamed } from '../objects/testing.ts';
import type { Call } from '../publisher/call.ts';
import { html } from '../publisher/request.ts';
import { openTestPublisher } from '../publisher/testing.ts';
import { method } from '../publisher/views.ts';
import { Assets } from './assets.ts';
import { koaApplication } from './bridge.ts';
import { ClientAddresses } from './client-address.ts';
import { OwnHosts } from './own-hosts.ts';
import { ask, HOST, type TestRequest } from './testing.ts';

const FILES = {
  '/index.html': '<!doctype html>The interface',
  '/assets/main-12.js': 'a',
  '/assets/trellis.js': 'b',
  '/assets/favicon-1.svg': '<svg/>',
};

/** What comes from nobody's browser has to bring credentials. */
const ANN = { authorization: 'ann' };
const JSON_TYPE = { 'content-type': 'application/json' };

/** What a view was asked, as far as the bridge has a part in it. */
async function echo({ object, request, tail }: Call) {
  const { method: http, query, cookies, body, form, upload } = request;
  const size = (await upload?.receive())?.size;
  return { path: object.path, http, query: [...query], cookies: [...cookies], body, form: [...form], size, tail };
}

/** The application before a tree with a page, and views that say what they were asked. */
async function openSite(problem?: () => string | undefined) {
  const act = (http: 'GET' | 'POST', run: (call: Call) => unknown, takesBytes = false) =>
    method({ http, permission: 'View', summary: 'Says.', takesBytes, run });
  const broken = act('GET', () => assert.fail('The moon is full.'));
  const { tree, publisher } = await openTestPublisher(
    [typeNamed('Page', { publish: { view: [act('GET', () => html('A page')), act('POST', echo)] } })],
    [
      { name: 'echo', on: 'any', methods: [act('GET', echo), act('POST', echo)] },
      { name: 'bytes', on: 'any', methods: [act('POST', echo, true)] },
      { name: 'broken', on: 'any', methods: [broken] },
      {
        name: '',
        on: 'any',
        methods: [method({ http: 'GET', permission: 'View management screens', summary: 'Shows.', run: echo })],
      },
    ],
  );
  await tree.change(async (connection) => connection.add(await connection.root(), { type: 'Page', id: 'page' }));
  const log = openLog('silent');
  const hosts = new OwnHosts({ origins: [], listensAt: '127.0.0.1', machine: () => 'web1' });
  const app = koaApplication({
    publisher,
    assets: new Assets(new Map(Object.entries(FILES).map(([path, text]) => [path, Buffer.from(text)]))),
    addresses: new ClientAddresses({ trusted: new BlockList(), origins: [], hosts }),
    log,
    uploadFolder: tmpdir(),
    readyChecks: { storage: () => problem?.() },
  });
  const listener = app.callback();
  const visit = (path: string, asking?: TestRequest) => ask(listener, path, asking);
  return {
    tree,
    log,
    visit,
    status: async (path: string, asking?: TestRequest) => (await visit(path, asking)).status,
    /** What the view was asked. */
    asked: async (path: string, asking?: TestRequest) =>
      JSON.parse((await visit(path, asking)).text) as Awaited<ReturnType<typeof echo>>,
  };
}

test('the first name of an address decides: the interface, its files, the API, or published content', async () => {
  const { visit } = await openSite();
  for (const path of ['/manage', '/manage/page/@@edit']) {
    const { text, headers } = await visit(path);
    assert.equal(text, '<!doctype html>The interface');
    assert.match(String(headers['content-security-policy']), /require-trusted-types-for/);
  }
  assert.equal((await visit('/assets/main-12.js')).headers['cache-control'], 'public, max-age=31536000, immutable');
  assert.equal((await visit('/assets/trellis.js')).headers['cache-control'], 'no-cache');
  assert.match(
    String((await visit('/assets/page-frame')).headers['content-security-policy']),
    /frame-ancestors 'self'/,
  );
  assert.equal((await visit('/page')).text, 'A page');
  assert.equal((await visit('/api/page/@echo')).status, 200);
  for (const path of ['/assets/gone.js', '/assets/../index.html', '/apis', '/managers', '/metrics']) {
    assert.equal((await visit(path)).status, 404, path);
  }
});

test('a file of the interface goes out zipped to whoever takes that', async () => {
  const { visit } = await openSite();
  const zipped = await visit('/assets/main-12.js', { headers: { 'accept-encoding': 'br, gzip' } });
  assert.deepEqual([zipped.headers['content-encoding'], zipped.headers['vary']], ['gzip', 'accept-encoding']);
  assert.equal((await visit('/assets/main-12.js')).text, 'a');
});

test('a request is handed on as it came: query, cookies (the first of a name), body, form, bytes', async () => {
  const { asked } = await openSite();
  const headers = { cookie: 'a=1; b="2=3" ; a=4;c;  d=', ...ANN };
  const { path, query, cookies } = await asked('/api/page/@echo?x=%C3%A4&x=2&y', { headers });
  assert.deepEqual(
    [path, query],
    [
      '/page',
      [
        ['x', 'ä'],
        ['x', '2'],
        ['y', ''],
      ],
    ],
  );
  assert.deepEqual(cookies, [
    ['a', '1'],
    ['b', '"2=3"'],
    ['d', ''],
  ]);
  const post = (to: string, body: string, type: string) =>
    asked(to, { method: 'POST', body, headers: { 'content-type': type, ...ANN } });
  assert.deepEqual((await post('/api/page/@echo', '{"a":[1]}', 'application/json')).body, { a: [1] });
  assert.deepEqual((await post('/page', 'a=1&b=2', 'application/x-www-form-urlencoded')).form, [
    ['a', '1'],
    ['b', '2'],
  ]);
  assert.equal((await post('/api/page/@bytes', 'bytes', 'application/octet-stream')).size, 5);
});

test('a body of another type than an address takes is refused, and one that comes with GET is not looked at', async () => {
  const { status } = await openSite();
  const post = (path: string, type: string) =>
    status(path, { method: 'POST', body: '{}', headers: { 'content-type': type, ...ANN } });
  assert.equal(await post('/api/page/@echo', 'text/plain'), 415);
  assert.equal(await post('/api/page/@echo', 'application/octet-stream'), 415);
  assert.equal(await post('/api/page/@bytes', 'application/json'), 415);
  assert.equal(await post('/page', 'application/json'), 415);
  assert.equal(
    await status('/api/page/@echo', { body: 'no JSON', headers: { ...JSON_TYPE, 'content-length': '7' } }),
    200,
  );
});

test('the head of everything is that of what GET answers', async () => {
  const { visit } = await openSite();
  for (const path of ['/page', '/api/page/@echo', '/manage', '/assets/main-12.js', '/livez', '/gone']) {
    const [got, head] = [await visit(path), await visit(path, { method: 'HEAD' })];
    assert.deepEqual(
      [head.status, head.text, head.headers['content-type']],
      [got.status, '', got.headers['content-type']],
      path,
    );
  }
});

test('a method that HTTP knows and nothing here has is refused with those that there are', async () => {
  const { visit } = await openSite();
  const allowed = async (path: string, wanted: string) => {
    const { status, headers } = await visit(path, { method: wanted, headers: ANN });
    return [status, headers['allow']];
  };
  assert.deepEqual(await allowed('/page', 'PUT'), [405, 'GET, HEAD, POST, PATCH, DELETE, OPTIONS']);
  assert.deepEqual(await allowed('/livez', 'POST'), [405, 'GET, HEAD']);
  assert.deepEqual(await allowed('/page', 'DELETE'), [405, 'GET, HEAD, POST']);
});

test('a server answers under its own names alone, and to whoever watches it under any', async () => {
  const { visit, status } = await openSite();
  const asFor = (host: string) => ({ headers: { host } });
  assert.deepEqual([await status('/page', asFor('web1')), await status('/page', asFor('evil.example'))], [200, 421]);
  for (const path of ['/manage', '/api', '/assets/main-12.js', '/a/@cookie-check']) {
    assert.equal(await status(path, asFor('evil.example')), 421, path);
  }
  for (const path of ['/livez', '/healthz', '/readyz'])
    assert.equal(await status(path, asFor('evil.example')), 200, path);
  assert.equal(await status('/page', asFor('no host')), 400);
  const misdirected = await visit('/page', { headers: { host: 'evil.example', accept: 'text/html' } });
  assert.match(misdirected.text, /^<!doctype html>[^]*TRELLIS_ORIGIN/);
});

test('a target that names its host is taken for that host', async () => {
  const { visit, status } = await openSite();
  assert.equal((await visit(`http://${HOST}/page`, { headers: { host: 'evil.example' } })).text, 'A page');
  assert.equal(await status('http://evil.example/page'), 421);
  assert.equal(await status(`http://${HOST}?a`), await status('/?a'));
});

test('what another site could have sent changes nothing', async () => {
  const { status } = await openSite();
  const post = (headers: Record<string, string>) =>
    status('/api/page/@echo', { method: 'POST', body: '{}', headers: { ...JSON_TYPE, ...headers } });
  assert.equal(await post({ 'sec-fetch-site': 'cross-site', ...ANN }), 403);
  assert.equal(await post({ origin: 'http://evil.example', ...ANN }), 403);
  assert.equal(await post({}), 403);
  assert.deepEqual([await post(ANN), await post({ origin: `http://${HOST}` })], [200, 200]);
});

test('a browser is told which of its probe cookies came, below any path', async () => {
  const { visit } = await openSite();
  assert.deepEqual(JSON.parse((await visit('/gone/@cookie-check?cookie=a%3D1')).text), { came: [false] });
});

test('a program is answered with a problem, a person with a page, except where programs alone ask', async () => {
  const { visit } = await openSite();
  const typeOf = async (path: string, accept = 'text/html,*/*') =>
    (await visit(path, { headers: { accept } })).headers['content-type'];
  assert.deepEqual(
    [await typeOf('/gone'), await typeOf('/gone', '*/*')],
    ['text/html; charset=utf-8', 'application/problem+json'],
  );
  assert.deepEqual(
    [await typeOf('/api/gone'), await typeOf('/assets/gone')],
    Array(2).fill('application/problem+json'),
  );
});

test('a password is asked for of whoever came with one, and of no browser', async () => {
  const { visit } = await openSite();
  const challenge = async (headers: Record<string, string>) => {
    const answered = await visit('/api/page', { headers });
    return [answered.status, answered.headers['www-authenticate']];
  };
  assert.deepEqual(await challenge({}), [401, undefined]);
  assert.deepEqual(await challenge({ authorization: 'eve' }), [401, 'Basic realm="Trellis", charset="UTF-8"']);
});

test('what nobody expected is told by the number under which the log has it', async () => {
  const { visit, log } = await openSite();
  const told = mock.method(log, 'error');
  const { status, text } = await visit('/api/@broken');
  const [about] = told.mock.calls[0]?.arguments ?? [];
  const { reference } = about as { reference?: string };
  assert.deepEqual([status, text.includes(String(reference)), text.includes('moon')], [500, true, false]);
});

test('where the site has no icon of its own it has ours', async () => {
  const { visit, tree } = await openSite();
  assert.deepEqual([(await visit('/favicon.ico')).text, (await visit('/shop/favicon.ico')).status], ['<svg/>', 404]);
  assert.equal((await visit('/favicon.ico', { method: 'POST', headers: ANN })).status, 404);
  await tree.change(async (connection) => connection.add(await connection.root(), { type: 'Page', id: 'favicon.ico' }));
  assert.equal((await visit('/favicon.ico')).text, 'A page');
});

test('whether visitors may be sent here everybody is told; check by check, only who may see management screens', async () => {
  const problems: string[] = [];
  const { visit, status } = await openSite(() => problems[0]);
  const verbose = { headers: ANN };
  assert.deepEqual(JSON.parse((await visit('/readyz')).text), { status: 'ok' });
  const checks = [{ name: 'storage', status: 'ok' }];
  assert.deepEqual(JSON.parse((await visit('/readyz?verbose', verbose)).text), { status: 'ok', checks });
  assert.deepEqual(
    [await status('/readyz?verbose'), await status('/readyz?verbose', { headers: { authorization: 'bob' } })],
    [401, 403],
  );
  problems.push('The data cannot be read.');
  const { status: code, text } = await visit('/readyz');
  assert.deepEqual([code, text.includes(problems[0]!)], [503, true]);
  assert.deepEqual([await status('/livez'), await status('/readyz?verbose', verbose)], [200, 503]);
});

test('a connection goes on after a body that was refused and is short, and ends where more is to come', async () => {
  const { visit } = await openSite();
  const connectionAfter = async (length: number) => {
    const headers = {
      'content-type': 'text/plain',
      'content-length': String(length),
      connection: 'keep-alive',
      ...ANN,
    };
    const { status, headers: answered } = await visit('/api/page/@echo', { method: 'POST', headers, body: [] });
    return [status, answered['connection']];
  };
  assert.deepEqual(await connectionAfter(64 * 1024), [415, 'keep-alive']);
  assert.deepEqual(await connectionAfter(64 * 1024 + 1), [415, 'close']);
});
