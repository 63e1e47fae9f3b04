import assert from 'node:assert/strict';
import { test, type TestContext } from 'node:test';
import { sized } from '../../../e2e/support/figures.ts';
import { Unavailable } from '../../base/errors.ts';
import type { Cluster } from '../cluster/cluster.ts';
import { textOf, versioned } from '../contract.ts';
import { Simulation, type SimulatedServer } from './simulation.ts';
import type { Item } from '../store.ts';

const PROCESSES = 3;
const WRITERS = 12;
const RETRY_MS = 3;

interface Tally {
  acknowledged: number;
  unknown: number;
}

/** What goes wrong. A server is in trouble for a while, then for a while none is. */
interface Course {
  readonly servers: number;
  readonly replicas: number;
  readonly keys: number;
  readonly writes: number;
  readonly cuts?: boolean;
  readonly trouble?: (server: SimulatedServer) => void;
}

const CUT_SHARE = 0.002;
const TROUBLE_SHARE = 0.0005;
const END_SHARE = 0.0003;
/** So much happens at least between two troubles. */
const CALM_STEPS = 6_000;

/** Writers in several processes count keys up, while a seed decides what happens when. */
class Race {
  readonly tallies = new Map<string, Tally>();
  conflicts = 0;
  refused = 0;
  stale = 0;
  troubles = 0;
  readonly #course: Course;
  readonly #simulation: Simulation;
  readonly #processes: readonly Cluster[];
  #done = 0;
  #troubled: SimulatedServer | undefined;
  #calm = 0;

  constructor(simulation: Simulation, course: Course) {
    this.#simulation = simulation;
    this.#course = course;
    const { replicas } = course;
    this.#processes = Array.from({ length: PROCESSES }, () => simulation.process({ replicas }));
    for (let key = 0; key < course.keys; key++) this.tallies.set(`key${key}`, { acknowledged: 0, unknown: 0 });
  }

  async run(): Promise<void> {
    const [store] = this.#processes as [Cluster];
    const begin = (key: string) => store.add(key, versioned('0'), 600);
    await this.#simulation.run(Promise.all([...this.tallies.keys()].map(begin)));
    const writers = Array.from({ length: WRITERS }, (_, writer) => this.#work(writer));
    await this.#simulation.run(Promise.all(writers), () => this.#meddle());
    for (const server of this.#simulation.servers) heal(server);
  }

  /** Acknowledged writes that are in no value, and writes that are in one though their writers were told of a conflict. */
  async count() {
    let lost = 0;
    let extra = 0;
    const readAll = async (store: Cluster) => {
      for (const [key, { acknowledged, unknown }] of this.tallies) {
        const value = Number(textOf(await insist(() => store.get(key))));
        lost += Math.max(0, acknowledged - value);
        extra += Math.max(0, value - acknowledged - unknown);
      }
    };
    await this.#simulation.run(Promise.all(this.#processes.map(readAll)));
    return { lost, extra, stale: this.stale };
  }

  async #work(writer: number): Promise<void> {
    const keys = [...this.tallies.keys()];
    for (let turn = 0; this.#done < this.#course.writes; turn++) {
      await this.#countUp(keys[(writer * 7 + turn * 11) % keys.length] as string, writer % PROCESSES);
      this.#done++;
    }
  }

  async #countUp(key: string, process: number): Promise<void> {
    const store = this.#processes[process] as Cluster;
    const tally = this.tallies.get(key) as Tally;
    for (;;) {
      const known = tally.acknowledged;
      const item = await insist(
        () => store.get(key),
        () => this.refused++,
      );
      const count = Number(textOf(item));
      if (count < known) this.stale++;
      const next = versioned(String(count + 1), item.value, 1 + process);
      const outcome = await store.set(key, next, 600, item.cas).catch(onlyUnavailable);
      if (outcome === 'stored') tally.acknowledged++;
      else if (outcome === undefined) tally.unknown++;
      else this.conflicts++;
      if (outcome === 'stored') return;
      if (outcome === undefined) await pause();
    }
  }

  #meddle(): void {
    const { cuts, trouble } = this.#course;
    const { servers } = this.#simulation;
    if (cuts === true && this.#simulation.chance(CUT_SHARE)) this.#simulation.cut(this.#simulation.pick(servers));
    if (trouble === undefined) return;
    if (this.#troubled !== undefined && this.#simulation.chance(END_SHARE)) {
      heal(this.#troubled);
      this.#troubled = undefined;
      this.#calm = 0;
    } else if (this.#troubled === undefined && ++this.#calm > CALM_STEPS && this.#simulation.chance(TROUBLE_SHARE)) {
      this.#troubled = this.#simulation.pick(servers);
      trouble(this.#troubled);
      this.troubles++;
    }
  }
}

const TROUBLES = {
  frozen: (server: SimulatedServer) => void (server.state = 'frozen'),
  killed: (server: SimulatedServer) => server.kill(),
  'out of reach of one process': (server: SimulatedServer) => void server.parted.add(0),
};

const HOT = { keys: 3, writes: sized(800, 2_000) } as const;

test('one copy: with connections cut under the writers, none is lost, and who is told of a conflict did not write', async (t) => {
  await race(t, { ...HOT, servers: 2, replicas: 1, cuts: true });
});

for (const servers of [2, 3]) {
  test(`two copies on ${servers} servers: with connections cut, none is lost, and who is told of a conflict did not write`, async (t) => {
    await race(t, { ...HOT, servers, replicas: 2, cuts: true });
  });
}

for (const [what, trouble] of Object.entries(TROUBLES)) {
  test(`two copies: with one server ${what} at a time, none is lost, and who is told of a conflict did not write`, async (t) => {
    await race(t, { ...HOT, servers: 3, replicas: 2, trouble });
  });
}

for (const servers of [2, 3]) {
  test(`two copies on ${servers} servers that freeze by turns, of values that few use: refused rather than older`, async (t) => {
    const { refused } = await race(t, {
      servers,
      replicas: 2,
      keys: 300,
      writes: 8_000,
      trouble: TROUBLES.frozen,
    });
    assert.ok(refused > 0 || servers > 2, 'no value was in danger');
  });
}

test('the same seed takes the same course', async () => {
  const counts = async () => {
    using simulation = new Simulation(7, 3);
    const one = new Race(simulation, { ...HOT, servers: 3, replicas: 2, cuts: true });
    await one.run();
    return { conflicts: one.conflicts, cuts: simulation.cuts, ...(await one.count()) };
  };
  assert.deepEqual(await counts(), await counts());
});

/** Several seeds of one course. */
async function race(t: TestContext, course: Course): Promise<{ readonly refused: number }> {
  const sums = { acknowledged: 0, unknown: 0, conflicts: 0, cuts: 0, troubles: 0, refused: 0 };
  for (let seed = 1; seed <= sized(2, 60); seed++) {
    using simulation = new Simulation(seed, course.servers);
    const one = new Race(simulation, course);
    await one.run();
    assert.deepEqual(await one.count(), { lost: 0, extra: 0, stale: 0 }, `seed ${seed}`);
    for (const { acknowledged, unknown } of one.tallies.values()) {
      sums.acknowledged += acknowledged;
      sums.unknown += unknown;
    }
    sums.conflicts += one.conflicts;
    sums.cuts += simulation.cuts;
    sums.troubles += one.troubles;
    sums.refused += one.refused;
  }
  const { acknowledged, unknown, conflicts, cuts, troubles, refused } = sums;
  t.diagnostic(
    `${acknowledged} acknowledged, ${conflicts} told of a conflict, ${unknown} of unknown outcome, ${refused} reads ` +
      `refused; ${cuts} cuts, ${troubles} servers in trouble: 0 lost, 0 counted twice, 0 stale`,
  );
  assert.ok(cuts + troubles > 0, 'nothing went wrong');
  return sums;
}

function heal(server: SimulatedServer): void {
  server.revive();
  server.parted.clear();
}

/** Repeats a read until it is answered. */
async function insist(read: () => Promise<Item | undefined>, onRefusal?: () => void): Promise<Item> {
  for (;;) {
    const item = await read().catch(onlyUnavailable);
    if (item !== undefined) return item;
    onRefusal?.();
    await pause();
  }
}

function onlyUnavailable(error: unknown): undefined {
  assert.ok(error instanceof Unavailable);
}

/** On the simulation's clock. */
function pause(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, RETRY_MS));
}
