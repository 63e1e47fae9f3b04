import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { openTestInstallation } from '../../testing.ts';
import { ProductFolders } from '../product-folders.ts';
import { sightsOf } from './recent-sights.ts';

const folders = new ProductFolders();
after(() => folders[Symbol.asyncDispose]());

test('a container or a store whose type fails keeps no other from being recorded', async () => {
  const product = await folders.plant({
    'index.js': `import { defineType, SESSION_CONTAINER, STORE } from 'trellis/product';
      const fail = () => { throw new Error('It fell over.'); };
      export default { name: 'falling', types: [defineType({
        type: 'Falling', description: 'x', icon: 'file', group: 'Content', suggestedId: 'x', addPermission: 'Add Folders',
        properties: {}, provides: [SESSION_CONTAINER.by(fail), STORE.by(fail)],
      })] };`,
  });
  await using trellis = await openTestInstallation(undefined, product);
  assert.equal((await trellis.ask('POST', '/api', { body: { type: 'Falling', id: 'falling' } })).status, 201);
  const sights = sightsOf(trellis.database);
  assert.equal((await sights.containers()).length, 1);
  const { oid } = await (await trellis.database.read(null)).get('/falling');
  assert.deepEqual([...(await sights.servers())], [[String(oid), undefined]]);
});
