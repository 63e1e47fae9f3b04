import { startServer, type ServerOptions, type TestServer } from './server.ts';
import { administer, ask } from './applications/visitor.ts';

/** Longer than the default: a machine that is busy with other tests must not look like a memcached that is down. */
const timeout_ms = 2_000;
const PRODUCT = new URL('product/cacheable', import.meta.url).pathname;

/** The cache managers of a cached site, by their ids. */
export const MANAGERS = ['mccache', 'ramcache'] as const;
export type Manager = (typeof MANAGERS)[number];

/** What a composed page answers: which process made it, the how-manieth of that it is, and its parts. */
export interface ComposedPage {
  readonly by: number;
  readonly made: number;
  readonly parts: readonly unknown[];
}

/** A server with a cache manager of each kind in the root and an empty folder `/docs`; values `a` and `b` tell pages apart. */
export async function startCachedSite(servers: readonly string[], options: ServerOptions = {}): Promise<TestServer> {
  const server = await startCachedServer(options);
  const add = (body: Readonly<Record<string, unknown>>) => administer(server.port, '/api/', { body });
  try {
    await add({ type: 'MemCache Proxy', id: 'mcproxy', properties: { servers, timeout_ms } });
    const request_names = ['a', 'b'];
    const properties = { proxy_path: '/mcproxy', request_names };
    await add({ type: 'MemCache Cache Manager', id: 'mccache', properties });
    await add({ type: 'RAM Cache Manager', id: 'ramcache', properties: { request_names, threshold_entries: 100_000 } });
    await add({ type: 'Folder', id: 'docs' });
    return server;
  } catch (error) {
    await server.kill();
    throw error;
  }
}

/** A server that knows composed pages: another one on the data of a site. */
export function startCachedServer(options: ServerOptions = {}): Promise<TestServer> {
  const environment = { TRELLIS_PRODUCTS: PRODUCT, TRELLIS_LOG_LEVEL: 'warn', ...options.environment };
  return startServer({ ...options, environment });
}

/** Adds a page made of these parts to `/docs`, kept by a manager or by none. */
export async function addPage(
  { port }: { readonly port: number },
  id: string,
  parts: readonly string[],
  manager: Manager | '' = '',
): Promise<void> {
  await administer(port, '/api/docs', { body: { type: 'Composed Page', id, title: id, properties: { parts } } });
  if (manager !== '') await administer(port, `/api/docs/${id}/@cache`, { body: { manager } });
}

/** What a visitor gets at a path; anything but a page fails. */
export async function pageAt(
  { port }: { readonly port: number },
  path: string,
  headers: Readonly<Record<string, string>> = {},
): Promise<ComposedPage> {
  const answer = await ask(port, path, { headers });
  if (answer.status !== 200) throw new Error(`${path}: ${answer.status} ${answer.text}`);
  return JSON.parse(answer.text) as ComposedPage;
}
