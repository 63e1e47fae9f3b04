import assert from 'node:assert/strict';
import { MemcachedCluster } from '../e2e/support/memcached/memcached-cluster.ts';
import { startServer } from '../e2e/support/server.ts';
import { administer, ask } from '../e2e/support/applications/visitor.ts';
import { load, type Load } from './load.ts';
import type { Options } from './options.ts';
import { startProgram } from './programs.ts';
import { figure, median, verdict, type Goal, type Report, type Section } from './report.ts';

const FLOOR = 'bare Koa, the finished page';
const PRODUCTS = 20;
const CONNECTIONS = 16;
const KEPT: Goal = { sign: '≥', limit: 0.5 };

const TEMPLATE = `<!doctype html>
<html lang="en"><head><title>{{ container.title }}</title></head><body><h1>{{ container.title }}</h1><ul>
{% for product in container.children %}{% if product.type == "Folder" %}<li><a href="{{ product.url }}">{{ product.title }}</a></li>
{% endif %}{% endfor %}</ul></body></html>`;

interface Contestant {
  readonly name: string;
  readonly port: number;
  readonly pid: number;
  readonly path: string;
  readonly goal?: Goal;
}

interface Row {
  readonly name: string;
  readonly perSecond: number;
  readonly ratio: number;
  readonly cpuUs: number;
  readonly cpuRatio: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
  readonly failures: number;
}

const here = (path: string) => new URL(path, import.meta.url).pathname;

/** One page: made each time, given from a cache, finished in bare Koa, and made by liquidjs in Koa. */
export async function benchCaches(options: Options): Promise<Report> {
  await using stack = new AsyncDisposableStack();
  const contestants = await startContestants(stack);
  const rounds: ReadonlyMap<string, Load>[] = [];
  for (let round = 1; round <= options.rounds; round++) {
    process.stderr.write(`round ${round} of ${options.rounds}, a page with ${PRODUCTS} objects:`);
    const loads = new Map<string, Load>();
    for (const contestant of contestants) {
      const measured = await measure(contestant, options.seconds);
      loads.set(contestant.name, measured);
      process.stderr.write(` ${figure(measured.perSecond / loads.get(FLOOR)!.perSecond, 2)}`);
    }
    process.stderr.write('\n');
    rounds.push(loads);
  }
  const rows = contestants.map(({ name }) => summarise(name, rounds));
  return { sections: [section(contestants, rows)], lines: rows.map((row) => ({ part: 'caches', ...row })) };
}

async function startContestants(stack: AsyncDisposableStack): Promise<readonly Contestant[]> {
  process.stderr.write('starting a site with caches, Koa, and Koa with liquidjs\n');
  const memcached = stack.use(await MemcachedCluster.start(1));
  const site = stack.use(await startServer({ environment: { TRELLIS_LOG_LEVEL: 'error', NODE_ENV: 'production' } }));
  const names = await plant(site.port, memcached.addresses);
  const page = (await ask(site.port, '/shop/page')).text;
  const koa = stack.use(await startProgram(here('floor/page.ts'), { PAGE: page }));
  const liquid = stack.use(await startProgram(here('floor/liquid.ts'), { TEMPLATE, NAMES: JSON.stringify(names) }));
  const contestants: readonly Contestant[] = [
    { name: FLOOR, port: koa.port, pid: koa.pid, path: '/' },
    { name: 'Koa with liquidjs', port: liquid.port, pid: liquid.pid, path: '/' },
    { name: 'Trellis, made each time', port: site.port, pid: site.pid, path: '/shop/page' },
    { name: 'Trellis, RAM Cache Manager', port: site.port, pid: site.pid, path: '/shop/ram', goal: KEPT },
    { name: 'Trellis, MemCache Cache Manager', port: site.port, pid: site.pid, path: '/shop/memcached', goal: KEPT },
  ];
  for (const { name, port, path } of contestants) assert.equal((await ask(port, path)).text, page, name);
  return contestants;
}

/** A shop with products and one page three times; gives what the page's template is told of it. */
async function plant(port: number, servers: readonly string[]): Promise<object> {
  const add = (folder: string, body: Readonly<Record<string, unknown>>) => administer(port, `/api${folder}`, { body });
  await add('/', { type: 'MemCache Proxy', id: 'mcproxy', properties: { servers } });
  await add('/', { type: 'MemCache Cache Manager', id: 'memcached', properties: { proxy_path: '/mcproxy' } });
  await add('/', { type: 'RAM Cache Manager', id: 'ram' });
  await add('/', { type: 'Folder', id: 'shop', title: 'A small shop' });
  for (const id of ['page', 'ram', 'memcached']) {
    await add('/shop', { type: 'Page Template', id, properties: { text: TEMPLATE } });
    if (id !== 'page') await administer(port, `/api/shop/${id}/@cache`, { body: { manager: id } });
  }
  const children = Array.from({ length: PRODUCTS }, (_, number) => ({
    id: `product-${String(number).padStart(2, '0')}`,
    title: `Product & number ${number}`,
  }));
  for (const child of children) await add('/shop', { type: 'Folder', ...child });
  const products = children.map((child) => ({ ...child, type: 'Folder', url: `/shop/${child.id}` }));
  return { container: { title: 'A small shop', children: products } };
}

async function measure({ port, pid, path }: Contestant, seconds: number): Promise<Load> {
  const under = { pid, cookies: [], connections: CONNECTIONS };
  await load(`http://127.0.0.1:${port}${path}`, { ...under, seconds: 1 });
  return load(`http://127.0.0.1:${port}${path}`, { ...under, seconds });
}

function summarise(name: string, rounds: readonly ReadonlyMap<string, Load>[]): Row {
  const of = (figureOf: (own: Load, floor: Load) => number) =>
    median(rounds.map((loads) => figureOf(loads.get(name)!, loads.get(FLOOR)!)));
  return {
    name,
    perSecond: of((own) => own.perSecond),
    ratio: of((own, floor) => own.perSecond / floor.perSecond),
    cpuUs: of((own) => own.cpuUs),
    cpuRatio: of((own, floor) => own.cpuUs / floor.cpuUs),
    p50Ms: of((own) => own.p50Ms),
    p99Ms: of((own) => own.p99Ms),
    failures: rounds.reduce((sum, loads) => sum + loads.get(name)!.failures, 0),
  };
}

function section(contestants: readonly Contestant[], rows: readonly Row[]): Section {
  return {
    title: `Pages: a template that lists ${PRODUCTS} objects, ${CONNECTIONS} connections`,
    columns: ['page', 'requests/s', '÷ bare Koa', 'goal', 'CPU µs', 'CPU ÷ Koa', 'p50 ms', 'p99 ms', 'failures'],
    rows: rows.map((row, index) => {
      const goal = contestants[index]?.goal;
      return [
        row.name,
        figure(row.perSecond),
        goal === undefined ? figure(row.ratio, 2) : verdict(row.ratio, goal),
        goal === undefined ? '' : `${goal.sign} ${goal.limit}`,
        figure(row.cpuUs, 1),
        figure(row.cpuRatio, 2),
        figure(row.p50Ms, 2),
        figure(row.p99Ms, 2),
        String(row.failures),
      ];
    }),
  };
}
