import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { until } from '../../support/figures.ts';
import { startKoaApplication } from '../../support/applications/koa-application.ts';
import type { TestServer } from '../../support/server.ts';
import { changeProperties, startSteppedServer } from '../../support/sessions-site.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';
import { administer, resultOf, Visitor } from '../../support/applications/visitor.ts';

const products = ['product', 'write-behind'].map((name) => new URL(`../../support/${name}`, import.meta.url).pathname);
const environment = { TRELLIS_PRODUCTS: products.join(',') };

/** A page whose sessions are in a store that writes behind. */
async function startWriteBehindSite(data: string): Promise<TestServer> {
  const server = await startSteppedServer({ data, environment });
  await administer(server.port, '/api/', { body: { type: 'Stepped Page', id: 'page' } });
  await useStore(server, 'Write-behind Store', 'store');
  return server;
}

/** Adds a store, and keeps sessions there from now on. */
async function useStore(server: TestServer, type: string, id: string, properties = {}): Promise<void> {
  const container = { type: 'MemCache Session Data Container', id: `in_${id}`, properties: { proxy_path: `/${id}` } };
  await administer(server.port, '/api/', { body: { type, id, properties } });
  await administer(server.port, '/api/', { body: container });
  await changeProperties(server, '/session_data_manager', { container_path: `/in_${id}` });
}

async function stored(server: TestServer): Promise<Visitor> {
  const visitor = new Visitor(server);
  const answer = await visitor.visit('/page', 'set cart "full"');
  assert.equal(answer.status, 200, answer.text);
  return visitor;
}

describe('what products keep alive', { concurrency: true }, () => {
  test('what a product keeps alive is closed before what replaces it is used, when its object is gone, and at an orderly end', async () => {
    await using folder = await temporaryFolder();
    const isWritten = (id: string) => existsSync(join(folder.path, `${id}.json`));
    await using server = await startWriteBehindSite(folder.path);
    const visitor = await stored(server);
    assert.ok(!isWritten('store'), 'nothing is written before it is closed');
    await changeProperties(server, '/store', { note: 'made anew' });
    assert.equal(resultOf(await visitor.visit('/page', 'get cart')), 'full');
    assert.ok(isWritten('store'));

    await useStore(server, 'Write-behind Store', 'deleted');
    await stored(server);
    await changeProperties(server, '/in_deleted', { proxy_path: '/store' });
    await administer(server.port, '/api/deleted', { method: 'DELETE' });
    await until('what was in the deleted store written down', async () => isWritten('deleted'));

    const visitors = new Map<string, Visitor>();
    for (const [id, type] of [
      ['part', 'Write-behind Store'],
      ['plain', 'Plain Store'],
    ] as const) {
      await useStore(server, type, id);
      visitors.set(id, await stored(server));
      assert.ok(!isWritten(id));
    }
    assert.equal(await server.stop(), 0, server.log());
    await using again = await startSteppedServer({ data: folder.path, environment });
    for (const [id, each] of visitors) {
      await changeProperties(again, '/session_data_manager', { container_path: `/in_${id}` });
      assert.equal(resultOf(await each.copy(again).visit('/page', 'get cart')), 'full', id);
    }
  });

  test('what cannot be closed, or never is, keeps no other from it, and the log names them', async () => {
    await using folder = await temporaryFolder();
    const server = await startWriteBehindSite(folder.path);
    const visitor = await stored(server);
    for (const [id, closes] of [
      ['failing', 'with an error'],
      ['endless', 'never'],
    ] as const) {
      await useStore(server, 'Write-behind Store', id, { closes });
      await stored(server);
    }
    await changeProperties(server, '/session_data_manager', { container_path: '/in_store' });
    assert.equal(await server.stop(), 1);
    assert.match(server.log(), /What '\/failing' keeps alive could not be closed: This store was told to fail\./);
    assert.match(server.log(), /What '\/endless' keeps alive could not be closed: It took longer than 5 s\./);
    await using again = await startSteppedServer({ data: folder.path, environment });
    assert.equal(resultOf(await visitor.copy(again).visit('/page', 'get cart')), 'full');
  });

  test('a session in a store of a product is written down when an application closes its sessions', async () => {
    await using folder = await temporaryFolder();
    const server = await startWriteBehindSite(folder.path);
    assert.equal(await server.stop(), 0);
    const application = await startKoaApplication(folder.path, environment);
    const visitor = new Visitor(application);
    assert.equal((await visitor.ask('/set?key=cart&value=full')).status, 200);
    assert.equal(await application.stop(), 0);
    await using again = await startSteppedServer({ data: folder.path, environment });
    assert.equal(resultOf(await visitor.copy(again).visit('/page', 'get cart')), 'full');
  });
});
