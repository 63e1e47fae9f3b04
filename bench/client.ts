/**
 * The memcached client against a raw pipelined socket and against memjs as it is: gets of 1 KiB.
 * `node bench/client.ts [seconds a cell] [rounds]`; ratios of the cells of one round are what counts.
 */
import memjs from 'memjs';
import { connect } from 'node:net';
import { parseServers } from '../server/memcache/addresses.ts';
import { Allowlist } from '../server/memcache/allowlist.ts';
import { Cluster } from '../server/memcache/cluster.ts';
import { bareRequest, OPCODES } from '../server/memcache/protocol.ts';
import { startMemcached } from '../e2e/support/memcached.ts';

interface Contestant {
  readonly name: string;
  get(key: string): Promise<unknown>;
  close(): unknown;
}

interface Cell {
  readonly name: string;
  readonly concurrent: number;
  readonly perSecond: number;
  readonly cpuUs: number;
}

const VALUE = Buffer.alloc(1024, 'v');
const SECONDS = Number(process.argv[2] ?? 1);
const ROUNDS = Number(process.argv[3] ?? 5);
const KEYS = Array.from({ length: 500 }, (_, index) => `bench:${'x'.repeat(43)}${index}`);

await using server = await startMemcached();
const { addresses } = parseServers([server.address]);
const cluster = new Cluster({ addresses, allowlist: Allowlist.parse().allowlist });
for (const key of KEYS) await cluster.set(key, VALUE, 600);

const contestants: readonly Contestant[] = [
  await rawSocket(server.port),
  { name: 'this client', get: (key) => cluster.get(key), close: () => cluster.close() },
  bareMemjs(server.address),
];

const cells: Cell[][] = [];
for (const concurrent of [16, 128]) {
  for (const contestant of contestants) await measure(contestant, concurrent, 0.2);
  for (let round = 1; round <= ROUNDS; round++) {
    const row: Cell[] = [];
    for (const contestant of contestants) row.push(await measure(contestant, concurrent, SECONDS));
    cells.push(row);
    process.stderr.write(`${concurrent} concurrent, round ${round} of ${ROUNDS}\n`);
  }
}
for (const contestant of contestants) await contestant.close();
report(cells);

/** The floor: one socket, requests written once a turn, answers of a known size counted, nothing looked at. */
async function rawSocket(port: number): Promise<Contestant> {
  const socket = connect({ port, host: '127.0.0.1', noDelay: true });
  const waiting: (() => void)[] = [];
  let [received, unsent, head] = [0, [] as Buffer[], 0];
  const answerBytes = 24 + 4 + VALUE.length;
  socket.on('data', (chunk) => {
    received += chunk.length;
    for (; received >= answerBytes; received -= answerBytes) waiting[head++]?.();
    if (head === waiting.length) head = waiting.length = 0;
  });
  await new Promise<void>((resolve) => socket.once('connect', resolve));
  const flush = () => {
    socket.write(Buffer.concat(unsent));
    unsent = [];
  };
  return {
    name: 'raw socket',
    get: (key) =>
      new Promise<void>((resolve) => {
        waiting.push(resolve);
        if (unsent.push(bareRequest(OPCODES.get, 0, key)) === 1) process.nextTick(flush);
      }),
    close: () => socket.destroy(),
  };
}

function bareMemjs(address: string): Contestant {
  const client = memjs.Client.create(address, { retries: 1, failover: false, logger: { log: () => undefined } });
  return { name: 'memjs', get: (key) => client.get(key), close: () => client.close() };
}

async function measure(contestant: Contestant, concurrent: number, seconds: number): Promise<Cell> {
  const [begun, cpu] = [performance.now(), process.cpuUsage()];
  const end = begun + seconds * 1000;
  let done = 0;
  const work = async (index: number): Promise<void> => {
    for (; done % 64 !== 0 || performance.now() < end; index += concurrent) {
      await contestant.get(KEYS[index % KEYS.length] as string);
      done++;
    }
  };
  await Promise.all(Array.from({ length: concurrent }, (_, index) => work(index)));
  const { user, system } = process.cpuUsage(cpu);
  const elapsedS = (performance.now() - begun) / 1000;
  return { name: contestant.name, concurrent, perSecond: done / elapsedS, cpuUs: (user + system) / done };
}

function report(rows: readonly (readonly Cell[])[]): void {
  for (const concurrent of new Set(rows.flat().map((cell) => cell.concurrent))) {
    const own = rows.filter((row) => row[0]?.concurrent === concurrent);
    for (const [index, { name }] of contestants.entries()) {
      const cell = {
        name,
        concurrent,
        ratio: median(own.map((row) => (row[index]?.perSecond ?? 0) / (row[0]?.perSecond ?? 1))).toFixed(2),
        perSecond: Math.round(median(own.map((row) => row[index]?.perSecond ?? 0))),
        cpuUs: median(own.map((row) => row[index]?.cpuUs ?? 0)).toFixed(2),
      };
      process.stdout.write(`${JSON.stringify(cell)}\n`);
    }
  }
}

function median(numbers: readonly number[]): number {
  return [...numbers].sort((a, b) => a - b)[Math.floor(numbers.length / 2)] ?? 0;
}
