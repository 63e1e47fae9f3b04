import assert from 'node:assert/strict';
import dns from 'node:dns';
import { syncBuiltinESMExports } from 'node:module';
import { after, mock, test } from 'node:test';
import { startDealer } from '../../../e2e/support/network/connection-dealer.ts';
import { startChaosProxy } from '../../../e2e/support/network/chaos-proxy.ts';
import { freePort, startMemcached } from '../../../e2e/support/memcached/memcached.ts';
import { freezeProcess } from '../../../e2e/support/process-state.ts';
import { wallClock } from '../../base/clock.ts';
import { parseAddress, type Address } from './addresses.ts';
import { Allowlist } from './allowlist.ts';
import { ServerClient } from './server-client.ts';
import { Sameness, twinsAmong } from './sameness.ts';

const { allowlist } = Allowlist.parse();
const sameness = new Sameness({ allowlist, timeoutMs: 1_000, clock: wallClock });

/** Names of this test, beside those of the machine. */
const names: Record<string, readonly string[]> = {
  'two.test': ['127.0.0.1', '127.0.0.2'],
  'both.test': ['::1', '127.0.0.1'],
  'one.test': ['127.0.0.1'],
};
/** Names that lead to one address in turn, as where the answers for them are dealt out. */
const inTurn: Record<string, string[]> = { 'turns.test': ['127.0.0.1', '127.0.0.2'] };
const systemLookup = dns.lookup;
mock.method(dns, 'lookup', ((host: string, options: object, callback: Function) => {
  const [next] = inTurn[host]?.splice(0, 1) ?? [];
  if (next !== undefined) inTurn[host]?.push(next);
  const found = (next === undefined ? names[host] : [next])?.map((address) => ({
    address,
    family: address.includes(':') ? 6 : 4,
  }));
  if (found === undefined) systemLookup(host, options, callback as never);
  else setImmediate(() => callback(null, found));
}) as never);
syncBuiltinESMExports();
after(() => {
  mock.restoreAll();
  syncBuiltinESMExports();
});

test('one memcached is one, however often it is asked, over whatever addresses and by whomever else', async () => {
  await using server = await startMemcached({ args: ['-l', '127.0.0.2,::1'] });
  const busy = setInterval(() => void server.ask('stats').catch(() => undefined), 5);
  try {
    for (const host of ['127.0.0.1', 'one.test', 'two.test', 'both.test', 'localhost']) {
      const rounds = await Promise.all(Array.from({ length: 5 }, () => sameness.leadsToSeveral(at(host, server.port))));
      assert.deepEqual(rounds, [false, false, false, false, false], host);
    }
  } finally {
    clearInterval(busy);
  }
});

test('a name with two addresses behind each of which another memcached stands leads to several', async () => {
  const port = await freePort();
  await using _first = await startMemcached({ port });
  await using second = await startMemcached({ port, host: '127.0.0.2' });
  assert.equal(await sameness.leadsToSeveral(at('two.test', port)), true);
  await second.kill();
  assert.equal(await sameness.leadsToSeveral(at('two.test', port)), false, 'one is gone');
});

test('a name that leads to one of two memcacheds in turn leads to several, whatever it leads to by the time of connecting', async () => {
  const port = await freePort();
  await using _first = await startMemcached({ port });
  await using _second = await startMemcached({ port, host: '127.0.0.2' });
  assert.equal(await sameness.leadsToSeveral(at('turns.test', port)), true);
  assert.equal(await sameness.isWithin(at('turns.test', port), at('127.0.0.1', port)), false);
});

test('an address that deals connections out to two memcacheds leads to several', async () => {
  await using first = await startMemcached();
  await using second = await startMemcached();
  await using balancer = await startDealer(() => [first.port, second.port]);
  assert.equal(await sameness.leadsToSeveral(at('127.0.0.1', balancer.port)), true);
  assert.ok(balancer.connections > 1);
});

test('two memcacheds that have the same process id, as in containers, are told apart by what they have read', async () => {
  await using first = await startMemcached();
  await using second = await startMemcached();
  await using balancer = await startDealer(() => [first.port, second.port]);
  await using proxy = await startChaosProxy(balancer.port);
  let pids = 0;
  proxy.onAnswer = (chunk) => {
    const text = chunk.toString('latin1');
    const said = text.replace(/(?<=[^u]pid)[0-9]+(?=\x81)/, (pid) => (pids++, '7'.repeat(pid.length)));
    return { become: Buffer.from(said, 'latin1') };
  };
  assert.equal(await sameness.leadsToSeveral(at('127.0.0.1', proxy.port)), true);
  assert.ok(pids > 2);
  await using alone = await startChaosProxy(first.port);
  alone.onAnswer = proxy.onAnswer;
  assert.equal(await sameness.leadsToSeveral(at('127.0.0.1', alone.port)), false);
});

test('of several addresses those of one memcached are found, though others say the same process id and start, and are as busy', async () => {
  await using first = await startMemcached();
  await using second = await startMemcached();
  let disguised = 0;
  const proxies = await Promise.all([first, second, first, second, first].map(({ port }) => startChaosProxy(port)));
  for (const proxy of proxies) proxy.onAnswer = (chunk) => ({ become: alike(chunk, () => (disguised += 1)) });
  const servers = proxies.map(({ port }) => clientAt('127.0.0.1', port));
  const busy = setInterval(() => {
    for (const server of [first, second]) void server.ask('stats').catch(() => undefined);
  }, 5);
  try {
    // What a look parts by chance, the next one finds; what is not one is never said to be.
    let found = 0;
    for (let time = 0; found < 3; time += 1) {
      assert.ok(time < 20, `${found} found`);
      const twins = [...(await twinsAmong(servers))].map((pair) => pair.map((each) => servers.indexOf(each)).join());
      for (const pair of twins) assert.ok(['2,0', '4,0', '4,2', '3,1'].includes(pair), pair);
      found = twins.length;
    }
  } finally {
    clearInterval(busy);
    for (const server of servers) server.close();
    await Promise.all(proxies.map((proxy) => proxy[Symbol.asyncDispose]()));
    assert.ok(disguised > 0);
  }
});

test('of a server that is silent it is not said where it leads', async () => {
  await using server = await startMemcached();
  await freezeProcess(server.pid);
  const quick = new Sameness({ allowlist, timeoutMs: 100, clock: wallClock });
  assert.equal(await quick.leadsToSeveral(at('127.0.0.1', server.port)), undefined);
});

test('one address is within another that leads to the same server, by the same addresses or by what it says of itself', async () => {
  await using server = await startMemcached({ args: ['-l', '127.0.0.2'] });
  await using other = await startMemcached();
  const isWithin = (a: string, b: string, port = server.port) => sameness.isWithin(at(a, server.port), at(b, port));
  assert.equal(await isWithin('one.test', '127.0.0.1'), true);
  assert.equal(await isWithin('both.test', '127.0.0.1'), true, 'nobody listens at the other address');
  assert.equal(await isWithin('127.0.0.2', '127.0.0.1'), true, 'the same server at another address');
  assert.equal(await isWithin('127.0.0.1', '127.0.0.1', other.port), false);
  assert.equal(await isWithin('127.0.0.3', '127.0.0.1'), false, 'it is gone, and leads nowhere');
  await freezeProcess(server.pid);
  assert.equal(await isWithin('localhost', '127.0.0.1'), true, 'a silent one, by its address');
});

test('an address is within itself, though nobody answers there or its name is none', async () => {
  for (const text of ['/tmp/nobody-listens.sock', 'name-that-is-none.invalid']) {
    const address = parseAddress(text) as Address;
    assert.equal(await sameness.isWithin(address, address), true, text);
  }
});

test('of a name that leads elsewhere as well it is not said that it is within a server that is gone', async () => {
  const port = await freePort();
  await using _elsewhere = await startMemcached({ port, host: '127.0.0.2' });
  assert.equal(await sameness.isWithin(at('two.test', port), at('127.0.0.1', port)), false);
});

/** What servers say, with one process id, start and time for all. */
function alike(chunk: Buffer, count: () => void): Buffer {
  const rules = [/(?<=[^u]pid)[0-9]+(?=\x81)/, /(?<=uptime)[0-9](?=\x81)/, /(?<=[^p]time)[0-9]{10}(?=\x81)/];
  const said = rules.reduce(
    (text, rule) => text.replace(rule, (digits) => (count(), '7'.repeat(digits.length))),
    chunk.toString('latin1'),
  );
  return Buffer.from(said, 'latin1');
}

function clientAt(host: string, port: number): ServerClient {
  return new ServerClient(at(host, port), {
    allowlist,
    clock: wallClock,
    timeoutMs: 1_000,
    maxBodyBytes: 65_536,
    onReady: () => undefined,
    onChange: () => undefined,
  });
}

function at(host: string, port: number): Address {
  const address = parseAddress(`${host}:${port}`);
  if (typeof address === 'string') throw new Error(address);
  return address;
}
