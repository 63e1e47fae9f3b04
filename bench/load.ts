import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { cpuSeconds } from './programs.ts';

const run = promisify(execFile);

/** One measurement of one page under load. */
export interface Load {
  readonly perSecond: number;
  /** Processor time of the server for each request, in microseconds. */
  readonly cpuUs: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
  /** Answers other than 2xx and 3xx, and connections that failed. */
  readonly failures: number;
}

export interface LoadOptions {
  /** Of the server, whose processor time is measured. */
  readonly pid: number;
  /** Cookie headers; requests carry them in turn. */
  readonly cookies: readonly string[];
  readonly connections: number;
  readonly seconds: number;
}

/** Loads a page by wrk. */
export async function load(url: string, { pid, cookies, connections, seconds }: LoadOptions): Promise<Load> {
  const folder = await mkdtemp(join(tmpdir(), 'trellis-bench-'));
  try {
    const script = join(folder, 'load.lua');
    await writeFile(script, luaScript(cookies));
    const before = await cpuSeconds(pid);
    const args = ['-t1', `-c${connections}`, `-d${seconds}s`, '-s', script, url];
    const { stdout } = await run('wrk', args, { timeout: (seconds + 30) * 1000 });
    const usedS = (await cpuSeconds(pid)) - before;
    return toLoad(JSON.parse(stdout.slice(stdout.indexOf('{'))) as Summary, usedS);
  } finally {
    await rm(folder, { recursive: true });
  }
}

interface Summary {
  readonly requests: number;
  readonly us: number;
  readonly p50: number;
  readonly p99: number;
  readonly failures: number;
}

function toLoad({ requests, us, p50, p99, failures }: Summary, usedS: number): Load {
  return {
    perSecond: requests / (us / 1e6),
    cpuUs: (usedS * 1e6) / Math.max(1, requests),
    p50Ms: p50 / 1000,
    p99Ms: p99 / 1000,
    failures,
  };
}

// The requests are put together once, so that wrk is not what is measured.
function luaScript(cookies: readonly string[]): string {
  return `
local cookies = { ${cookies.map((cookie) => JSON.stringify(cookie)).join(', ')} }
local requests, turn = {}, 0
init = function()
  for i, cookie in ipairs(cookies) do requests[i] = wrk.format("GET", nil, { ["Cookie"] = cookie }) end
  if #requests == 0 then requests[1] = wrk.format("GET") end
end
request = function()
  turn = turn % #requests + 1
  return requests[turn]
end
done = function(summary, latency)
  local e = summary.errors
  local failures = e.connect + e.read + e.write + e.status + e.timeout
  print(string.format('{"requests": %d, "us": %d, "p50": %d, "p99": %d, "failures": %d}',
    summary.requests, summary.duration, latency:percentile(50), latency:percentile(99), failures))
end
`;
}
