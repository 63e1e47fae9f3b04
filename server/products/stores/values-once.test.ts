import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { startMemcached } from '../../../e2e/support/memcached/memcached.ts';
import { openTestInstallation } from '../../testing.ts';
import { ProductFolders } from '../product-folders.ts';

const folders = new ProductFolders();
after(() => folders[Symbol.asyncDispose]());

/** A page that runs what its query says with the values of the page, behind /mcproxy; gives what that returns. */
const reading = await folders.plant({
  'index.js': `
    import { ConflictError, defineType, method, STORE, valuesOf } from 'trellis/product';
    export const shared = { runs: 0, kept: undefined };
    globalThis.valuesTest = shared;
    const AsyncFunction = (async () => {}).constructor;
    const page = defineType({ type: 'Reading', description: 'x', icon: 'file', group: 'Content', suggestedId: 'x',
      addPermission: 'Add Folders', properties: {},
      publish: { methods: { run: method({ http: 'POST', permission: 'View', summary: 'Runs.', body: {}, optional: {}, async run(call) {
        shared.runs += 1;
        const proxy = await call.tree.get('/mcproxy');
        const store = await proxy.provide(STORE);
        const code = call.request.query.get('code');
        return new AsyncFunction('open', 'shared', 'ConflictError', code)(() => valuesOf(call.object, store), shared, ConflictError);
      } }) } } });
    export default { name: 'reading', types: [page] };`,
});

const memcached = await startMemcached();
const trellis = await openTestInstallation(undefined, reading);
after(async () => {
  await trellis[Symbol.asyncDispose]();
  await memcached[Symbol.asyncDispose]();
});
await trellis.ask('POST', '/api/@setup-sessions', {
  body: { servers: [memcached.address], proxyId: 'mcproxy', containerId: 'mcsdc', timeoutMinutes: 20 },
});
// A machine that is busy with other tests must not look like a memcached that is down.
await trellis.ask('PATCH', '/api/mcproxy', { body: { properties: { timeout_ms: 2_000 } } });
await trellis.ask('POST', '/api', { body: { type: 'Reading', id: 'page' } });
const shared = (globalThis as unknown as { valuesTest: { runs: number } }).valuesTest;

let key = '';
let number = 0;

/** A test with a value under a key of its own. A hook would do that before the tests of all files, which share a process. */
function trial(name: string, act: () => Promise<void>): void {
  test(name, async () => {
    key = `key-${number++}`;
    shared.runs = 0;
    await run(`await open().set('${key}', { list: [1] }, 60)`);
    await act();
  });
}

/** What one request gives that does this; `K` in it is the key of the test. */
async function run(code: string): Promise<unknown> {
  const { status, text } = await trellis.ask(
    'POST',
    `/api/page/@run?code=${encodeURIComponent(code.replaceAll('K', key))}`,
    {
      body: {},
    },
  );
  assert.equal(status, text === '' ? 204 : 200, text);
  return text === '' ? undefined : JSON.parse(text);
}

async function gets(): Promise<number> {
  return Number(/STAT cmd_get (\d+)/.exec((await memcached.ask('stats')).join('\n'))?.[1]);
}

/** How many values memcached was asked for by a request, and what the request gave. */
async function counted(code: string): Promise<readonly [number, unknown]> {
  const before = await gets();
  const gave = await run(code);
  return [(await gets()) - before, gave];
}

const TEN = 'for (let n = 0; n < 10; n += 1)';

trial(
  'a value is read and given another time to live at once: one question, and whatever was read before is asked anew',
  async () => {
    const asked = async () => {
      const lines = (await memcached.ask('stats')).join('\n');
      return ['get', 'set', 'touch'].map((name) => Number(new RegExp(`STAT cmd_${name} (\\d+)`).exec(lines)?.[1]));
    };
    const before = await asked();
    assert.deepEqual(await run(`return await open().getAndTouch('K', 120)`), { list: [1] });
    assert.deepEqual(
      (await asked()).map((count, index) => count - before[index]!),
      [0, 0, 1],
    );
    assert.equal(await run(`return (await open().getAndTouch('no-such', 120)) === undefined`), true);
    const both = `const store = open(); await store.get('K'); await store.getAndTouch('K', 120); return await store.get('K')`;
    assert.deepEqual((await counted(both))[1], { list: [1] });
  },
);

trial('a value that one request reads ten times is asked for once, however it is read', async () => {
  assert.deepEqual(await counted(`${TEN} await open().get('K'); return open().get('K')`), [1, { list: [1] }]);
  const at_once = `return Promise.all(Array.from({ length: 10 }, () => open().get('K')))`;
  assert.deepEqual(await counted(at_once), [1, Array.from({ length: 10 }, () => ({ list: [1] }))]);
  const mixed = `await open().get('K'); await open().find('K'); return [...(await open().getMulti(['K', 'K-no'])).keys()]`;
  assert.deepEqual(await counted(`${mixed}`), [2, [key]], 'one, and one for what is not there');
  const missing = `${TEN} await open().get('K-no'); return [...(await open().getMulti(['K-no', 'K-no']))]`;
  assert.deepEqual(await counted(missing), [1, []]);
  const multi = `const asking = open().getMulti(['K', 'K-no']); await open().get('K'); return (await asking).size`;
  assert.deepEqual(await counted(multi), [2, 1]);
});

trial('the next request asks anew, and so does one that is run again', async () => {
  assert.equal((await counted(`return open().get('K')`))[0], 1);
  assert.equal((await counted(`return open().get('K')`))[0], 1);
  const again = `await open().get('K'); await open().get('K'); if (shared.runs < 3) throw new ConflictError('again'); return shared.runs`;
  shared.runs = 0;
  assert.deepEqual(await counted(again), [3, 3]);
});

trial('a request sees what it writes itself, and can change it by compare-and-set', async () => {
  const changes: readonly (readonly [string, unknown])[] = [
    [`await values.set('K', 2, 60)`, 2],
    [`await values.set('K', 3, 60, await values.find('K'))`, 3],
    [`await values.replace('K', 4, 60)`, 4],
    [`await Promise.all([values.get('K'), values.set('K', 5, 60), values.get('K')])`, 5],
    [`await values.delete('K')`, null],
    [`await values.add('K', 6, 60)`, 6],
    [`await values.increment('K-count', 1, 0, 60)`, 6],
    // Somebody else is quicker: what was refused is no reason to go on with what was read.
    [`const found = await values.find('K'); await values.set('K', 7, 60); await values.set('K', 8, 60, found)`, 7],
  ];
  for (const [change, expected] of changes) {
    const code = `const values = open(); await values.get('K'); ${change}; return (await values.get('K')) ?? null`;
    assert.deepEqual(await run(code), expected, change);
  }
});

trial('a value is the caller’s own: what one does to it no other sees, not even of its bytes', async () => {
  const code = `
    (await open().get('K')).list.push(2);
    (await open().getMulti(['K'])).get('K').list.push(3);
    (await open().find('K')).bytes.fill(0);
    return open().get('K')`;
  assert.deepEqual(await run(code), { list: [1] });
});

trial('who waits for a change within a request forgets the value and is given the new one', async () => {
  const waiting = run(`
    const values = open();
    shared.isWaiting = true;
    while ((await values.get('K')) !== 'changed') { values.forget('K'); await new Promise((r) => setTimeout(r, 5)); }
    return 'seen'`);
  await run(`await open().set('K', 'changed', 60)`);
  assert.equal(await waiting, 'seen');
});

trial('nothing is remembered once the request is over', async () => {
  await run(`shared.kept = open(); await shared.kept.get('K')`);
  await run(`await open().set('K', 'later', 60)`);
  assert.equal(await run(`return shared.kept.get('K')`), 'later');
});

trial('a request that reads much remembers what it read last, and forgets the first', async () => {
  const code = `
    const values = open();
    for (let n = 0; n < 20; n += 1) await values.set('K-' + n, 'x'.repeat(1_000_000), 60);
    for (let n = 0; n < 20; n += 1) await values.get('K-' + n);
    await values.get('K-19');
    return (await values.get('K-0')).length`;
  assert.deepEqual(await counted(code), [21, 1_000_000]);
});

trial('the Test tab and a page that asks for its session again and again ask memcached for it once', async () => {
  const begun = await trellis.ask('POST', '/api/mcsdc/@test', { body: { items: 'a 1' } });
  const cookie = begun.cookies[0]?.split(';')[0] ?? '';
  const before = await gets();
  const { text } = await trellis.ask('GET', '/api/mcsdc/@test', { cookie });
  assert.match(text, /"about":\{"created"/);
  assert.equal((await gets()) - before, 1);
  await trellis.ask('GET', '/api/mcsdc/@test');
  assert.equal((await gets()) - before, 1, 'nothing, for who has no session');
});
