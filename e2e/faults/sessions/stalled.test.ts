import assert from 'node:assert/strict';
import { test } from 'node:test';
import { sized, times } from '../../support/figures.ts';
import { MemcachedCluster } from '../../support/memcached/memcached-cluster.ts';
import { freezeProcess, wakeProcess } from '../../support/process-state.ts';
import type { TestServer } from '../../support/server.ts';
import { startSite } from '../../support/sessions-site.ts';
import { Visitor } from '../../support/applications/visitor.ts';

const VISITORS = 20;
const ROUNDS = sized(4, 20);
const DEADLINE_MS = sized(500, 250);
const STALL_MS = DEADLINE_MS + 450;

/** What keeps a server process from reading what memcached has answered. */
const STALLS = {
  'was stopped': async (site: TestServer) => {
    await freezeProcess(site.pid);
    await pause(STALL_MS);
    wakeProcess(site.pid);
  },
  'was busy': async (site: TestServer) => {
    assert.equal((await new Visitor(site).visit('/page', `block ${STALL_MS}`)).status, 200);
  },
};

for (const [what, stall] of Object.entries(STALLS)) {
  test(`a server process that ${what} for longer than the deadline does not take memcached for dead`, async (t) => {
    await using cluster = await MemcachedCluster.start(2);
    await using site = await startSite({ servers: cluster.addresses, proxy: { replicas: 2, timeout_ms: DEADLINE_MS } });
    const visitors = Array.from({ length: VISITORS }, () => new Visitor(site));
    const counts: Record<number, number> = {};
    const took: number[] = [];
    let isOver = false;
    const asking = visitors.map(async (visitor) => {
      while (!isOver) {
        const { status, tookMs } = await visitor.post('/page', 'add n 1');
        counts[status] = (counts[status] ?? 0) + 1;
        took.push(tookMs);
      }
    });
    for (let round = 0; round < ROUNDS; round += 1) {
      await pause(150);
      await stall(site);
    }
    isOver = true;
    await Promise.all(asking);
    t.diagnostic(`${ROUNDS} times ${STALL_MS} ms: ${JSON.stringify(counts)}; ${times(took)}`);
    assert.ok(Math.max(...took) >= STALL_MS, 'No request was under way.');
    assert.deepEqual(Object.keys(counts), ['200']);
  });
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
