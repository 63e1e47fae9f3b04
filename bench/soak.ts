import { setTimeout as wait } from 'node:timers/promises';
import { MemcachedCluster } from '../e2e/support/memcached/memcached-cluster.ts';
import type { TestServer } from '../e2e/support/server.ts';
import { ask } from '../e2e/support/applications/visitor.ts';
import { startSite } from './contestants.ts';
import { CannotBench, parseCommandLine, positive } from './options.ts';
import { requirePrograms } from './packages.ts';
import { openFiles, residentMb } from './programs.ts';
import { print } from './report.ts';
import { faultOf, SecondProcess, type Fault } from './soak-faults.ts';
import { boundsOf, line, table, type Look, type Sample, type Soaked } from './soak-report.ts';
import { Traffic, type Stretch } from './soak-traffic.ts';

const PER_SECOND = 200;
const MEMCACHEDS = 3;
const COPIES = 2;

/** How many cycles, with a fault in each. */
interface Duration {
  readonly cycles: number;
  readonly cycleS: number;
}

try {
  const duration = readDuration(process.argv.slice(2));
  requirePrograms('memcached');
  summarise(await soak(duration), duration);
} catch (error) {
  if (!(error instanceof CannotBench)) throw error;
  process.stderr.write(`${error.message}\n`);
  process.exitCode = 1;
}

function readDuration(args: readonly string[]): Duration {
  const { values, positionals } = parseCommandLine(args, { quick: { type: 'boolean', default: false } });
  if (values.quick) return { cycles: 4, cycleS: 30 };
  const cycles = positive('The number of minutes', positionals[0] ?? '30');
  if (cycles < 2) throw new CannotBench('A soak takes two minutes at least: one to warm up, one to compare.');
  return { cycles, cycleS: 60 };
}

/** Two processes on one data folder, and three memcached servers, of which one or the other is always in trouble. */
async function soak({ cycles, cycleS }: Duration): Promise<Soaked> {
  await using servers = await MemcachedCluster.start(MEMCACHEDS);
  await using first = await startSite(servers, { replicas: COPIES });
  await using second = await SecondProcess.start(first.data);
  const traffic = new Traffic([first.port, second.port], PER_SECOND);
  const enough = new AbortController();
  const running = traffic.run(enough.signal);
  const samples: Sample[] = [];
  while (samples.length < cycles) {
    const fault = faultOf(samples.length, servers, second);
    const disturbed = await disturb(traffic, fault, cycleS);
    await wait((cycleS * 1000) / 2);
    const calm = traffic.takeStretch();
    samples.push({ fault: fault.what, disturbed, calm, ...(await look(first, servers)) });
    process.stderr.write(line(samples, cycles, traffic.lost));
  }
  enough.abort();
  await running;
  await traffic.check();
  return { samples, lost: traffic.lost, reasons: traffic.reasons };
}

/** Half a cycle: a sixth as before, a sixth with the fault, a sixth to recover. */
async function disturb(traffic: Traffic, fault: Fault, cycleS: number): Promise<Stretch> {
  const sixthMs = (cycleS * 1000) / 6;
  await wait(sixthMs);
  await fault.begin();
  await wait(sixthMs);
  await fault.end();
  await wait(sixthMs);
  return traffic.takeStretch();
}

/** At the process that lives through all of it, after it has collected its garbage. */
async function look(server: TestServer, servers: MemcachedCluster): Promise<Look> {
  const { text } = await ask(server.port, '/memory');
  const stats = (await Promise.all(servers.all.map((memcached) => memcached.ask('stats')))).flat();
  return {
    ...(JSON.parse(text) as { heapMb: number; resources: number }),
    residentMb: await residentMb(server.pid),
    files: await openFiles(server),
    connections: stats.reduce((sum, stat) => sum + Number(/^STAT curr_connections (\d+)$/.exec(stat)?.[1] ?? 0), 0),
  };
}

function summarise(soaked: Soaked, { cycles, cycleS }: Duration): void {
  process.stdout.write(print(table(soaked.samples), false));
  for (const [reason, count] of soaked.reasons) process.stdout.write(`${count} failed: ${reason}\n`);
  const bounds = boundsOf(soaked, (cycles * cycleS) / 60);
  process.stdout.write(print(bounds.section, false));
  if (!bounds.hold) process.exitCode = 1;
}
