import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { several, sized } from '../support/figures.ts';
import { startKoaApplication, type KoaApplication } from '../support/applications/koa-application.ts';
import { MemcachedCluster } from '../support/memcached/memcached-cluster.ts';
import { changeProperties, startSite, startSteppedServer } from '../support/sessions-site.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { resultOf, resultsOf, Visitor } from '../support/applications/visitor.ts';

interface Place {
  readonly port: number;
}

/** Two servers and two Koa applications, each a process of its own, with the same sessions. */
interface Processes extends AsyncDisposable {
  readonly servers: readonly [Place, Place];
  readonly applications: readonly [KoaApplication, KoaApplication];
}

const SLOW_MS = 600;

for (const copies of [1, 2]) {
  describe(`four processes, ${copies === 1 ? 'one copy' : 'two copies'}`, () => {
    let processes: Processes;
    before(async () => {
      processes = await start(copies);
    });
    after(() => processes[Symbol.asyncDispose]());

    test('of increments by update at once none is lost and none refused', async (t) => {
      const rounds = sized(4, 50);
      const visitor = await visitorAt(processes.servers[0]);
      for (let round = 1; round <= rounds; round += 1) {
        const answers = await Promise.all(
          Array.from({ length: 40 }, (_, index) => {
            const server = processes.servers[index % 2]!;
            const application = processes.applications[index % 2]!;
            if (index < 20) return visitor.copy(server).post('/page', 'add n 1');
            return visitor.copy(application).ask('/add?key=n');
          }),
        );
        for (const { status, text } of answers) assert.equal(status, 200, text);
        assert.equal(resultOf(await visitor.visit('/page', 'get n')), round * 40);
      }
      t.diagnostic(`${rounds} rounds of 40: exactly ${rounds * 40}`);
    });

    for (const rule of ['newest', 'fail']) {
      test(`where handlers of two applications set one key, on_conflict ${rule} is done`, async (t) => {
        await changeProperties(processes.servers[0], '/mcsdc', { on_conflict: rule });
        const counts = { conflicts: 0, refused: 0 };
        await several(sized(20, 200), 10, async (round) => {
          const visitor = await visitorAt(processes.servers[0]);
          const values = [`one ${round}`, `two ${round}`];
          const answers = await Promise.all(
            processes.applications.map((application, index) => {
              const address = `/set?key=k&wait=${SLOW_MS}&value=${encodeURIComponent(values[index] ?? '')}`;
              return visitor.copy(application).ask(address);
            }),
          );
          const kept = values.filter((_, index) => answers[index]?.status === 200);
          const refused = answers.filter(({ status }) => status === 409).length;
          assert.equal(kept.length + refused, 2, answers.map(({ text }) => text).join());
          const isConflict = refused > 0 || answers.every((answer) => resultOf(answer) === null);
          if (isConflict) counts.conflicts += 1;
          counts.refused += refused;
          assert.equal(refused, isConflict && rule === 'fail' ? 1 : 0);
          for (const server of processes.servers) {
            const value = resultOf(await visitor.copy(server).visit('/page', 'get k'));
            assert.ok(kept.includes(String(value)), `${JSON.stringify(value)} was not acknowledged`);
          }
        });
        t.diagnostic(`${counts.conflicts} conflicts of two handlers, ${counts.refused} refused with 409`);
        assert.ok(counts.conflicts > 0, 'no two handlers met');
      });
    }

    test('an ended session is not brought back by slow handlers, at any process', async (t) => {
      const { servers, applications } = processes;
      const rounds = sized(10, 50);
      let alive = 0;
      let early = 0;
      await several(rounds, 10, async (round) => {
        const visitor = await visitorAt(servers[round % 2]!);
        const slow = [...servers, ...applications].flatMap((place, index) => {
          const writer = visitor.copy(place);
          const isServer = index < servers.length;
          return Array.from({ length: 5 }, () =>
            isServer
              ? writer.visit('/page', 'get begun', `wait ${SLOW_MS}`, 'set n 2')
              : writer.ask(`/set?key=begun&value=again&wait=${SLOW_MS}`),
          );
        });
        await new Promise((resolve) => setTimeout(resolve, SLOW_MS / 2));
        assert.equal((await visitor.copy(servers[(round + 1) % 2]).visit('/page', 'invalidate')).status, 200);
        for (const answer of await Promise.all(slow)) {
          assert.ok([200, 409].includes(answer.status), answer.text);
          if (answer.status === 200 && resultOf(answer) === true) early += 1;
        }
        for (const server of servers) {
          const [all, isNew] = resultsOf(await visitor.copy(server).visit('/page', 'all', 'new'));
          if (isNew !== true || Object.keys(all as object).length > 0) alive += 1;
        }
      });
      t.diagnostic(`${early} slow writers had read ${rounds} sessions that were then ended: ${alive} alive afterwards`);
      assert.ok(early > rounds, 'most slow writers came too late to matter');
      assert.equal(alive, 0);
    });
  });
}

async function start(copies: number): Promise<Processes> {
  await using stack = new AsyncDisposableStack();
  const cluster = stack.use(await MemcachedCluster.start(2));
  const { path: data } = stack.use(await temporaryFolder());
  const one = stack.use(await startSite({ servers: cluster.addresses, proxy: { replicas: copies } }, { data }));
  const [other, ...applications] = await Promise.all([
    startSteppedServer({ data }),
    startKoaApplication(data),
    startKoaApplication(data),
  ]);
  for (const each of [other, ...applications]) stack.use(each);
  const all = stack.move();
  return { servers: [one, other], applications, [Symbol.asyncDispose]: () => all.disposeAsync() };
}

async function visitorAt(place: Place): Promise<Visitor> {
  const visitor = new Visitor(place);
  assert.equal((await visitor.visit('/page', 'set begun true')).status, 200);
  return visitor;
}
