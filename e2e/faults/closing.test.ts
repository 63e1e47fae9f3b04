import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { until } from '../support/figures.ts';
import { startKoaApplication } from '../support/koa-application.ts';
import type { TestServer } from '../support/server.ts';
import { changeProperties, startSteppedServer } from '../support/sessions-site.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { administer, resultOf, Visitor } from '../support/visitor.ts';

const products = ['product', 'write-behind'].map((name) => new URL(`../support/${name}`, import.meta.url).pathname);
const environment = { TRELLIS_PRODUCTS: products.join(',') };

/** A page whose sessions are in a store that writes behind. */
async function startWriteBehindSite(data: string, type: string): Promise<TestServer> {
  const server = await startSteppedServer({ data, environment });
  const add = (body: unknown) => administer(server.port, '/api/', { body });
  await add({ type, id: 'store' });
  await add({ type: 'MemCache Session Data Container', id: 'kept', properties: { proxy_path: '/store' } });
  await add({ type: 'Stepped Page', id: 'page' });
  await changeProperties(server, '/session_data_manager', { container_path: '/kept' });
  return server;
}

async function stored(server: TestServer): Promise<Visitor> {
  const visitor = new Visitor(server);
  const answer = await visitor.visit('/page', 'set cart "full"');
  assert.equal(answer.status, 200, answer.text);
  return visitor;
}

for (const type of ['Write-behind Store', 'Plain Store']) {
  test(`a session in a ${type} of a product is written down at an orderly end of the server`, async () => {
    await using folder = await temporaryFolder();
    const server = await startWriteBehindSite(folder.path, type);
    const visitor = await stored(server);
    assert.ok(!existsSync(join(folder.path, 'store.json')), 'nothing is written before the end');
    assert.equal(await server.stop(), 0, server.log());
    assert.ok(existsSync(join(folder.path, 'store.json')));
    await using again = await startSteppedServer({ data: folder.path, environment });
    assert.equal(resultOf(await visitor.copy(again).visit('/page', 'get cart')), 'full');
  });
}

test('a part that cannot be closed, or never is, keeps no other from it, and the log names them', async () => {
  await using folder = await temporaryFolder();
  const server = await startWriteBehindSite(folder.path, 'Write-behind Store');
  const visitor = await stored(server);
  for (const [id, closes] of [
    ['failing', 'with an error'],
    ['endless', 'never'],
  ] as const) {
    await administer(server.port, '/api/', { body: { type: 'Write-behind Store', id, properties: { closes } } });
    await administer(server.port, `/api/${id}/@children`).catch(() => undefined);
    const properties = { proxy_path: `/${id}` };
    const container = { type: 'MemCache Session Data Container', id: `in_${id}`, properties };
    await administer(server.port, '/api/', { body: container });
    await changeProperties(server, '/session_data_manager', { container_path: `/in_${id}` });
    await stored(server);
  }
  await changeProperties(server, '/session_data_manager', { container_path: '/kept' });
  assert.equal(await server.stop(), 1);
  assert.match(server.log(), /What '\/failing' keeps alive could not be closed: This store was told to fail\./);
  assert.match(server.log(), /What '\/endless' keeps alive could not be closed: It took longer than 5 s\./);
  await using again = await startSteppedServer({ data: folder.path, environment });
  assert.equal(resultOf(await visitor.copy(again).visit('/page', 'get cart')), 'full');
});

test('a part is closed before the one that takes its place is used, and when its object is gone', async () => {
  await using folder = await temporaryFolder();
  await using server = await startWriteBehindSite(folder.path, 'Write-behind Store');
  const visitor = await stored(server);
  await changeProperties(server, '/store', { note: 'made anew' });
  assert.equal(resultOf(await visitor.visit('/page', 'get cart')), 'full');
  assert.ok(existsSync(join(folder.path, 'store.json')));
  await administer(server.port, '/api/', { body: { type: 'Write-behind Store', id: 'other' } });
  await changeProperties(server, '/kept', { proxy_path: '/other' });
  await stored(server);
  await changeProperties(server, '/kept', { proxy_path: '/store' });
  await administer(server.port, '/api/other', { method: 'DELETE' });
  await until('what was in the deleted store written down', async () => existsSync(join(folder.path, 'other.json')));
});

test('a session in a store of a product is written down when an application closes its sessions', async () => {
  await using folder = await temporaryFolder();
  const server = await startWriteBehindSite(folder.path, 'Write-behind Store');
  assert.equal(await server.stop(), 0);
  const application = await startKoaApplication(folder.path, environment);
  const visitor = new Visitor(application);
  assert.equal((await visitor.ask('/set?key=cart&value=full')).status, 200);
  assert.equal(await application.stop(), 0);
  await using again = await startSteppedServer({ data: folder.path, environment });
  assert.equal(resultOf(await visitor.copy(again).visit('/page', 'get cart')), 'full');
});
