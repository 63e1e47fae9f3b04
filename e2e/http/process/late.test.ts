import assert from 'node:assert/strict';
import { test } from 'node:test';
import { until } from '../../support/figures.ts';
import { startSteppedServer } from '../../support/sessions-site.ts';
import { administer, resultOf, Visitor } from '../../support/applications/visitor.ts';
import { clientOf, managerOf } from '../client.ts';

test('a change after the answer that nobody catches changes nothing, is in the log, and does not end the server', async () => {
  await using server = await startSteppedServer();
  await administer(server.port, '/api/', { body: { type: 'Stepped Page', id: 'page' } });
  const visitor = new Visitor(server);
  assert.equal(resultOf(await visitor.visit('/page', 'set key "before"')), null);
  for (let time = 0; time < 3; time += 1) await visitor.post('/page', 'late key');
  await until('both changes were refused', async () => {
    const refused = server.log().match(/A request changed something after it was over/g) ?? [];
    return refused.length === 6;
  });
  assert.match(server.log(), /"type":"SessionAlreadyWritten","message":"This request is over for its session/);
  assert.match(server.log(), /"type":"TreeAlreadyWritten","message":"This request is over for the tree/);
  assert.equal(resultOf(await visitor.visit('/page', 'get key')), 'before');
  assert.notEqual((await managerOf(server)('/api/page')).json()['title'], 'late');
  assert.equal((await clientOf(server)('/readyz')).status, 200);
});
