import { execFile, spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { promisify } from 'node:util';

const run = promisify(execFile);

/** One measurement of one page under load. */
export interface Load {
  readonly perSecond: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
  /** Answers other than 2xx and 3xx, and connections that failed. */
  readonly failures: number;
  /** Processor time of the server for each request, in microseconds. */
  readonly cpuUs: number;
}

/** Starts a Node program that prints its port, or a line with an address, when it listens. */
export async function startProgram(
  file: string,
  environment: NodeJS.ProcessEnv = {},
): Promise<{ child: ChildProcess; line: string }> {
  const path = new URL(file, import.meta.url).pathname;
  const env = { ...process.env, NODE_ENV: 'production', ...environment };
  const child = spawn(process.execPath, [path], { env, stdio: ['ignore', 'pipe', 'inherit'] });
  const lines = createInterface({ input: child.stdout });
  const [line] = (await once(lines, 'line', { signal: AbortSignal.timeout(20_000) })) as [string];
  return { child, line };
}

/** Loads a page by wrk, each request with one of the given cookies. */
export async function load(
  url: string,
  options: { pid: number; cookies?: readonly string[]; connections: number; seconds: number },
): Promise<Load> {
  const folder = await mkdtemp(join(tmpdir(), 'trellis-bench-'));
  const script = join(folder, 'load.lua');
  await writeFile(script, luaScript(options.cookies ?? []));
  const before = await cpuSeconds(options.pid);
  const args = ['-t1', `-c${options.connections}`, `-d${options.seconds}s`, '-s', script, url];
  const { stdout } = await run('wrk', args, { timeout: (options.seconds + 30) * 1000 }).catch(explain);
  const used = (await cpuSeconds(options.pid)) - before;
  await rm(folder, { recursive: true });
  const result = JSON.parse(stdout.split('\n').find((line) => line.startsWith('{')) ?? '{}') as Record<string, number>;
  const requests = result['requests'] ?? 0;
  return {
    perSecond: requests / ((result['us'] ?? 1) / 1e6),
    p50Ms: (result['p50'] ?? 0) / 1000,
    p99Ms: (result['p99'] ?? 0) / 1000,
    failures: result['failures'] ?? 0,
    cpuUs: (used * 1e6) / Math.max(1, requests),
  };
}

function explain(error: NodeJS.ErrnoException): never {
  if (error.code === 'ENOENT')
    throw new Error('The benchmark needs wrk. Install it first, on Debian by: apt-get install wrk');
  throw error;
}

/** Resident memory of a process, in MB. */
export async function residentMb(pid: number): Promise<number> {
  const { stdout } = await run('ps', ['-o', 'rss=', '-p', String(pid)]);
  return Number(stdout) / 1024;
}

async function cpuSeconds(pid: number): Promise<number> {
  const { stdout } = await run('cat', [`/proc/${pid}/stat`]);
  const fields = stdout.slice(stdout.lastIndexOf(')') + 2).split(' ');
  // User and system time, in ticks of a hundredth of a second.
  return (Number(fields[11]) + Number(fields[12])) / 100;
}

function luaScript(cookies: readonly string[]): string {
  const list = cookies.map((cookie) => JSON.stringify(cookie)).join(', ');
  return `
local cookies = { ${list} }
local turn = 0
request = function()
  if #cookies == 0 then return wrk.format("GET") end
  turn = turn % #cookies + 1
  return wrk.format("GET", nil, { ["Cookie"] = cookies[turn] })
end
done = function(summary, latency)
  local e = summary.errors
  local failures = e.connect + e.read + e.write + e.status + e.timeout
  print(string.format('{"requests": %d, "us": %d, "p50": %d, "p99": %d, "failures": %d}',
    summary.requests, summary.duration, latency:percentile(50), latency:percentile(99), failures))
end
`;
}
