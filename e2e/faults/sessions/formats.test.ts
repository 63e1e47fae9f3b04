import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { SessionsMessage } from '../../../schema/endpoints/sessions.ts';
import { several, sized } from '../../support/figures.ts';
import { MemcachedCluster } from '../../support/memcached/memcached-cluster.ts';
import { RawMemcached, type RawItem } from '../../support/memcached/raw-memcached.ts';
import type { TestServer } from '../../support/server.ts';
import { startSite, startSteppedServer } from '../../support/sessions-site.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';
import { administer, resultOf, Visitor } from '../../support/applications/visitor.ts';

const PEOPLE = sized(12, 200);
const ROUNDS = sized(3, 50);
const FORMAT_AT = 112;
const [PRESENT, NEXT] = [2, 3];
const NEXT_VERSION = {
  NODE_OPTIONS: `--import ${new URL('../../../server/sessions/record/testing/next-format.ts', import.meta.url).href}`,
};
const QUIET = { TRELLIS_LOG_LEVEL: 'fatal' };

test('while an old version and the next one serve the same sessions, nobody is logged out; a new format waits for the old to end, and for nobody else', async (t) => {
  await using cluster = await MemcachedCluster.start(2);
  await using folder = await temporaryFolder();
  const data = folder.path;
  await using old = await startSite(
    { servers: cluster.addresses, proxy: { replicas: 2 }, container: { resolution_seconds: 1 } },
    { data, environment: QUIET },
  );
  using first = new RawMemcached(cluster.server(0).port);
  using second = new RawMemcached(cluster.server(1).port);
  const people = Array.from({ length: PEOPLE }, () => ({ visitor: new Visitor(old), turn: 0 }));
  const setAt = async (person: (typeof people)[number], server: TestServer) => {
    person.visitor.port = server.port;
    const answer = await person.visitor.visit('/page', 'get turn', `set turn ${person.turn + 1}`);
    assert.equal(answer.status, 200, answer.text);
    assert.equal(resultOf(answer), person.turn === 0 ? null : person.turn);
    person.turn += 1;
  };
  const formats = async () => {
    const items = await contentsOf(cluster, [first, second]);
    assert.equal(items.length, 2 * PEOPLE);
    return new Set(items.map((item) => item!.value[FORMAT_AT]));
  };
  await several(PEOPLE, 8, (me) => setAt(people[me]!, old));

  const next = await startSteppedServer({ data, environment: { ...QUIET, ...NEXT_VERSION } });
  try {
    await using other = await startSteppedServer({ data, environment: { ...QUIET, ...NEXT_VERSION } });
    for (let round = 0; round < ROUNDS; round += 1)
      await several(PEOPLE, 8, (me) => setAt(people[me]!, [old, next, other][(me + round) % 3]!));
    assert.deepEqual(await formats(), new Set([PRESENT]), 'a new format was written too soon');

    assert.equal(await old.stop(), 0);
    await several(PEOPLE, 8, (me) => setAt(people[me]!, me % 2 === 0 ? next : other));
    assert.deepEqual(await formats(), new Set([NEXT]), 'the fault: there are records of a newer format');

    // Somebody goes back to the old version all the same.
    await using again = await startSteppedServer({ data, environment: QUIET });
    let refused = 0;
    const before = await contentsOf(cluster, [first, second]);
    await several(PEOPLE, 8, async (me) => {
      for (const step of ['get turn', 'set turn 0', 'invalidate', 'get turn']) {
        const answer = await people[me]!.visitor.copy(again).visit('/page', step);
        assert.equal(answer.status, 503, answer.text);
        assert.match(answer.text, /out of reach just now/);
        assert.ok(Number(answer.headers['retry-after']) > 0);
        refused += 1;
      }
    });
    assert.deepEqual(await contentsOf(cluster, [first, second]), before, 'an old version changed what it cannot read');
    const listed = await administer<SessionsMessage>(again.port, '/api/mcsdc/@sessions');
    assert.equal(listed.unopened.length, Math.min(PEOPLE, 100));

    // One copy is of before the newer record: it is not put back over it.
    await several(PEOPLE, 8, (me) => setAt(people[me]!, next));
    assert.deepEqual(await formats(), new Set([PRESENT]), 'the old version has signed in again');
    await several(PEOPLE, 8, (me) => setAt(people[me]!, me % 2 === 0 ? again : next));
    t.diagnostic(
      `${PEOPLE} sessions, ${ROUNDS} rounds at both versions: 0 logged out; ${refused} refused at the old one, 0 lost`,
    );
  } finally {
    await next.stop();
  }
});

test('an older copy is never put back over one that a newer version wrote', async () => {
  await using cluster = await MemcachedCluster.start(2);
  await using folder = await temporaryFolder();
  const data = folder.path;
  const sessions = { servers: cluster.addresses, proxy: { replicas: 2 } };
  const before = await startSite(sessions, { data, environment: QUIET });
  const visitor = new Visitor(before);
  assert.equal((await visitor.visit('/page', 'set n 1')).status, 200);
  assert.equal(await before.stop(), 0);
  using first = new RawMemcached(cluster.server(0).port);
  using second = new RawMemcached(cluster.server(1).port);
  const key = (await cluster.server(0).keys()).find((each) => each.includes('s-'))!;
  const older = (await first.get(key))!;
  await using next = await startSteppedServer({ data, environment: { ...QUIET, ...NEXT_VERSION } });
  assert.equal((await visitor.copy(next).visit('/page', 'set n 2')).status, 200);
  const newer = (await second.get(key))!;
  assert.deepEqual([older.value[FORMAT_AT], newer.value[FORMAT_AT]], [PRESENT, NEXT]);
  await using old = await startSteppedServer({ data, environment: QUIET });
  await first.set(key, older);
  for (const step of ['get n', 'set n 9', 'get n']) {
    assert.equal((await visitor.copy(old).visit('/page', step)).status, 503);
    assert.deepEqual([await first.get(key), await second.get(key)], [older, newer]);
  }
  assert.equal(resultOf(await visitor.copy(next).visit('/page', 'get n')), 2);
});

/** What lies on each server, one after the other: a connection asks one question at a time. */
async function contentsOf(
  cluster: MemcachedCluster,
  raws: readonly RawMemcached[],
): Promise<readonly (RawItem | undefined)[]> {
  const keys = (await cluster.server(0).keys()).filter((key) => key.includes('s-')).toSorted();
  const items: (RawItem | undefined)[] = [];
  for (const raw of raws) for (const key of keys) items.push(await raw.get(key));
  return items;
}
