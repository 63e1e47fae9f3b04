import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Memcached } from '../../../e2e/support/memcached/memcached.ts';
import { Unavailable } from '../../base/errors.ts';
import type { Cluster } from '../cluster/cluster.ts';
import { newKey, textOf, versioned, waitUntil } from '../contract.ts';
import { clusterOf, several } from '../testing.ts';

const CLUSTERS = 3;
const WRITERS = 60;
const KEYS = 20;
const INCREMENTS = 6_000;

/** What the writers of one key were told. */
interface Tally {
  acknowledged: number;
  unknown: number;
}

/** Increments that three processes could have made: each cluster has its own view of which servers are up. */
class Race {
  readonly tallies = new Map<string, Tally>();
  readonly #stores: readonly Cluster[];
  done = 0;
  missing = 0;

  constructor(servers: readonly Memcached[]) {
    this.#stores = Array.from({ length: CLUSTERS }, () => clusterOf(servers, { replicas: 2, timeoutMs: 250 }));
  }

  async run(): Promise<void> {
    const [store] = this.#stores as [Cluster];
    for (let index = 0; index < KEYS; index++) this.tallies.set(newKey(), { acknowledged: 0, unknown: 0 });
    await Promise.all([...this.tallies.keys()].map((key) => store.add(key, versioned('0'), 600)));
    await Promise.all(Array.from({ length: WRITERS }, (_, writer) => this.#work(writer)));
  }

  /** Acknowledged increments that are in no value, and others that are in one though their writers were told of a conflict. */
  async count() {
    const [store] = this.#stores as [Cluster];
    let lost = 0;
    let extra = 0;
    for (const [key, { acknowledged, unknown }] of this.tallies) {
      const value = Number(textOf(await store.get(key)));
      lost += Math.max(0, acknowledged - value);
      extra += Math.max(0, value - acknowledged - unknown);
    }
    return { lost, extra };
  }

  /** Whether some cluster has noticed that this server is out of reach. */
  async isNoticed(server: Memcached): Promise<boolean> {
    const statuses = await Promise.all(this.#stores.map((store) => store.servers()));
    return statuses.flat().some(({ address, up }) => address === server.address && !up);
  }

  async close(): Promise<void> {
    await Promise.all(this.#stores.map((store) => store.close()));
  }

  async #work(writer: number): Promise<void> {
    const store = this.#stores[writer % CLUSTERS] as Cluster;
    const keys = [...this.tallies.keys()];
    for (let turn = 0; turn < INCREMENTS / WRITERS; turn++) {
      await this.#increment(store, 1 + (writer % CLUSTERS), keys[(writer + turn * 7) % KEYS] as string);
      this.done++;
    }
  }

  async #increment(store: Cluster, writer: number, key: string): Promise<void> {
    const tally = this.tallies.get(key) as Tally;
    for (;;) {
      const item = await store.get(key).catch(onlyUnavailable);
      if (item === undefined) this.missing++;
      if (item === undefined || item === 'unavailable') continue;
      const next = versioned(String(Number(textOf(item)) + 1), item.value, writer);
      const outcome = await store.set(key, next, 600, item.cas).catch(onlyUnavailable);
      if (outcome === 'unavailable') tally.unknown++;
      if (outcome !== 'stored') continue;
      tally.acknowledged++;
      return;
    }
  }
}

type Fault = (victim: Memcached, isLate: () => Promise<void>) => Promise<void>;

const FAULTS: Readonly<Record<string, Fault>> = {
  killed: (victim) => victim.kill(),
  async 'frozen and woken'(victim, isLate) {
    await victim.stop();
    await isLate();
    victim.resume();
  },
};

for (const [name, fault] of Object.entries(FAULTS)) {
  test(`three processes count 20 keys up while a server is ${name}: none is lost, none counted twice`, async (t) => {
    for (let victim = 0; victim < 3; victim++) {
      await using servers = await several(3);
      const server = servers.all[victim] as Memcached;
      const race = new Race(servers.all);
      const running = race.run();
      await waitUntil(() => race.done > INCREMENTS / 5);
      await fault(server, async () => {
        await waitUntil(() => race.isNoticed(server));
        await waitUntil(() => race.done > INCREMENTS / 2);
      });
      await running;
      if (name === 'killed') assert.ok(await race.isNoticed(server), 'the fault happened');
      const tallies = [...race.tallies.values()];
      const acknowledged = tallies.reduce((sum, tally) => sum + tally.acknowledged, 0);
      const unknown = tallies.reduce((sum, tally) => sum + tally.unknown, 0);
      const { lost, extra } = await race.count();
      t.diagnostic(
        `server ${victim}: ${lost} lost and ${extra} counted twice of ${acknowledged} acknowledged, ${unknown} of unknown outcome`,
      );
      assert.equal(acknowledged, INCREMENTS);
      assert.deepEqual({ lost, extra }, { lost: 0, extra: 0 });
      assert.equal(race.missing, 0, 'no value looked as if it were gone');
      await race.close();
    }
  });
}

function onlyUnavailable(error: unknown): 'unavailable' {
  assert.ok(error instanceof Unavailable);
  return 'unavailable';
}
