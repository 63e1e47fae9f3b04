import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import type { ObjectMessage } from '../../../schema/endpoints/objects.ts';
import { startServer } from '../../support/server.ts';
import { clientOf, managerOf, type Answer } from '../client.ts';

const REDIRECT = new URL('../../../examples/products/redirect', import.meta.url).pathname;
const server = await startServer();
after(() => server[Symbol.asyncDispose]());
const manager = managerOf(server);
const visitor = clientOf(server);

const index = await visitor('/manage');
const assets = [...index.text.matchAll(/(?:src|href)="(\/assets\/[^"]+)"/g)].map((match) => match[1] ?? '');

function policyOf(answer: Answer): Map<string, string> {
  const directives = String(answer.headers['content-security-policy']).split('; ');
  return new Map(directives.map((each) => [each.split(' ')[0] ?? '', each.split(' ').slice(1).join(' ')]));
}

test('every kind of response has the headers that all of them promise', async () => {
  const paths = [
    '/',
    '/manage',
    '/manage/mcproxy/@servers',
    '/api/',
    '/api/nothing',
    '/nothing',
    '/healthz',
    '/readyz',
    '/readyz?verbose',
    '/api/@me',
  ];
  for (const path of [...paths, ...assets, '/assets/nothing.js', '/metrics', '/api/%ff']) {
    for (const client of [manager, visitor]) {
      const { headers } = await client(path);
      assert.equal(headers['x-content-type-options'], 'nosniff', path);
      assert.equal(headers['cross-origin-opener-policy'], 'same-origin', path);
      assert.equal(headers['cross-origin-resource-policy'], 'same-origin', path);
      assert.match(String(headers['content-security-policy']), /frame-ancestors 'none'/, path);
      assert.match(String(headers['content-security-policy']), /base-uri 'none'/, path);
      assert.ok(headers['cache-control'] !== undefined, path);
      for (const name of ['x-powered-by', 'server']) assert.equal(headers[name], undefined, path);
    }
  }
});

test('the interface runs its own scripts and styles, under trusted types, and nothing else', () => {
  const policy = policyOf(index);
  assert.equal(policy.get('default-src'), "'none'");
  for (const kind of ['script-src', 'style-src', 'img-src', 'connect-src', 'font-src', 'form-action']) {
    assert.equal(policy.get(kind), "'self'", kind);
  }
  assert.equal(policy.get('frame-src'), "'self'");
  assert.equal(policy.get('frame-ancestors'), "'none'");
  assert.equal(policy.get('require-trusted-types-for'), "'script'");
  assert.equal(policy.get('trusted-types'), 'lit-html');
  assert.equal(index.headers['cache-control'], 'no-store');
  assert.doesNotMatch(index.text, /<script(?![^>]*src=)/, 'no script stands in the page itself');
  assert.doesNotMatch(index.text, /https?:\/\//, 'nothing comes from elsewhere');
});

test('one page may be framed, by the interface alone: it is empty, and what is shown in it runs, sends and frames nothing', async () => {
  const frame = await visitor('/assets/page-frame');
  assert.equal(frame.status, 200);
  const policy = policyOf(frame);
  assert.equal(policy.get('frame-ancestors'), "'self'");
  assert.equal(policy.get('default-src'), "'none'", 'scripts, frames and requests among it');
  for (const kind of ['script-src', 'frame-src', 'connect-src', 'object-src'])
    assert.equal(policy.get(kind), undefined);
  for (const kind of ['img-src', 'media-src', 'font-src', 'base-uri']) assert.equal(policy.get(kind), "'self'", kind);
  assert.equal(policy.get('form-action'), "'none'");
  assert.match(frame.text, /<iframe sandbox="allow-same-origin"/);
  assert.doesNotMatch(frame.text, /script/);
});

test('published content runs no script at all', async () => {
  await manager('/api/', {
    body: { type: 'Page Template', id: 'hostile', properties: { text: '<script>alert(1)</script>' } },
  });
  const answer = await visitor('/hostile');
  assert.equal(answer.status, 200);
  assert.equal(policyOf(answer).get('script-src'), "'none'");
  assert.match(answer.headers['content-type'] ?? '', /^text\/html; charset=utf-8/);
});

test('assets are found by hashed names, kept for ever, and come zipped', async () => {
  assert.ok(assets.length >= 2, `the page names ${assets.length} assets`);
  for (const path of assets) {
    const plain = await visitor(path, { headers: { 'accept-encoding': 'identity' } });
    assert.equal(plain.status, 200, path);
    assert.match(plain.headers['cache-control'] ?? '', /immutable/, path);
    assert.match(path, /-[A-Za-z0-9_-]{8,}\.\w+$/, 'the name has a hash');
    const zipped = await fetch(server.url + path, { headers: { 'accept-encoding': 'gzip' } });
    assert.equal(zipped.headers.get('content-encoding'), 'gzip', path);
    assert.equal(await zipped.text(), plain.text, path);
  }
  const types = (await Promise.all(assets.map((path) => visitor(path)))).map(({ headers }) => headers['content-type']);
  assert.ok(types.some((type) => type?.startsWith('text/javascript')));
});

test('the module that products build on keeps its name and is asked for anew; their own modules are kept for ever', async () => {
  await using site = await startServer({ environment: { TRELLIS_PRODUCTS: REDIRECT } });
  const somebody = clientOf(site);
  const shared = await somebody('/assets/trellis.js');
  assert.equal(shared.headers['cache-control'], 'no-cache');
  assert.match(shared.text, /LitElement/);
  await managerOf(site)('/api/', { body: { type: 'Redirect', id: 'news' } });
  const { tabs } = (await managerOf(site)('/api/news')).json<ObjectMessage>();
  const module = tabs.find(({ id }) => id === 'destination')?.module ?? '';
  assert.match(module, /^\/assets\/products\/redirect\/[\w-]{12}\/redirect-destination-tab\.js$/);
  const answer = await somebody(module);
  assert.match(answer.headers['content-type'] ?? '', /^text\/javascript/);
  assert.match(answer.headers['cache-control'] ?? '', /immutable/);
  for (const path of ['index.ts', 'client/../index.ts', '%2e%2e/%2e%2e/index.ts', 'README.md', '']) {
    const { status } = await somebody(`${module.slice(0, module.lastIndexOf('/'))}/${path}`);
    assert.ok([400, 404].includes(status), `${path}: ${status}`);
  }
});

test('what only some may see is never kept by a cache', async () => {
  const answers = [await manager('/api/'), await manager('/api/@me'), await visitor('/api/'), await visitor('/manage')];
  for (const { headers } of answers) assert.equal(headers['cache-control'], 'no-store');
});

test('problems are problem+json for programs and a page for people', async () => {
  const problem = await manager('/api/nothing');
  assert.match(problem.headers['content-type'] ?? '', /^application\/problem\+json/);
  assert.deepEqual(Object.keys(problem.json()).toSorted(), ['detail', 'status', 'title', 'type']);
  const page = await visitor('/nothing/<b>x</b>', { headers: { accept: 'text/html' } }).catch(() => undefined);
  const encoded = page ?? (await visitor('/nothing/%3Cb%3E', { headers: { accept: 'text/html' } }));
  assert.match(encoded.headers['content-type'] ?? '', /^text\/html/);
  assert.doesNotMatch(encoded.text, /<b>/);
  assert.equal((await visitor('/nothing')).headers['content-type'], 'application/problem+json');
});

test('what is thrown on purpose says what to do, and nothing of the inside', async () => {
  const answers = [await manager('/api/nothing'), await manager('/api/', { body: {} }), await visitor('/api/')];
  for (const { text } of answers) assert.doesNotMatch(text, /\.ts|at \w+ \(|node_modules|\/work|stack/i);
});

test('metrics are not built yet', async () => {
  assert.equal((await visitor('/metrics')).status, 404);
});

test('every address of the interface is the one page', async () => {
  for (const path of ['/manage/', '/manage/a/b/@test', '/manage/@contents', '/manage/%00', '/manage/..%2f']) {
    const answer = await visitor(path);
    assert.equal(answer.text, index.text, path);
  }
});

test('HEAD answers as GET does, without a body', async () => {
  for (const path of ['/', '/manage', '/healthz', assets[0] ?? '']) {
    const [head, get] = [await visitor(path, { method: 'HEAD' }), await visitor(path)];
    assert.equal(head.status, get.status, path);
    assert.equal(head.text, '', path);
    assert.equal(head.headers['content-type'], get.headers['content-type'], path);
  }
});
