import { contend, countCommands, freeze, kill, newSession } from './behaviour.ts';
import type { Commands, Contention, Outage } from './behaviour.ts';
import { FLOOR, OURS, RAW, startContestants, type Contestant } from './contestants.ts';
import { load, type Load } from './load.ts';
import type { Options } from './options.ts';
import { residentMb } from './programs.ts';
import { figure, median, type Report } from './report.ts';
import { sessionSections } from './sessions-report.ts';

const SESSIONS = 128;

/** One page under one load, asked of one contestant after the other. */
export interface Series {
  readonly page: 'none' | 'read' | 'rw' | 'new';
  readonly connections: number;
  readonly bytes: number;
  /** Some are measured for this project alone, beside floor and raw limit. */
  readonly isForAll: boolean;
}

/** The medians of a contestant in a series. What is divided by the floor is divided round by round. */
export interface Cell extends Series, Load {
  readonly name: string;
  readonly ratio: number;
  readonly cpuRatio: number;
  readonly p50OverFloorUs: number;
  /** Resident memory before anything was asked, and after each round. */
  readonly restMb: number;
  readonly memoryMb: readonly number[];
}

/** What a contestant asks of memcached, and what becomes of sessions in trouble. The raw limit is not put to that test. */
export interface Conduct {
  readonly name: string;
  readonly commands: Commands;
  readonly contention: Contention;
  readonly frozen?: Outage;
  readonly killed?: Outage;
}

interface Round {
  readonly load: Load;
  readonly floor: Load;
  readonly restMb: number;
  readonly memoryMb: number;
}

const SERIES: readonly Series[] = [
  { page: 'none', connections: 16, bytes: 200, isForAll: true },
  { page: 'read', connections: 16, bytes: 200, isForAll: true },
  { page: 'rw', connections: 16, bytes: 200, isForAll: true },
  { page: 'new', connections: 16, bytes: 200, isForAll: true },
  { page: 'read', connections: 16, bytes: 5120, isForAll: false },
  { page: 'rw', connections: 16, bytes: 5120, isForAll: false },
  { page: 'read', connections: 1, bytes: 200, isForAll: false },
  { page: 'rw', connections: 1, bytes: 200, isForAll: false },
  { page: 'rw', connections: 64, bytes: 200, isForAll: false },
];

/** The session layers side by side: speed in turn, series by series, then conduct. */
export async function benchSessions(options: Options): Promise<Report> {
  await using contestants = await startContestants(options.only);
  const cells = await measureAll(contestants.list, options);
  const conducts: Conduct[] = [];
  for (const contestant of contestants.list) if (contestant.name !== FLOOR) conducts.push(await observe(contestant));
  return {
    sections: sessionSections(cells, conducts),
    lines: [...cells, ...conducts].map((line) => ({ part: 'sessions', ...line })),
  };
}

async function measureAll(contestants: readonly Contestant[], options: Options): Promise<readonly Cell[]> {
  const rounds = new Map<string, Round[]>();
  const atRest = new Map<Contestant, number>();
  for (const contestant of contestants) atRest.set(contestant, await residentMb(contestant.pid));
  for (let round = 1; round <= options.rounds; round++) {
    for (const series of SERIES) {
      process.stderr.write(`round ${round} of ${options.rounds}, ${nameOf(series)}:`);
      let floor: Load | undefined;
      for (const contestant of contestants.filter(({ name }) => takesPart(name, series))) {
        const measured = await measure(contestant, series, options.seconds);
        floor ??= measured;
        const key = keyOf(contestant.name, series);
        const memory = { restMb: atRest.get(contestant) ?? 0, memoryMb: await residentMb(contestant.pid) };
        rounds.set(key, [...(rounds.get(key) ?? []), { load: measured, floor, ...memory }]);
        process.stderr.write(` ${figure(measured.perSecond / floor.perSecond, 2)}`);
      }
      process.stderr.write('\n');
    }
  }
  return SERIES.flatMap((series) =>
    contestants.flatMap(({ name }) => {
      const own = rounds.get(keyOf(name, series));
      return own === undefined ? [] : [summarise(name, series, own)];
    }),
  );
}

function takesPart(name: string, { isForAll }: Series): boolean {
  return isForAll || name === FLOOR || name === RAW || OURS.includes(name);
}

function keyOf(name: string, series: Series): string {
  return `${name}, ${nameOf(series)}`;
}

function nameOf({ page, connections, bytes }: Series): string {
  return `/${page} of ${bytes} bytes, ${connections} connection${connections === 1 ? '' : 's'}`;
}

async function measure(contestant: Contestant, series: Series, seconds: number): Promise<Load> {
  const { page, connections, bytes } = series;
  const hasSession = contestant.name !== FLOOR && page !== 'new';
  const cookies: string[] = [];
  while (hasSession && cookies.length < SESSIONS) cookies.push(await newSession(contestant, bytes));
  const url = `http://127.0.0.1:${contestant.port}/${page}?size=${bytes}`;
  const under = { pid: contestant.pid, cookies, connections };
  await load(url, { ...under, seconds: 1 });
  const measured = await load(url, { ...under, seconds });
  // New sessions in their thousands are nobody's, and would fill the server.
  if (page === 'new') await Promise.all(contestant.servers.all.map((server) => server.ask('flush_all')));
  return measured;
}

function summarise(name: string, series: Series, rounds: readonly Round[]): Cell {
  const of = (figureOf: (round: Round) => number) => median(rounds.map(figureOf));
  return {
    name,
    ...series,
    perSecond: of(({ load: own }) => own.perSecond),
    ratio: of(({ load: own, floor }) => own.perSecond / floor.perSecond),
    cpuUs: of(({ load: own }) => own.cpuUs),
    cpuRatio: of(({ load: own, floor }) => own.cpuUs / floor.cpuUs),
    p50Ms: of(({ load: own }) => own.p50Ms),
    p99Ms: of(({ load: own }) => own.p99Ms),
    p50OverFloorUs: of(({ load: own, floor }) => (own.p50Ms - floor.p50Ms) * 1000),
    failures: rounds.reduce((sum, { load: own }) => sum + own.failures, 0),
    restMb: of(({ restMb }) => restMb),
    memoryMb: rounds.map(({ memoryMb }) => memoryMb),
  };
}

async function observe(contestant: Contestant): Promise<Conduct> {
  const { name } = contestant;
  process.stderr.write(`counting the commands of ${name}; 200 increments at once`);
  const commands = await countCommands(contestant);
  const contention = await contend(contestant);
  if (name === RAW) {
    process.stderr.write('\n');
    return { name, commands, contention };
  }
  process.stderr.write('; freezing memcached');
  const frozen = await freeze(contestant);
  process.stderr.write('; killing it\n');
  return { name, commands, contention, frozen, killed: await kill(contestant) };
}
