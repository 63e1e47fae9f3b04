import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { ADMIN_PASSWORD, basic, startServer } from '../../support/server.ts';
import { freePort } from '../../support/memcached/memcached.ts';
import { clientOf, cookiesOf, managerOf, sameOrigin } from '../client.ts';

const server = await startServer();
after(() => server[Symbol.asyncDispose]());

const SITES = [undefined, 'same-origin', 'same-site', 'cross-site', 'none'] as const;
const ORIGINS = ['ours', 'https://evil.example', 'null', 'http://127.0.0.1:1', 'rubbish', undefined] as const;
const login = { name: 'admin', password: ADMIN_PASSWORD };

/** The rule, in the words of the manual: who may change something. */
function mayChange({ site, origin, authorization, cookie, path }: Combination): boolean {
  if (site !== undefined && site !== 'same-origin') return false;
  if (origin !== undefined && origin !== 'ours') return false;
  if (site !== undefined || origin !== undefined) return true;
  return authorization || (path === '/api/@login' && !cookie);
}

interface Combination {
  readonly site: (typeof SITES)[number];
  readonly origin: (typeof ORIGINS)[number];
  readonly authorization: boolean;
  readonly cookie: boolean;
  readonly path: string;
}

function combinations(): Combination[] {
  return SITES.flatMap((site) =>
    ORIGINS.flatMap((origin) =>
      [true, false].flatMap((authorization) =>
        [true, false].flatMap((cookie) =>
          ['/api/@check', '/api/@login'].map((path) => ({ site, origin, authorization, cookie, path })),
        ),
      ),
    ),
  );
}

test('a change passes exactly when no other site can have caused it: 240 combinations', async () => {
  const client = clientOf(server);
  let signedIn = cookiesOf(await client('/api/@login', { body: login }));
  const wrong: string[] = [];
  for (const combination of combinations()) {
    const { site, origin, authorization, cookie, path } = combination;
    const answer = await client(path, {
      body: path === '/api/@login' ? login : {},
      headers: {
        'sec-fetch-site': site,
        origin: origin === 'ours' ? server.url : origin,
        authorization: authorization ? basic() : undefined,
        cookie: cookie ? signedIn : undefined,
      },
    });
    // A sign-in ends the login of the cookie that it came with, and brings another.
    if (cookie && answer.headers['set-cookie'] !== undefined) signedIn = cookiesOf(answer);
    const isSignedIn = authorization || cookie || path === '/api/@login';
    const expected = !mayChange(combination) ? 403 : isSignedIn ? 200 : 401;
    if (answer.status !== expected) wrong.push(`${JSON.stringify(combination)}: ${answer.status}, not ${expected}`);
  }
  assert.deepEqual(wrong, []);
});

test('every way to change something is guarded, whatever it is', async () => {
  const manager = managerOf(server);
  const cross = { 'sec-fetch-site': 'cross-site', origin: 'https://evil.example' };
  const { paths } = (await manager('/api/@openapi')).json<{ paths: Record<string, Record<string, unknown>> }>();
  for (const [path, methods] of Object.entries(paths)) {
    for (const method of Object.keys(methods).filter((each) => each !== 'get')) {
      const address = path.replace('{path}', 'index_html').replace('{tail}', 'x');
      const answer = await manager(address, { method: method.toUpperCase(), body: {}, headers: cross });
      assert.equal(answer.status, 403, `${method} ${path}`);
    }
  }
  for (const method of ['POST', 'PATCH', 'DELETE']) {
    assert.equal((await manager('/index_html', { method, headers: cross })).status, 403, `${method} of content`);
  }
});

test('a form of another site cannot be read as a request, even where its origin is hidden', async () => {
  const manager = managerOf(server);
  for (const type of ['application/x-www-form-urlencoded', 'text/plain', 'multipart/form-data; boundary=x']) {
    const answer = await manager('/api/', {
      raw: '{"type":"Folder","id":"planted"}',
      headers: { 'content-type': type },
    });
    assert.equal(answer.status, 415, type);
  }
  assert.equal((await manager('/api/planted')).status, 404);
});

test('a sign-in that another site sends is refused', async () => {
  const answer = await clientOf(server)('/api/@login', {
    body: login,
    headers: { 'sec-fetch-site': 'cross-site', origin: 'https://evil.example' },
  });
  assert.equal(answer.status, 403);
  assert.equal(answer.headers['set-cookie'], undefined);
});

test('reading is open to any origin, but no other site is allowed to see it', async () => {
  const answer = await managerOf(server)('/api/', { headers: { origin: 'https://evil.example' } });
  assert.equal(answer.status, 200);
  assert.equal(answer.headers['access-control-allow-origin'], undefined);
  assert.equal(answer.headers['cross-origin-resource-policy'], 'same-origin');
});

test('GET, HEAD and OPTIONS change nothing, and methods that nobody needs are refused', async () => {
  const manager = managerOf(server);
  const revision = async () => (await manager('/api/index_html')).headers.etag;
  const before = await revision();
  for (const method of ['GET', 'HEAD', 'OPTIONS']) {
    for (const path of ['/api/index_html', '/api/@rename', '/api/@logout', '/index_html', '/manage']) {
      const answer = await manager(path, { method });
      assert.ok(answer.status < 500 && answer.status !== 201, `${method} ${path}: ${answer.status}`);
    }
  }
  for (const method of ['TRACE', 'PUT', 'PROPFIND', 'MKCOL', 'LOCK']) {
    const answer = await manager('/index_html', { method, headers: sameOrigin(server) });
    assert.equal(answer.status, 405, method);
    assert.match(answer.headers.allow ?? '', /GET/);
  }
  const misused = await manager('/api/@rename', { headers: sameOrigin(server) });
  assert.equal(misused.status, 405);
  assert.equal(misused.headers.allow, 'POST');
  assert.equal(await revision(), before);
});

test('a Host header that somebody made up appears nowhere in an answer', async () => {
  const manager = managerOf(server);
  for (const host of ['203.0.113.9', 'evil.localhost:99', '[::9]:80', '203.0.113.9.']) {
    for (const path of ['/', '/api/', '/api/@me', '/nothing', '/manage', '/api/@nothing']) {
      const answer = await manager(path, { headers: { host } });
      assert.notEqual(answer.status, 421, host);
      const said = answer.text + JSON.stringify(answer.headers);
      assert.ok(!/evil|203\.0|::9/.test(said), `${host} ${path}`);
    }
  }
  for (const host of ['a b', 'a/b', 'a@b', 'a:b:c', '<script>']) {
    assert.equal((await manager('/api/', { headers: { host } })).status, 400, host);
  }
});

test('behind a proxy the configured origin decides, and forwarded headers count only from trusted addresses', async () => {
  const port = await freePort();
  const environment = { TRELLIS_ORIGIN: 'https://shop.example.org', TRELLIS_TRUST_PROXY: 'loopback' };
  await using proxied = await startServer({ port, environment });
  const client = clientOf(proxied, { host: 'shop.example.org', 'x-forwarded-proto': 'https' });
  const from = (origin: string) => client('/api/@login', { body: login, headers: { origin } });
  const good = await from('https://shop.example.org');
  assert.equal(good.status, 200);
  assert.match(good.headers['set-cookie']?.[0] ?? '', /^__Host-trellis_\w+=.*; Secure/);
  assert.match(good.headers['strict-transport-security'] ?? '', /max-age=\d+/);
  assert.equal((await from('http://shop.example.org')).status, 403);
  assert.equal((await from(proxied.url)).status, 403);
});

test('who is not trusted cannot speak for another address', async () => {
  const client = clientOf(server, sameOrigin(server));
  const answer = await client('/api/@login', {
    body: login,
    headers: { 'x-forwarded-proto': 'https', 'x-forwarded-host': 'evil.example', 'x-forwarded-for': '203.0.113.9' },
  });
  assert.equal(answer.status, 200, 'the headers are not looked at');
  assert.equal(answer.headers['strict-transport-security'], undefined);
});
