import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { SessionsMessage } from '../../../schema/endpoints/sessions.ts';
import { harmsTo } from '../../support/damage.ts';
import { several, sized } from '../../support/figures.ts';
import { MemcachedCluster } from '../../support/memcached/memcached-cluster.ts';
import { RawMemcached } from '../../support/memcached/raw-memcached.ts';
import { basic } from '../../support/server.ts';
import { startSite } from '../../support/sessions-site.ts';
import { administer, ask, resultOf, Visitor } from '../../support/applications/visitor.ts';

const SESSIONS = sized(30, 500);
const FORMAT_AT = 112;

test('with two copies, one damaged copy of every session loses none, and the good ones are put back', async (t) => {
  await using cluster = await MemcachedCluster.start(2);
  const environment = { TRELLIS_LOG_LEVEL: 'fatal' };
  await using site = await startSite({ servers: cluster.addresses, proxy: { replicas: 2 } }, { environment });
  const visitors = Array.from({ length: SESSIONS }, () => new Visitor(site));
  await several(SESSIONS, 8, async (me) =>
    assert.equal((await visitors[me]!.visit('/page', `set me ${me}`)).status, 200),
  );
  using first = new RawMemcached(cluster.server(0).port);
  using second = new RawMemcached(cluster.server(1).port);
  const keys = (await cluster.server(0).keys()).filter((key) => key.includes('s-'));
  assert.equal(keys.length, SESSIONS);
  const lost = { counter: 0, anywhere: 0 };
  const read = async () => {
    let wrong = 0;
    await several(SESSIONS, 8, async (me) => {
      const answer = await visitors[me]!.visit('/page', 'get me');
      if (answer.status !== 200 || resultOf(answer) !== me) wrong += 1;
    });
    return wrong;
  };
  for (const bit of [0, 9, 60]) {
    for (const key of keys) {
      const item = (await first.get(key))!;
      const value = Buffer.from(item.value);
      value[1 + (bit >> 3)]! ^= 1 << (bit & 7);
      await first.set(key, { ...item, value });
    }
    lost.counter += await read();
  }
  let harmed = 0;
  for (let round = 0; round < sized(4, 40); round += 1) {
    for (const [index, key] of keys.entries()) {
      const raw = (round + index) % 2 === 0 ? first : second;
      const harms = harmsTo((await raw.get(key))!);
      await raw.set(key, harms[(round * 101 + index * 17) % harms.length]!.item);
      harmed += 1;
    }
    lost.anywhere += await read();
  }
  for (const key of keys) assert.deepEqual(await first.get(key), await second.get(key));
  t.diagnostic(
    `${SESSIONS} sessions, ${harmed + 3 * SESSIONS} copies damaged: ${lost.counter} and ${lost.anywhere} lost`,
  );
  assert.deepEqual(lost, { counter: 0, anywhere: 0 });
});

test('a manager ends a session whatever its record looks like: damaged, or of an unknown format', async () => {
  await using cluster = await MemcachedCluster.start(1);
  await using site = await startSite({ servers: cluster.addresses }, { environment: { TRELLIS_LOG_LEVEL: 'fatal' } });
  using raw = new RawMemcached(cluster.server(0).port);
  const looks: readonly [what: string, change: (value: Buffer) => Buffer, status: number, why: RegExp][] = [
    ['damaged', (value) => flipped(value, value.length - 1, 1), 200, /was changed since/],
    ['unknown record format', (value) => flipped(value, FORMAT_AT, 1), 503, /written by a newer Trellis/],
    ['unknown version format', (value) => flipped(value, 0, 7), 503, /written by a newer Trellis/],
    ['nonsense', () => Buffer.alloc(300, 9), 200, /not sealed for this key/],
  ];
  for (const [what, change, status, why] of looks) {
    const before = new Set(await cluster.server(0).keys());
    const visitor = new Visitor(site);
    assert.equal((await visitor.visit('/page', 'set n 1')).status, 200);
    const key = (await cluster.server(0).keys()).find((each) => !before.has(each))!;
    const item = (await raw.get(key))!;
    await raw.set(key, { ...item, value: change(item.value) });
    const answer = await visitor.copy().visit('/page', 'get n');
    assert.equal(answer.status, status, what);
    if (status === 503) assert.match(answer.text, /out of reach/, what);
    else assert.equal(resultOf(answer), null);

    const { unopened, complete } = await administer<SessionsMessage>(site.port, '/api/mcsdc/@sessions');
    assert.equal(complete, false);
    assert.deepEqual(
      unopened.map((row) => key.endsWith(row.key)),
      [true],
      what,
    );
    assert.match(unopened[0]!.why, why, what);
    const path = `/api/mcsdc/@sessions/${unopened[0]!.key}`;
    const headers = { authorization: basic() };
    assert.equal((await ask(site.port, path, { method: 'DELETE', headers })).status, 204, what);
    assert.equal((await ask(site.port, path, { method: 'DELETE', headers })).status, 404, what);
    const after = await administer<SessionsMessage>(site.port, '/api/mcsdc/@sessions');
    assert.deepEqual([after.unopened, after.complete], [[], true]);
    const old = visitor.browserId;
    assert.equal((await visitor.visit('/page', 'set n 2')).status, 200, what);
    assert.notEqual(visitor.browserId, old, what);
    await visitor.visit('/page', 'invalidate');
  }
});

function flipped(value: Buffer, at: number, mask: number): Buffer {
  const changed = Buffer.from(value);
  changed[at]! ^= mask;
  return changed;
}
