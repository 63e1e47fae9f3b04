import { join } from 'node:path';
import Database from 'better-sqlite3';
import { MemcachedCluster } from '../e2e/support/memcached/memcached-cluster.ts';
import { folded, OF_SERVER, serverName, type Counts, type Figures } from '../server/recent/figures.ts';
import { COARSEST, FINEST, floorTo, inSeconds, LEVELS, MINUTES } from '../server/recent/levels.ts';
import { subjectOf } from '../server/recent/meter.ts';
import type { Json } from '../server/storage/storage.ts';
import type { KeyedTable } from '../server/storage/tables.ts';
import { FILE_NAME } from '../server/storage/sqlite/data-file.ts';
import { openTestInstallation, type TestInstallation } from '../server/testing.ts';
import { totalsOf } from '../server/products/stores/session-counting.ts';
import { newCounts } from '../server/sessions/counts.ts';
import type { Options } from './options.ts';
import { figure, median, verdict, type Goal, type Report, type Section } from './report.ts';

const HOUR_S = 3_600;
const DAY_S = 24 * HOUR_S;
const SPANS = [
  ['1 hour', HOUR_S, FINEST],
  ['24 hours', DAY_S, MINUTES],
  ['7 days', 7 * DAY_S, COARSEST],
  ['30 days', 30 * DAY_S, COARSEST],
  ['90 days', 90 * DAY_S, COARSEST],
] as const;
const SERVERS = 3;
const CONTAINERS = 5;
const PROCESSES = 3;
const HELD: Goal = { sign: '≤', limit: 20 };
const AT_ONCE = 500;

interface Row {
  readonly span: string;
  readonly ms: number;
  /** Of this thread: what others do on the machine is not in it. */
  readonly cpuMs: number;
  readonly ratio: number;
  /** For how long at most nobody else had a turn, in processor time. */
  readonly heldMs: number;
}

/** What an Overview costs: 90 days of 3 busy servers, 5 busy containers and 3 processes. */
export async function benchRecent({ rounds }: Pick<Options, 'rounds'>): Promise<Report> {
  await using memcached = await MemcachedCluster.start(SERVERS);
  await using site = await openTestInstallation();
  await plant(site, memcached.addresses);
  await fill(site, memcached.addresses);
  const rows: Row[] = [];
  for (const [span, lengthS, level] of SPANS) {
    const floors: number[] = [];
    const asked: Asked[] = [];
    for (let round = 0; round < rounds; round++) {
      floors.push(floor(site.folder, level.name, lengthS));
      asked.push(await ask(site, lengthS));
    }
    rows.push({
      span,
      ms: median(asked.map(({ ms }) => ms)),
      cpuMs: median(asked.map(({ cpuMs }) => cpuMs)),
      ratio: median(asked.map(({ cpuMs }, round) => cpuMs / floors[round]!)),
      heldMs: median(asked.map(({ heldMs }) => heldMs)),
    });
  }
  return { sections: [section(rows)], lines: rows.map((row) => ({ part: 'recent', ...row })) };
}

async function plant(site: TestInstallation, servers: readonly string[]): Promise<void> {
  const add = async (body: Record<string, unknown>) => {
    const { status, text } = await site.ask('POST', '/api', { body });
    if (status !== 201) throw new Error(text);
  };
  await add({ type: 'MemCache Proxy', id: 'mcproxy', properties: { servers } });
  const properties = { proxy_path: '/mcproxy' };
  for (let index = 0; index < CONTAINERS; index++)
    await add({ type: 'MemCache Session Data Container', id: `mcsdc${index}`, properties });
}

/** Writes as recorders and processes would have, up to now. */
async function fill({ database, site }: TestInstallation, servers: readonly string[]): Promise<void> {
  const tree = await database.read(null);
  const containers = await Promise.all(
    Array.from({ length: CONTAINERS }, async (_, index) => subjectOf(await tree.get(`/mcsdc${index}`))),
  );
  const proxy = subjectOf(await tree.get('/mcproxy'));
  const names = servers.map((each) => serverName(proxy, each));
  const now = inSeconds(site.clock());
  const { tables } = database.main.storage;
  await write(tables.keyed<Json>('recent events'), [['began', { kind: 'began', at: now - COARSEST.keptS }]]);
  for (const { name, everyS, keptS } of LEVELS.slice(1)) {
    const rows: [string, Json][] = [];
    for (let at = floorTo(everyS, now) - everyS; at > now - keptS; at -= everyS)
      rows.push([String(at), figuresOf(everyS, containers, names) as Json]);
    await write(tables.keyed<Json>(name), rows);
  }
  const reports: [string, Json][] = [];
  for (let at = floorTo(20, now) - 20; at > now - FINEST.keptS; at -= 20) {
    for (let process = 0; process < PROCESSES; process++) {
      const report = () => {
        const { counts, sessions, servers } = figuresOf(10, containers, names);
        return process > 0 ? { counts } : { counts, seen: { there: ['p0', 'p1', 'p2'], sessions, servers } };
      };
      reports.push([`${at}:p${process}`, [report(), report()] as Json]);
    }
  }
  await write(tables.keyed<Json>(FINEST.name), reports);
}

function figuresOf(everyS: number, containers: readonly string[], servers: readonly string[]): Figures {
  const parts = Array.from({ length: everyS / FINEST.everyS }, (): Figures => ({
    knownS: FINEST.everyS,
    counts: Object.fromEntries(containers.map((each) => [each, countsOf()])),
    sessions: Object.fromEntries(containers.map((each) => [each, random(10_000)])),
    servers: Object.fromEntries(servers.map((each) => [each, OF_SERVER.map(() => random(1_000))])),
  }));
  return folded(parts);
}

function countsOf(): Counts {
  const waits = [0, 0, 0, 1, 5, 10, 50, 100, 100, 50, 20, 10, 2, 1].map((most) => random(most));
  return [
    random(100),
    ...totalsOf(newCounts()).map(() => random(1_000)),
    random(1_000),
    random(10_000),
    0,
    0,
    ...waits,
  ];
}

function random(most: number): number {
  return Math.ceil(Math.random() * most);
}

async function write(table: KeyedTable<Json>, rows: readonly (readonly [string, Json])[]): Promise<void> {
  const expires = Date.now() + COARSEST.keptS * 1_000;
  for (let at = 0; at < rows.length; at += AT_ONCE)
    await table.update((draft) => {
      for (const [key, value] of rows.slice(at, at + AT_ONCE)) draft.set(key, value, expires);
    });
}

type Asked = Pick<Row, 'ms' | 'cpuMs' | 'heldMs'>;

async function ask(site: TestInstallation, lengthS: number): Promise<Asked> {
  const from = new Date(Date.now() - lengthS * 1_000 + 5_000).toISOString();
  const begun = performance.now();
  const begunCpu = cpuMs();
  let before = begunCpu;
  let heldMs = 0;
  const turn = () => {
    const now = cpuMs();
    heldMs = Math.max(heldMs, now - before);
    before = now;
    turns = setImmediate(turn);
  };
  let turns = setImmediate(turn);
  const { status, text } = await site.ask('GET', `/api/@recent?from=${from}`);
  clearImmediate(turns);
  const now = cpuMs();
  if (status !== 200) throw new Error(text);
  return { ms: performance.now() - begun, cpuMs: now - begunCpu, heldMs: Math.max(heldMs, now - before) };
}

function cpuMs(): number {
  const { user, system } = process.threadCpuUsage();
  return (user + system) / 1_000;
}

/** The same rows, only read and parsed. */
function floor(folder: string, name: string, lengthS: number): number {
  using stack = new DisposableStack();
  const database = stack.adopt(new Database(join(folder, FILE_NAME), { readonly: true }), (each) => each.close());
  const begun = cpuMs();
  const list = database
    .prepare<[string, string], string>('SELECT value FROM entries WHERE name = ? AND key >= ?')
    .pluck();
  for (const value of list.all(name, String(inSeconds(Date.now()) - lengthS))) JSON.parse(value);
  return cpuMs() - begun;
}

function section(rows: readonly Row[]): Section {
  return {
    title: `An Overview of ${SERVERS} servers, ${CONTAINERS} containers and ${PROCESSES} processes`,
    columns: ['span', 'ms', 'CPU ms', 'held ms', 'goal', '÷ bare SQLite'],
    rows: rows.map(({ span, ms, cpuMs: cpu, heldMs, ratio }) => [
      span,
      figure(ms),
      figure(cpu),
      verdict(heldMs, HELD),
      `≤ ${HELD.limit}`,
      figure(ratio, 2),
    ]),
  };
}
