import { MemcachedCluster } from '../e2e/support/memcached/memcached-cluster.ts';
import { parseServers } from '../server/memcache/server/addresses.ts';
import { Allowlist } from '../server/memcache/server/allowlist.ts';
import { Cluster } from '../server/memcache/cluster/cluster.ts';
import { bareRequest, OPCODES, storeRequest } from '../server/memcache/server/protocol.ts';
import { RawSocket } from './floor/raw-socket.ts';
import type { Options } from './options.ts';
import { installPackage } from './packages.ts';
import { figure, median, verdict, type Report, type Section } from './report.ts';

interface Client {
  get(key: string): Promise<unknown>;
  close(): unknown;
}

interface Measured {
  readonly perSecond: number;
  readonly cpuUs: number;
}

interface Cell extends Measured {
  readonly name: string;
  readonly concurrent: number;
  readonly ratio: number;
}

const FLOOR = 'raw socket';
const OURS = 'this client';
const LIBRARIES = ['memjs', 'memcached', 'memcache', 'memcache-client'];
const CONCURRENT = [16, 128] as const;
const GOALS = { 16: 0.85, 128: 0.9 } as const;
const CPU_GOAL_US = 1.3;
const VALUE = Buffer.alloc(1024, 'v');
/** Without flags, which some libraries would take for a type of value. */
const LIFETIME = { expiration: 3_600, endsAtS: 0 };
const KEYS = Array.from({ length: 500 }, (_, index) => `bench:${'x'.repeat(43)}${index}`);

/** The memcached client against other libraries and against a socket that does nothing else: gets of 1 KiB. */
export async function benchClient(options: Options): Promise<Report> {
  await using servers = await MemcachedCluster.start(1);
  const clients = await connectAll(servers.server(0).port, options.only);
  try {
    const cells: Cell[] = [];
    for (const concurrent of CONCURRENT) cells.push(...(await measureAll(clients, concurrent, options)));
    return { sections: [speeds(cells), goals(cells)], lines: cells.map((cell) => ({ part: 'client', ...cell })) };
  } finally {
    for (const client of clients.values()) await client.close();
  }
}

async function connectAll(port: number, only: string): Promise<ReadonlyMap<string, Client>> {
  const address = `127.0.0.1:${port}`;
  const clients = new Map<string, Client>([
    [FLOOR, await rawClient(port)],
    [OURS, ownClient(address)],
  ]);
  for (const name of LIBRARIES.filter((library) => library.includes(only)))
    clients.set(name, await library(name, address));
  for (const [name, client] of clients) await check(name, client);
  return clients;
}

/** The floor, which also stores the values: an answer is found and counted, its value never looked at. */
async function rawClient(port: number): Promise<Client> {
  const socket = await RawSocket.connect(port);
  const store = (key: string) => storeRequest(OPCODES.set, 0, key, VALUE, LIFETIME);
  await Promise.all(KEYS.map((key) => new Promise((resolve) => socket.ask(store(key), resolve))));
  return {
    get: (key) => new Promise((resolve) => socket.ask(bareRequest(OPCODES.get, 0, key), resolve)),
    close: () => socket.close(),
  };
}

function ownClient(address: string): Client {
  const { addresses } = parseServers([address]);
  const cluster = new Cluster({ addresses, allowlist: Allowlist.parse().allowlist });
  return { get: (key) => cluster.get(key), close: () => cluster.close() };
}

async function library(name: string, address: string): Promise<Client> {
  const folder = new URL(`clients/${name}/`, import.meta.url);
  await installPackage(folder.pathname);
  const { connect } = (await import(new URL('client.js', folder).href)) as Library;
  return connect(address);
}

interface Library {
  connect(address: string): Promise<Client>;
}

/** A client that finds nothing would be quick. */
async function check(name: string, client: Client): Promise<void> {
  const got = (await client.get(KEYS[0] as string)) as Buffer | string | { value: Buffer | string };
  const value = typeof got === 'object' && 'value' in got ? got.value : got;
  if (name !== FLOOR && value.length !== VALUE.length) throw new Error(`${name} does not find what was stored.`);
}

async function measureAll(
  clients: ReadonlyMap<string, Client>,
  concurrent: number,
  { rounds, seconds }: Options,
): Promise<readonly Cell[]> {
  for (const client of clients.values()) await measure(client, concurrent, 0.5);
  const measured: ReadonlyMap<string, Measured>[] = [];
  for (let round = 1; round <= rounds; round++) {
    const row = new Map<string, Measured>();
    for (const [name, client] of clients) row.set(name, await measure(client, concurrent, seconds));
    measured.push(row);
    process.stderr.write(`${concurrent} gets at once, round ${round} of ${rounds}\n`);
  }
  const of = (name: string, row: ReadonlyMap<string, Measured>) => row.get(name) as Measured;
  return Array.from(clients.keys(), (name) => ({
    name,
    concurrent,
    ratio: median(measured.map((row) => of(name, row).perSecond / of(FLOOR, row).perSecond)),
    perSecond: median(measured.map((row) => of(name, row).perSecond)),
    cpuUs: median(measured.map((row) => of(name, row).cpuUs)),
  }));
}

async function measure(client: Client, concurrent: number, seconds: number): Promise<Measured> {
  const [began, cpu] = [performance.now(), process.cpuUsage()];
  const end = began + seconds * 1000;
  let done = 0;
  const work = async (first: number): Promise<void> => {
    // The clock is looked at once in 64 gets.
    for (let index = first; done % 64 !== 0 || performance.now() < end; index += concurrent) {
      await client.get(KEYS[index % KEYS.length] as string);
      done++;
    }
  };
  await Promise.all(Array.from({ length: concurrent }, (_, index) => work(index)));
  const { user, system } = process.cpuUsage(cpu);
  return { perSecond: (done * 1000) / (performance.now() - began), cpuUs: (user + system) / done };
}

function speeds(cells: readonly Cell[]): Section {
  const names = [...new Set(cells.map(({ name }) => name))];
  return {
    title: 'Client: gets of 1 KiB a second ÷ a raw pipelined socket, and processor time of a get',
    columns: ['client', ...CONCURRENT.flatMap((concurrent) => [`${concurrent} at once`, 'CPU µs'])],
    rows: names.map((name) => [
      name,
      ...cells.filter((cell) => cell.name === name).flatMap(({ ratio, cpuUs }) => [figure(ratio, 2), figure(cpuUs, 2)]),
    ]),
  };
}

function goals(cells: readonly Cell[]): Section {
  const own = (concurrent: number) => cells.find((cell) => cell.name === OURS && cell.concurrent === concurrent);
  return {
    title: 'Goals of the client',
    columns: ['goal', '', OURS],
    rows: [
      ...CONCURRENT.map((concurrent) => [
        `${concurrent} at once ÷ raw socket`,
        `≥ ${GOALS[concurrent]}`,
        verdict(own(concurrent)?.ratio, { sign: '≥', limit: GOALS[concurrent] }),
      ]),
      ['128 at once, CPU µs', `≤ ${CPU_GOAL_US}`, verdict(own(128)?.cpuUs, { sign: '≤', limit: CPU_GOAL_US })],
    ],
  };
}
