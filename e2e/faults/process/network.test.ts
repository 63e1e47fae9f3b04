import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { startChaosProxy, type ChaosProxy, type Fate } from '../../support/network/chaos-proxy.ts';
import { percentile, promised, several, sized, times, until } from '../../support/figures.ts';
import { MemcachedCluster } from '../../support/memcached/memcached-cluster.ts';
import { startMemcached } from '../../support/memcached/memcached.ts';
import type { TestServer } from '../../support/server.ts';
import { changeProperties, startSite } from '../../support/sessions-site.ts';
import { cookieNamesOf } from '../../support/cookie-names.ts';
import { resultOf, resultsOf, Visitor, type Answer } from '../../support/applications/visitor.ts';

const DEADLINE_MS = sized(1_000, 250);
const SETTLED_MS = DEADLINE_MS + 50;
/** A write is repeated for so long where it is in doubt. */
const REPEATED_MS = 2_000;
const OPERATIONS = sized(600, 2_000);
const MOST_ROUNDS = 8;
const VISITORS = 20;

interface Person {
  readonly visitor: Visitor;
  readonly sent: number[];
  /** The value of every write that may be there: the last acknowledged one, and those after it without an answer. */
  possible: number[];
  /** Reads of what an acknowledged write had replaced. */
  stale: number;
}

describe('a network in trouble', { concurrency: true }, () => {
  // A change reads and writes. With both servers in trouble, a read finds copies that differ and repairs them, and a write
  // is repeated while it is in doubt.
  for (const { broken, name, readMs, changeMs } of [
    { broken: 1, name: 'one server of two', readMs: SETTLED_MS, changeMs: 2 * SETTLED_MS },
    { broken: 2, name: 'both servers', readMs: 2 * SETTLED_MS, changeMs: 2 * SETTLED_MS + REPEATED_MS },
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
      const measure = async () => {
        const counts = proxies.slice(0, broken).map((proxy) => disturb(proxy));
        const faultsSoFar = () => counts.reduce((sum, { total }) => sum + total, 0);
        // Where both are found down, most requests are refused without an answer that could be disturbed.
        const enough = OPERATIONS / (broken === 1 ? 10 : 100);
        const rounds = [await visitAll(people)];
        // One that is found down for most of a round is asked too little in it.
        while (faultsSoFar() <= enough && rounds.length < MOST_ROUNDS) rounds.push(await visitAll(people));
        const [reads, changes] = [rounds.flatMap((round) => round.reads), rounds.flatMap((round) => round.changes)];
        const refused = rounds.reduce((sum, round) => sum + round.refused, 0);
        const requests = OPERATIONS * rounds.length;
        for (const proxy of proxies) proxy.onAnswer = () => 'pass';
        for (const person of people) noteRead(person, await settled(person.visitor));
        const faults = faultsSoFar();
        const stale = people.reduce((sum, person) => sum + person.stale, 0);
        const share = 100 * (1 - refused / requests);
        t.diagnostic(
          `${requests} requests, ${faults} answers disturbed: ${counts.map(({ list }) => list()).join('; ')}`,
        );
        t.diagnostic(`${share.toFixed(2)} % succeeded, 0 torn values, ${stale} stale ones`);
        t.diagnostic(`reads: ${times(reads)}; changes: ${times(changes)}`);
        assert.ok(faults > enough, `only ${faults} answers were disturbed`);
        // Where both are in trouble, a write may reach one alone, and the next read only the other.
        if (broken === 1) assert.deepEqual({ stale, isEnough: share >= sized(99, 99.9) }, { stale: 0, isEnough: true });
        return 100 * Math.max(percentile(reads, 0.99) / readMs, percentile(changes, 0.99) / changeMs);
      };
      await promised('Percent of the time within which requests are settled', 100, measure);
    });
  }
});

/** Each visitor reads and writes by turns. */
async function visitAll(people: readonly Person[]) {
  const reads: number[] = [];
  const changes: number[] = [];
  let refused = 0;
  const turn = async (person: Person, isRead: boolean) => {
    const next = Math.max(...person.sent) + 1;
    const answer = await (isRead
      ? person.visitor.visit('/page', 'get n')
      : person.visitor.post('/page', `set n ${next}`));
    assert.ok([200, 503].includes(answer.status), answer.text);
    if (answer.status === 503) refused += 1;
    (isRead ? reads : changes).push(answer.tookMs);
    if (!isRead) noteWrite(person, next, answer.status === 200);
    else if (answer.status === 200) noteRead(person, resultOf(answer));
  };
  const each = async (person: Person) => {
    for (let count = 0; count < OPERATIONS / people.length; count += 1) await turn(person, count % 2 === 1);
  };
  await Promise.all(people.map(each));
  return { reads, changes, refused };
}

test('after a connection was cut anywhere inside an answer, the next ten reads are right', async (t) => {
  const points = sized(100, 500);
  await using memcached = await startMemcached();
  await using proxy = await startChaosProxy(memcached.port);
  await using site = await startSite({ servers: [proxy.address], container: { resolution_seconds: 1200 } });
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
  await using site = await startSite({ servers: [proxy.address] });
  const visitors = await Promise.all(Array.from({ length: 10 }, (_, me) => visitorAt(site, `set me ${me}`)));
  await changeProperties(site, '/mcproxy', { timeout_ms: 100 });
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

test('whatever visitors send, memcached is sent whole requests with hashed keys, and nothing of the text is a command', async (t) => {
  const nasty = [
    'flush_all',
    '\0',
    '__proto__',
    'a/../b',
    '%0d%0aflush_all',
    'ä'.repeat(200),
    '\u200b',
    'get',
    '\x80\x08',
  ];
  await using memcached = await startMemcached();
  await using proxy = await startChaosProxy(memcached.port);
  await using site = await startSite({ servers: [proxy.address] });
  const sent: Buffer[] = [];
  proxy.cutAll();
  proxy.onRequest = (chunk) => (sent.push(chunk), 'pass');
  for (const name of nasty) {
    const visitor = await visitorAt(site, `set ${name} ${JSON.stringify('\r\nflush_all\r\n')}`);
    assert.deepEqual(resultOf(await visitor.visit('/page', `get ${name}`)), '\r\nflush_all\r\n');
    for (const cookie of [name, `${name}.${name}`]) {
      const forger = new Visitor(site, [[cookieNamesOf(site).browserId, encodeURIComponent(cookie)]]);
      const { status } = await forger.visit(`/page;${encodeURIComponent(name)}`, 'get n');
      assert.ok([400, 404].includes(status), `${status}`);
      assert.equal(resultOf(await forger.visit('/page', `get ${name}`)), null);
    }
  }
  const requests = requestsIn(Buffer.concat(sent));
  for (const { opcode, key } of requests) {
    assert.ok(OPCODES.has(opcode), `opcode ${opcode}`);
    assert.match(key, /^[A-Za-z0-9:_-]{0,200}$/);
  }
  t.diagnostic(`${requests.length} requests on the wire: 0 with another key than a hashed one, 0 commands of others`);
  assert.ok(requests.length >= nasty.length * 2);
  assert.ok((await memcached.ask('stats')).includes('STAT cmd_flush 0'));
});

/** Get, set, add, replace, delete, no-op, version, statistics. */
const OPCODES = new Set([0, 1, 2, 3, 4, 0x0a, 0x0b, 0x10]);

/** The requests of memcached's binary protocol that a stream of bytes consists of, to its end. */
function requestsIn(bytes: Buffer): readonly { readonly opcode: number; readonly key: string }[] {
  const requests = [];
  for (let at = 0; at < bytes.length;) {
    assert.equal(bytes[at], 0x80, `no request begins at ${at}`);
    const start = at + 24 + bytes.readUInt8(at + 4);
    requests.push({
      opcode: bytes.readUInt8(at + 1),
      key: bytes.toString('latin1', start, start + bytes.readUInt16BE(at + 2)),
    });
    at += 24 + bytes.readUInt32BE(at + 8);
  }
  return requests;
}

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

/** Remembers what may be there after a write, of which it is perhaps not known whether it was made. */
function noteWrite(person: Person, value: number, isAcknowledged: boolean): void {
  person.sent.push(value);
  person.possible = isAcknowledged ? [value] : [...person.possible, value];
}

/** Compares what was read with what may be there. What was in doubt is certain once it was read. */
function noteRead(person: Person, result: unknown): void {
  assert.ok(person.sent.includes(result as number), `${JSON.stringify(result)} was read, and never written`);
  if (!person.possible.includes(result as number)) person.stale += 1;
  person.possible = [result as number];
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
