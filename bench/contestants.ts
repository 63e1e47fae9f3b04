import { cp } from 'node:fs/promises';
import { join } from 'node:path';
import { MemcachedCluster } from '../e2e/support/memcached/memcached-cluster.ts';
import { installPacked } from '../e2e/support/applications/packed.ts';
import { startServer, type TestServer } from '../e2e/support/server.ts';
import { changeProperties } from '../e2e/support/sessions-site.ts';
import { administer } from '../e2e/support/applications/visitor.ts';
import { CannotBench } from './options.ts';
import { installPackage } from './packages.ts';
import { startProgram, type Program } from './programs.ts';

/** The floor first: every ratio is to it. */
export const FLOOR = 'bare Koa';
export const RAW = 'raw limit';
export const SITE = 'Trellis, a page of the tree';
export const SITE_WITH_COPIES = 'Trellis, two copies of each session';
export const ADAPTER = 'Trellis, Koa middleware';
export const OURS: readonly string[] = [SITE, SITE_WITH_COPIES, ADAPTER];

/** Somebody who answers /none, /new, /read and /rw, with memcached servers of its own. */
export interface Contestant extends AsyncDisposable {
  readonly name: string;
  readonly port: number;
  readonly pid: number;
  readonly servers: MemcachedCluster;
}

interface Contestants extends AsyncDisposable {
  readonly list: readonly Contestant[];
}

type Start = (servers: MemcachedCluster) => Promise<Program>;

const here = (path: string) => new URL(path, import.meta.url).pathname;

const starts: ReadonlyMap<string, Start> = new Map<string, Start>([
  [FLOOR, () => startProgram(here('floor/koa.ts'))],
  [RAW, (servers) => startProgram(here('floor/raw.ts'), { MEMCACHED: servers.addresses[0] })],
  [SITE, (servers) => startSite(servers)],
  [SITE_WITH_COPIES, (servers) => startSite(servers, { replicas: 2 })],
  [ADAPTER, startAdapter],
  ['fastify + @fastify/session', peer('fastify-session')],
  ['hono-sessions on memjs', peer('hono-sessions')],
  ['koa-session + memcached', peer('koa-session-memcached')],
  ['koa-session + memjs', peer('koa-session-memjs')],
  ['express-session + connect-memcached', peer('express-session')],
]);

/** Everybody whose name contains the text, after the floor. */
export async function startContestants(text: string): Promise<Contestants> {
  const chosen = [...starts].filter(([name]) => name === FLOOR || name.toLowerCase().includes(text.toLowerCase()));
  if (chosen.length === 1)
    throw new CannotBench(`Nobody is named "${text}". There are: ${[...starts.keys()].join('; ')}.`);
  await using starting = new AsyncDisposableStack();
  const list: Contestant[] = [];
  for (const [name, start] of chosen) list.push(starting.use(await startContestant(name, start)));
  const started = starting.move();
  return { list, [Symbol.asyncDispose]: () => started.disposeAsync() };
}

async function startContestant(name: string, start: Start): Promise<Contestant> {
  process.stderr.write(`starting ${name}\n`);
  await using starting = new AsyncDisposableStack();
  const servers = starting.use(await MemcachedCluster.start(name === SITE_WITH_COPIES ? 2 : 1));
  const { port, pid } = starting.use(await start(servers));
  const started = starting.move();
  return { name, port, pid, servers, [Symbol.asyncDispose]: () => started.disposeAsync() };
}

function peer(folder: string): Start {
  return async (servers) => {
    await installPackage(here(`peers/${folder}`));
    return startProgram(here(`peers/${folder}/app.js`), { MEMCACHED: servers.addresses[0] });
  };
}

/** A site with a page for each mode of bench/product. */
export async function startSite(
  { addresses }: MemcachedCluster,
  proxy: Readonly<Record<string, unknown>> = {},
): Promise<TestServer> {
  await using starting = new AsyncDisposableStack();
  const server = starting.use(await startServer({ environment: SITE_ENVIRONMENT }));
  const wizard = { servers: addresses, proxyId: 'mcproxy', containerId: 'mcsdc', timeoutMinutes: 20 };
  await administer(server.port, '/api/@setup-sessions', { body: wizard });
  await changeProperties(server, '/mcproxy', proxy);
  for (const mode of ['none', 'new', 'read', 'rw', 'memory'])
    await administer(server.port, '/api', { body: { type: 'Bench Page', id: mode, properties: { mode } } });
  starting.move();
  return server;
}

export const SITE_ENVIRONMENT = {
  TRELLIS_PRODUCTS: here('product'),
  TRELLIS_LOG_LEVEL: 'error',
  NODE_ENV: 'production',
};

/** The packed package in a Koa application, on the data folder of a site that needs not run. */
async function startAdapter(servers: MemcachedCluster): Promise<Program> {
  await using starting = new AsyncDisposableStack();
  const site = starting.use(await startSite(servers));
  const project = starting.use(await installPacked());
  await cp(here('adapter'), join(project.folder, 'adapter'), { recursive: true });
  const environment = { TRELLIS_DATA: site.data, NODE_ENV: 'production' };
  const { port, pid } = starting.use(await project.start('adapter', environment));
  const started = starting.move();
  return { port, pid, [Symbol.asyncDispose]: () => started.disposeAsync() };
}
