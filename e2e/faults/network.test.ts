import assert from 'node:assert/strict';
import { test } from 'node:test';
import { startChaosProxy, type ChaosProxy, type Fate } from '../support/chaos-proxy.ts';
import { percentile, several, sized, times, until } from '../support/figures.ts';
import { MemcachedCluster } from '../support/memcached-cluster.ts';
import { startMemcached } from '../support/memcached.ts';
import { startPulse } from '../support/pulse.ts';
import type { TestServer } from '../support/server.ts';
import { startSite } from '../support/sessions-site.ts';
import { resultOf, resultsOf, Visitor, type Answer } from '../support/visitor.ts';

const DEADLINE_MS = 250;
const SETTLED_MS = DEADLINE_MS + 50;
const OPERATIONS = sized(600, 2_000);
const VISITORS = 20;

interface Person {
  readonly visitor: Visitor;
  readonly sent: number[];
  /** The value of every write that may be there: the last acknowledged one, and those after it without an answer. */
  possible: number[];
  /** Reads of what an acknowledged write had replaced. */
  stale: number;
}

for (const { broken, name } of [
  { broken: 1, name: 'one server of two' },
  { broken: 2, name: 'both servers' },
]) {
  test(`with a network to ${name} that cuts, halves, delays and resets, every request is settled, and nothing is torn`, async (t) => {
    await using cluster = await MemcachedCluster.start(2);
    await using stack = new AsyncDisposableStack();
    const proxies = await Promise.all(cluster.all.map(async ({ port }) => stack.use(await startChaosProxy(port))));
    await using site = await startSite({
      servers: proxies.map(({ address }) => address),
      proxy: { replicas: 2, timeout_ms: DEADLINE_MS },
    });
    const people = await Promise.all(
      Array.from({ length: VISITORS }, async (): Promise<Person> => {
        return { visitor: await visitorAt(site, 'set n 0'), sent: [0], possible: [0], stale: 0 };
      }),
    );
    const counts = proxies.slice(0, broken).map((proxy) => disturb(proxy));
    const took = { reads: [] as number[], changes: [] as number[] };
    const stop = startPulse(site);
    let refused = 0;
    await several(VISITORS, VISITORS, async (which) => {
      const person = people[which]!;
      for (let turn = 1; turn <= OPERATIONS / VISITORS; turn += 1) {
        const answer = await (turn % 2 === 0
          ? person.visitor.visit('/page', 'get n')
          : person.visitor.post('/page', `set n ${turn}`));
        took[turn % 2 === 0 ? 'reads' : 'changes'].push(answer.tookMs);
        assert.ok([200, 503].includes(answer.status), answer.text);
        if (answer.status === 503) refused += 1;
        note(person, turn, answer.status === 200 ? resultOf(answer) : undefined);
      }
    });
    const { longestMs } = await stop();
    for (const proxy of proxies) proxy.onAnswer = () => 'pass';
    for (const person of people) note(person, 0, await settled(person.visitor));
    const stale = people.reduce((sum, person) => sum + person.stale, 0);

    const faults = counts.reduce((sum, { total }) => sum + total, 0);
    assert.ok(faults > OPERATIONS / 10, `only ${faults} answers were disturbed`);
    const share = 1 - refused / OPERATIONS;
    t.diagnostic(
      `${OPERATIONS} requests, ${faults} answers disturbed (${counts.map(({ list }) => list()).join('; ')})`,
    );
    t.diagnostic(`${(share * 100).toFixed(2)} % succeeded, 0 torn values, ${stale} stale ones`);
    t.diagnostic(
      `reads: ${times(took.reads)}; changes: ${times(took.changes)}; the machine held up ${longestMs.toFixed(0)} ms`,
    );
    // With both in trouble, a read finds copies that differ, and repairs them.
    assert.ok(percentile(took.reads, 0.99) < broken * SETTLED_MS + longestMs, `reads took ${times(took.reads)}`);
    // A request that changes a session reads and writes; where it does not know what became of that, it does both again.
    assert.ok(
      percentile(took.changes, 0.99) < 2 * broken * SETTLED_MS + longestMs,
      `changes took ${times(took.changes)}`,
    );
    if (broken === 2) return;
    // Where both are in trouble, a write may reach one alone, and the next read only the other.
    assert.equal(stale, 0);
    assert.ok(share >= 0.999, `${refused} of ${OPERATIONS} requests were refused`);
  });
}

test('after a connection was cut anywhere inside an answer, the next ten reads are right', async (t) => {
  const points = sized(100, 500);
  await using memcached = await startMemcached();
  await using proxy = await startChaosProxy(memcached.port);
  await using site = await startSite({ servers: [proxy.address], container: { resolution_seconds: 3600 } });
  const visitors = await Promise.all(
    Array.from({ length: 10 }, (_, me) => visitorAt(site, `set me ${me}`, `fill junk ${300 + me * 17}`)),
  );
  let cuts = 0;
  let right = 0;
  let wrong = 0;
  let refused = 0;
  for (let point = 0; point < points; point += 1) {
    const cutAfter = Math.floor((point / points) * 500);
    let isDue = true;
    proxy.onAnswer = () => {
      if (!isDue) return 'pass';
      isDue = false;
      cuts += 1;
      return { cutAfter };
    };
    // Several answers are under way when the connection is cut.
    const during = await Promise.all(visitors.slice(0, 3).map((visitor) => visitor.visit('/page', 'get me')));
    for (const [me, answer] of during.entries()) if (answer.status === 200 && resultOf(answer) !== me) wrong += 1;
    for (const [me, visitor] of visitors.entries()) {
      const answer = await visitor.visit('/page', 'get me');
      if (answer.status !== 200) refused += 1;
      else if (resultOf(answer) === me) right += 1;
      else wrong += 1;
    }
  }
  t.diagnostic(`${cuts} cuts: ${right} of ${points * 10} reads right, ${wrong} wrong, ${refused} refused`);
  assert.equal(cuts, points);
  assert.deepEqual({ right, wrong }, { right: points * 10, wrong: 0 });
});

test('an answer that comes after its deadline is given to nobody', async (t) => {
  const rounds = sized(5, 40);
  await using memcached = await startMemcached();
  await using proxy = await startChaosProxy(memcached.port);
  await using site = await startSite({ servers: [proxy.address], proxy: { timeout_ms: 100 } });
  const visitors = await Promise.all(Array.from({ length: 10 }, (_, me) => visitorAt(site, `set me ${me}`)));
  let late = 0;
  for (let round = 0; round < rounds; round += 1) {
    assert.equal(await settled(visitors[0]!, 'me'), 0);
    let left = 5;
    proxy.onAnswer = () => {
      if (left-- <= 0) return 'pass';
      late += 1;
      return { delayMs: 150 };
    };
    await several(100, 10, async (index) => {
      const answer = await visitors[index % 10]!.visit('/page', 'get me');
      assert.ok([200, 503].includes(answer.status), answer.text);
      if (answer.status === 200) assert.equal(resultOf(answer), index % 10);
    });
  }
  assert.ok(late >= rounds);
  t.diagnostic(`${late} answers after their deadline, ${rounds * 100} reads: 0 foreign values`);
});

/** A tenth of the answers each are lost with a clean end, lost with a reset, cut in half, sent byte by byte, delayed. */
function disturb(proxy: ChaosProxy): { readonly total: number; list(): string } {
  const made = { fin: 0, rst: 0, half: 0, drip: 0, delay: 0 };
  const fates: readonly ((chunk: Buffer) => [keyof typeof made, Fate])[] = [
    () => ['fin', 'fin'],
    () => ['rst', 'rst'],
    (chunk) => ['half', { cutAfter: chunk.length >> 1 }],
    () => ['drip', 'drip'],
    () => ['delay', { delayMs: Math.random() * 2 * DEADLINE_MS }],
  ];
  proxy.onAnswer = (chunk) => {
    const fate = fates[Math.floor(Math.random() * 10)]?.(chunk);
    if (fate === undefined) return 'pass';
    made[fate[0]] += 1;
    return fate[1];
  };
  return {
    get total() {
      return Object.values(made).reduce((sum, count) => sum + count, 0);
    },
    list: () =>
      Object.entries(made)
        .map(([name, count]) => `${count} ${name}`)
        .join(', '),
  };
}

/** Compares what a request saw with what may be there, and remembers what may be there after it. */
function note(person: Person, turn: number, result: unknown): void {
  const isWrite = turn % 2 === 1;
  if (isWrite) person.sent.push(turn);
  if (isWrite) person.possible = result === undefined ? [...person.possible, turn] : [turn];
  else if (result !== undefined) {
    assert.ok(person.sent.includes(result as number), `${JSON.stringify(result)} was read, and never written`);
    if (!person.possible.includes(result as number)) person.stale += 1;
    // What was written without an acknowledgement is in doubt until it was read.
    person.possible = [result as number];
  }
}

/** Once the network is well again. */
async function settled(visitor: Visitor, key = 'n'): Promise<unknown> {
  let answer: Answer | undefined;
  await until('sessions again', async () => {
    answer = await visitor.visit('/page', `get ${key}`);
    return answer.status === 200;
  });
  return resultOf(answer!);
}

async function visitorAt(at: TestServer, ...steps: readonly string[]): Promise<Visitor> {
  const visitor = new Visitor(at);
  resultsOf(await visitor.visit('/page', ...steps));
  return visitor;
}
