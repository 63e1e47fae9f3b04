import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { addPage, MANAGERS, pageAt, startCachedSite } from '../../support/cached-site.ts';
import { several } from '../../support/figures.ts';
import { startMemcached } from '../../support/memcached/memcached.ts';
import { basic } from '../../support/server.ts';
import { administer, ask } from '../../support/applications/visitor.ts';

const memcached = await startMemcached();
const server = await startCachedSite([memcached.address]);
after(async () => {
  await server[Symbol.asyncDispose]();
  await memcached[Symbol.asyncDispose]();
});

/** Pieces of which values are made that a careless key would take for others. */
const PIECES = ['', 'a', 'b', ':', '|', ',', '1:', '=', '&', '%', '__proto__', '/', ' ', 'é', '😀', '\u0000', '0:0:'];

test('10,000 random paths, views and request values: nobody is given another’s page', async (t) => {
  for (let number = 0; number < 20; number += 1) {
    await addPage(server, `p${number}`, ['path', 'request a', 'request b'], MANAGERS[number % MANAGERS.length]);
    await administer(server.port, '/api/docs', { body: { type: 'Folder', id: `f${number}` } });
  }
  const random = randomFrom(42);
  const pick = <T>(items: readonly T[]): T => items[Math.floor(random() * items.length)]!;
  const text = () => Array.from({ length: Math.floor(random() * 3) }, () => pick(PIECES)).join('');
  const wishes = Array.from({ length: 10_000 }, () => {
    const values = (name: string) => Array.from({ length: Math.floor(random() * 3) }, () => [name, text()] as const);
    return { path: `/docs/p${Math.floor(random() * 20)}`, a: values('a'), b: values('b') };
  });
  let wrong = 0;
  const made = new Set<number>();
  // Each is asked for twice, the second time in another order of its values' names.
  for (const turn of [0, 1]) {
    await several(wishes.length, 16, async (index) => {
      const { path, a, b } = wishes[index]!;
      const query = new URLSearchParams(
        (turn === 0 ? [...a, ...b] : [...b, ...a]).map(([name, value]) => [name, value]),
      );
      const page = await pageAt(server, `${path}?${query.toString()}`);
      const expected = [path, a.map(([, value]) => value), b.map(([, value]) => value)];
      if (JSON.stringify(page.parts) !== JSON.stringify(expected)) wrong += 1;
      made.add(page.made);
    });
  }
  t.diagnostic(`20,000 requests, ${made.size} pages made, ${wrong} of another's`);
  assert.equal(wrong, 0);
  assert.ok(made.size <= 10_000, 'the second time nothing is made');
});

test('four roles and 50 pages, warmed in every order: nobody is shown what they may not see', async (t) => {
  const roles = { anonymous: undefined, member: [], owner: [], maria: ['Manager'] } as const;
  const headers = (name: string): Readonly<Record<string, string>> =>
    name === 'anonymous' ? {} : { authorization: basic(name, 'violets under glass') };
  for (const [name, given] of Object.entries(roles)) {
    if (given === undefined) continue;
    await administer(server.port, '/api/acl_users/@users', {
      body: { name, password: 'violets under glass', roles: given },
    });
  }
  await administer(server.port, '/api/acl_users/@users/owner', { method: 'PATCH', body: { roles: ['Manager'] } });
  const own = await ask(server.port, '/api/docs', {
    headers: headers('owner'),
    body: { type: 'Page Template', id: 'hers', title: 'Hers alone' },
  });
  assert.equal(own.status, 201, own.text);
  await administer(server.port, '/api/acl_users/@users/owner', { method: 'PATCH', body: { roles: [] } });
  const paths = Array.from({ length: 50 }, (_, number) => `/docs/r${number}`);
  const kinds = [['list'], ['include /docs/hers', 'list'], ['list', 'user']];
  for (const [number, path] of paths.entries()) await addPage(server, path.slice('/docs/'.length), kinds[number % 3]!);
  const names = Object.keys(roles);
  const expected = new Map<string, string>();
  for (const name of names) {
    for (const path of paths)
      expected.set(`${name} ${path}`, JSON.stringify((await pageAt(server, path, headers(name))).parts));
  }
  assert.equal(
    new Set(names.map((name) => expected.get(`${name} ${paths[2]!}`))).size,
    names.length,
    'each sees something else',
  );
  for (const [number, path] of paths.entries()) {
    await administer(server.port, `/api${path}/@cache`, { body: { manager: MANAGERS[number % 2] } });
  }
  let wrong = 0;
  let hits = 0;
  for (const order of ordersOf(names)) {
    await administer(server.port, '/api/docs/@invalidate', { body: {} });
    const made = new Map<string, number>();
    for (const name of [...order, ...order]) {
      await several(paths.length, 10, async (index) => {
        const path = paths[index]!;
        const page = await pageAt(server, path, headers(name));
        if (JSON.stringify(page.parts) !== expected.get(`${name} ${path}`)) wrong += 1;
        if (made.get(`${name} ${path}`) === page.made) hits += 1;
        made.set(`${name} ${path}`, page.made);
      });
    }
  }
  t.diagnostic(
    `24 orders, 4 roles, 50 pages, twice: ${wrong} pages of somebody else, ${hits} of 4,800 given from a cache`,
  );
  assert.equal(wrong, 0);
  assert.equal(hits, 24 * 4 * 50);
});

test('what a page answers beside its body is kept with it', async () => {
  await administer(server.port, '/api/docs', {
    body: { type: 'Page Template', id: 'plain', properties: { text: '<p>plain</p>' } },
  });
  const fresh = await ask(server.port, '/docs/plain');
  await administer(server.port, '/api/docs/plain/@cache', { body: { manager: 'mccache' } });
  for (let visit = 0; visit < 3; visit += 1) {
    const kept = await ask(server.port, '/docs/plain');
    const without = (headers: typeof kept.headers) => ({ ...headers, date: undefined });
    assert.deepEqual([kept.status, kept.text, without(kept.headers)], [200, fresh.text, without(fresh.headers)]);
  }
  const head = await ask(server.port, '/docs/plain', { method: 'HEAD' });
  assert.deepEqual(
    [head.status, head.text, head.headers['content-length']],
    [200, '', fresh.headers['content-length']],
  );
});

function* ordersOf<T>(items: readonly T[]): Generator<readonly T[]> {
  if (items.length === 0) yield [];
  for (const [index, item] of items.entries()) {
    for (const rest of ordersOf(items.toSpliced(index, 1))) yield [item, ...rest];
  }
}

/** Numbers below 1 that are the same in every run (mulberry32). */
function randomFrom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}
