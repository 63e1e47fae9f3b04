import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { startMemcached } from '../../../e2e/support/memcached/memcached.ts';
import { openTestInstallation } from '../../testing.ts';
import { ProductFolders } from '../product-folders.ts';

const folders = new ProductFolders();
/** A page that does with the sessions of /mcsdc what its query says, and gives what comes of it. */
const product = await folders.plant({
  'index.js': `
    import { defineType, method, sessionsIn } from 'trellis/product';
    const AsyncFunction = (async () => {}).constructor;
    const page = defineType({ type: 'Keyed', description: 'x', icon: 'file', group: 'Content', suggestedId: 'x',
      addPermission: 'Add Folders', properties: {},
      publish: { methods: { run: method({ http: 'POST', permission: 'View', summary: 'Runs.', body: {}, async run(call) {
        const sessions = await sessionsIn(call, await call.tree.get('/mcsdc'));
        const code = call.request.query.get('code');
        return { given: await new AsyncFunction('sessions', 'call', 'reruns', code)(sessions, call, call.reruns) };
      } }) } } });
    export default { name: 'keyed', types: [page] };`,
});
const memcached = await startMemcached();
const trellis = await openTestInstallation(undefined, product);
after(async () => {
  await trellis[Symbol.asyncDispose]();
  await memcached[Symbol.asyncDispose]();
  await folders[Symbol.asyncDispose]();
});
await trellis.ask('POST', '/api/@setup-sessions', {
  body: { servers: [memcached.address], proxyId: 'mcproxy', containerId: 'mcsdc', timeoutMinutes: 20 },
});
await trellis.ask('PATCH', '/api/mcproxy', { body: { properties: { timeout_ms: 2_000 } } });
await trellis.ask('POST', '/api', { body: { type: 'Keyed', id: 'page' } });

async function ask(code: string) {
  return trellis.ask('POST', `/api/page/@run?code=${encodeURIComponent(code)}`, { body: {} });
}

/** What one request gives. */
async function run(code: string): Promise<unknown> {
  const { status, text } = await ask(code);
  assert.equal(status, 200, text);
  return (JSON.parse(text) as { given: unknown }).given;
}

test('a session under a key of code is there from the commit of the request that set something in it', async () => {
  assert.deepEqual(await run(`return [await sessions.has('a'), (await sessions.get('a')) === undefined]`), [
    false,
    true,
  ]);
  await run(`await sessions.newOrExisting('a')`);
  assert.equal(await run(`return sessions.has('a')`), false, 'nothing was set');
  const own = `const a = await sessions.newOrExisting('a'); a.set('n', 1); return [await sessions.has('a'), a === await sessions.get('a')]`;
  assert.deepEqual(await run(own), [true, true]);
  assert.deepEqual(await run(`return [await sessions.has('a'), (await sessions.get('a')).get('n')]`), [true, 1]);
  assert.equal(await run(`return (await sessions.newOrExisting('a')).update('n', (n) => n + 1)`), 2);
  assert.equal(await run(`return sessions.has('b')`), false);
});

test('new gives a session where there is none, and refuses a key that is taken or is no text', async () => {
  assert.deepEqual(await run(`const s = await sessions.new('new'); s.set('n', 1); return s.isNew`), true);
  const taken = await ask(`await sessions.new('new')`);
  assert.deepEqual(
    [taken.status, /cannot duplicate key: there is a session under 'new'/.test(taken.text)],
    [422, true],
  );
  const twice = await ask(`(await sessions.new('twice')).set('n', 1); await sessions.new('twice')`);
  assert.equal(twice.status, 422);
  const message = `return sessions.new(7).then(() => 'made', (error) => error.name + ': ' + error.message)`;
  assert.equal(await run(message), 'TypeError: key is not a string type: number');
});

test('a session that was ended is not there, and another can begin under its key', async () => {
  await run(`(await sessions.new('ended')).set('n', 1)`);
  await run(`(await sessions.get('ended')).invalidate()`);
  assert.equal(await run(`return sessions.has('ended')`), false);
  assert.equal(await run(`const s = await sessions.new('ended'); s.set('m', 2); return s.has('n')`), false);
  assert.deepEqual(await run(`return (await sessions.get('ended')).toObject()`), { m: 2 });
});

test('a request that fails stores nothing under any key, and of changes at once none is lost', async () => {
  assert.equal((await ask(`(await sessions.new('failed')).set('n', 1); throw new Error('told to')`)).status, 500);
  assert.equal(await run(`return sessions.has('failed')`), false);
  await run(`(await sessions.new('count')).set('n', 0)`);
  const raise = `const s = await sessions.get('count'); s.set('n', s.get('n') + 1)`;
  const statuses = await Promise.all(Array.from({ length: 3 }, async () => (await ask(raise)).status));
  assert.deepEqual(statuses, [200, 200, 200]);
  assert.equal(await run(`return (await sessions.get('count')).get('n')`), 3);
});

test('to ask whether there is one is no use of it, as getting it is', async () => {
  await run(`(await sessions.new('quiet')).set('n', 1)`);
  const writes = async () => {
    const lines = (await memcached.ask('stats')).join('\n');
    return Number(/STAT cmd_set (\d+)/.exec(lines)?.[1]);
  };
  const systemTime = Date.now;
  // Later than the container's resolution: a use is written down.
  Date.now = () => systemTime() + 60_000;
  try {
    const before = await writes();
    assert.equal(await run(`return sessions.has('quiet')`), true);
    assert.equal(await writes(), before);
    await run(`await sessions.get('quiet')`);
    assert.ok((await writes()) > before);
  } finally {
    Date.now = systemTime;
  }
});

test('what a session is called, and its times, are facts that code reads', async () => {
  const facts = `const s = await sessions.newOrExisting('named'); s.set('n', 1);
    return [s.name === s.id, s.containerKey.includes(s.id), typeof s.created, s.lastAccess, s.lastModified]`;
  const [isNamed, isInKey, created, lastAccess, lastModified] = (await run(facts)) as unknown[];
  assert.deepEqual([isNamed, isInKey, created, lastAccess, lastModified], [true, true, 'number', null, null]);
});
