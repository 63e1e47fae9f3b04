import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import type { ExampleMessage } from '../../../schema/endpoints/example.ts';
import type { ObjectMessage } from '../../../schema/endpoints/objects.ts';
import { startServer } from '../../support/server.ts';
import { clientOf, cookiesOf, managerOf, sameOrigin } from '../client.ts';
import { runCli } from '../cli.ts';

const server = await startServer();
after(() => server[Symbol.asyncDispose]());
const visitor = clientOf(server, { ...sameOrigin(server), 'content-type': 'application/x-www-form-urlencoded' });

const plant = (name = 'shop', data = server.data) => runCli(['example', name, '--data', data], '');

test('the example shop is put into the tree while the server runs, and sells', async () => {
  const { code, output, errors } = await plant();
  assert.deepEqual([code, errors], [0, '']);
  assert.match(output, /^Put 8 objects into the tree\. Visit \/shop, and edit it at \/manage\/shop\./);
  const list = await visitor('/shop');
  assert.match(list.text, /<h1>Orchard<\/h1>[\s\S]*<a href="\/shop\/apple">Apple<\/a> €1\.10/);
  assert.equal(list.headers['set-cookie'], undefined);
  assert.match((await visitor('/shop/apple')).text, /Crisp, and a little sour\. €1\.10 each\./);

  const added = await visitor('/shop/cart', { method: 'POST', raw: 'add=%2Fshop%2Fapple&pieces=2' });
  assert.deepEqual([added.status, added.headers.location], [303, '/shop/cart']);
  const headers = { cookie: cookiesOf(added) };
  const cart = async () => (await visitor('/shop/cart', { headers })).text.replaceAll(/\s+/g, ' ');
  const post = (raw: string) => visitor('/shop/cart', { method: 'POST', raw, headers });
  for (const path of ['/shop/apple', '/shop/pear', '/shop/cart', '/no/such/fruit']) await post(`add=${path}&pieces=1`);
  assert.match(
    await cart(),
    /Apple<\/a><\/th> <td>3<\/td> <td>€3\.30<.*Pear<\/a><\/th> <td>1<\/td> <td>€2\.45<.*Total: €5\.75</,
  );
  const wrong = await post('add=/shop/pear&pieces=3,50');
  assert.deepEqual([wrong.status, wrong.headers.location], [303, '/shop/pear?pieces=3%2C50']);
  assert.match(
    (await visitor('/shop/pear?pieces=3%2C50')).text,
    /“3,50” is no number of pieces\. Write a whole number/,
  );
  await post('remove=/shop/apple');
  assert.match(await cart(), /Total: €2\.45</);
  await post('buy=yes');
  assert.match(await cart(), /Thank you\. Pieces on their way: 1\..*The cart is empty\./);
});

test('an example is put into the tree once, and only where a tree is', async () => {
  const again = await plant();
  assert.equal(again.code, 1);
  assert.match(again.errors, /There is something at \/shop already\. Delete or rename it first\./);
  assert.match((await plant('bakery')).errors, /There is no example 'bakery'\. There is: shop\./);
  assert.match((await plant('shop', '/no/such/folder')).errors, /There is no Trellis in the data folder/);
  const { status } = await managerOf(server)('/api/shop/apple');
  assert.equal(status, 200);
});

test('the interface is told what would go with the example, and what of that is somebody’s own', async () => {
  const manager = managerOf(server);
  await manager('/api/shop', { body: { type: 'Folder', id: 'mine' } });
  const { inside, ...said } = (await manager('/api/@example')).json<ExampleMessage>();
  const own = ['/shop/mine'];
  assert.deepEqual(said, { path: '/shop', state: 'there', missing: [], own, mayPlant: true, mayRemove: true });
  assert.equal(inside.length, 8);
  assert.equal((await manager('/api/@example', { body: {} })).status, 422);
});

test('the interface is told what of the example is there no more', async () => {
  const manager = managerOf(server);
  for (const id of ['apple', 'index_html'])
    assert.equal((await manager(`/api/shop/${id}`, { method: 'DELETE' })).status, 204);
  const { state, missing } = (await manager('/api/@example')).json<ExampleMessage>();
  assert.deepEqual([state, missing], ['there', ['/shop/index_html', '/shop/apple']]);
});

test('the example is put into the tree by the interface, in one transaction, unless something is in its place', async () => {
  const manager = managerOf(server);
  const stateNow = async () => (await manager('/api/@example')).json<ExampleMessage>().state;
  await manager('/api/shop', { method: 'DELETE' });
  assert.equal(await stateNow(), 'absent');
  const own = { type: 'Folder', id: 'shop', title: 'Mine' };
  await manager('/api/', { body: own });
  assert.equal(await stateNow(), 'taken');
  const refused = await manager('/api/@example', { body: {} });
  assert.deepEqual(
    [refused.status, refused.json()['detail']],
    [422, 'There is something at /shop already. Delete or rename it first.'],
  );
  assert.equal((await manager('/api/shop')).json()['title'], 'Mine');
  await manager('/api/shop', { method: 'DELETE' });
  assert.deepEqual((await manager('/api/@example', { body: {} })).json(), { path: '/shop', count: 8 });
  const described = async (path: string) =>
    (await manager(path)).json<ObjectMessage>().lastChanges.map((each) => each.description);
  assert.deepEqual(await described('/api/shop'), await described('/api/shop/plum'));
  assert.match((await visitor('/shop')).text, /<h1>Orchard<\/h1>/);
});
