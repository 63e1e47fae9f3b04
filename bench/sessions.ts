import { startMemcached } from '../e2e/support/memcached.ts';
import { basic, startServer } from '../e2e/support/server.ts';
import { load, residentMb, startProgram, type Load } from './processes.ts';

// Every cell in turn, round after round; a ratio is taken within its round, and the median of the rounds counts.
const ROUNDS = Number(process.env['ROUNDS'] ?? 5);
const SECONDS = Number(process.env['SECONDS'] ?? 3);
const CONNECTIONS = Number(process.env['CONNECTIONS'] ?? 16);
const SESSIONS = 64;
const PAGES = ['page', 'none', 'read', 'rw', 'new'] as const;

interface Cell {
  readonly name: string;
  readonly url: string;
  readonly pid: number;
  readonly cookies: readonly string[];
}

await using memcached = await startMemcached();
await using trellis = await startServer({
  environment: {
    TRELLIS_PRODUCTS: new URL('product', import.meta.url).pathname,
    TRELLIS_LOG_LEVEL: 'error',
    NODE_ENV: 'production',
  },
});
const { child: koa, line: koaPort } = await startProgram('koa.ts');
try {
  await setUp();
  const cookies = await Promise.all(Array.from({ length: SESSIONS }, newSession));
  const atRest = await residentMb(trellis.pid);
  const cells: readonly Cell[] = [
    { name: 'bare Koa', url: `http://127.0.0.1:${koaPort}/`, pid: koa.pid ?? 0, cookies: [] },
    ...PAGES.map((page) => ({
      name: page,
      url: `${trellis.url}/${page === 'page' ? '' : `${page}?size=200`}`,
      pid: trellis.pid,
      cookies: page === 'read' || page === 'rw' ? cookies : [],
    })),
  ];
  report(await measure(cells), atRest, await residentMb(trellis.pid));
} finally {
  koa.kill();
}

async function setUp(): Promise<void> {
  const servers = [memcached.address];
  await api('POST', '/api/@setup-sessions', { servers, proxyId: 'mcproxy', containerId: 'mcsdc', timeoutMinutes: 20 });
  for (const mode of PAGES.slice(1)) await api('POST', '/api', { type: 'Bench Page', id: mode, properties: { mode } });
}

async function newSession(): Promise<string> {
  const answer = await fetch(`${trellis.url}/new?size=200`);
  const cookie = answer.headers.getSetCookie()[0]?.split(';')[0];
  if (!answer.ok || cookie === undefined)
    throw new Error(`No session was made: ${answer.status} ${await answer.text()}`);
  return cookie;
}

async function api(method: string, path: string, body: unknown): Promise<void> {
  const headers = { authorization: basic(), 'content-type': 'application/json' };
  const answer = await fetch(trellis.url + path, { method, headers, body: JSON.stringify(body) });
  if (!answer.ok) throw new Error(`${method} ${path}: ${answer.status} ${await answer.text()}`);
}

async function measure(cells: readonly Cell[]): Promise<ReadonlyMap<string, readonly Load[]>> {
  const results = new Map<string, Load[]>(cells.map(({ name }) => [name, []]));
  for (const { url, pid, cookies } of cells) await load(url, { pid, cookies, connections: CONNECTIONS, seconds: 1 });
  for (let round = 1; round <= ROUNDS; round += 1) {
    console.error(`round ${round} of ${ROUNDS}`);
    for (const { name, url, pid, cookies } of cells) {
      results.get(name)?.push(await load(url, { pid, cookies, connections: CONNECTIONS, seconds: SECONDS }));
    }
  }
  return results;
}

function report(results: ReadonlyMap<string, readonly Load[]>, atRestMb: number, afterMb: number): void {
  const floor = results.get('bare Koa') ?? [];
  console.log(`${CONNECTIONS} connections, ${ROUNDS} rounds of ${SECONDS} s, ${SESSIONS} sessions of 200 bytes\n`);
  console.log('page        req/s   ÷ Koa   CPU µs   CPU ÷ Koa   p50 ms   p99 ms   failures');
  for (const [name, loads] of results) {
    const row = {
      name,
      perSecond: median(loads.map(({ perSecond }) => perSecond)),
      ratio: median(loads.map(({ perSecond }, round) => perSecond / (floor[round]?.perSecond ?? perSecond))),
      cpuUs: median(loads.map(({ cpuUs }) => cpuUs)),
      cpuRatio: median(loads.map(({ cpuUs }, round) => cpuUs / (floor[round]?.cpuUs ?? cpuUs))),
      p50Ms: median(loads.map(({ p50Ms }) => p50Ms)),
      p99Ms: median(loads.map(({ p99Ms }) => p99Ms)),
      failures: loads.reduce((sum, { failures }) => sum + failures, 0),
    };
    console.log(
      [
        name.padEnd(9),
        row.perSecond.toFixed(0).padStart(8),
        row.ratio.toFixed(2).padStart(8),
        row.cpuUs.toFixed(0).padStart(9),
        row.cpuRatio.toFixed(2).padStart(12),
        row.p50Ms.toFixed(2).padStart(9),
        row.p99Ms.toFixed(2).padStart(9),
        String(row.failures).padStart(11),
      ].join(''),
    );
    if (process.env['JSON_LINES'] !== undefined) console.log(JSON.stringify(row));
  }
  console.log(`\nmemory: ${atRestMb.toFixed(0)} MB at rest, ${afterMb.toFixed(0)} MB after the load`);
}

function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? 0;
}
