import type { ObjectMessage } from '../../schema/endpoints/objects.ts';
import type { ServersMessage } from '../../schema/endpoints/servers.ts';
import { until } from './figures.ts';
import { startServer, type ServerOptions, type TestServer } from './server.ts';
import { administer, resultOf, Visitor } from './applications/visitor.ts';

export interface SitedSessions {
  /** Lines of the proxy's `servers`. */
  readonly servers: readonly string[];
  /** Further properties of the proxy: `{ replicas: 2 }`. It is patient, unless they say another `timeout_ms`. */
  readonly proxy?: Readonly<Record<string, unknown>>;
  /** Further properties of the container: `{ resolution_seconds: 1 }`. */
  readonly container?: Readonly<Record<string, unknown>>;
}

/** Longer than the default: a machine that is busy with other tests must not look like a memcached that is down. */
const PATIENT = { timeout_ms: 2_000 };
const PRODUCT = new URL('product', import.meta.url).pathname;

/** A server with stepped pages. `/page` uses sessions, `/plain` is a page that has no use for them. */
export async function startSite(sessions: SitedSessions, options: ServerOptions = {}): Promise<TestServer> {
  const server = await startSteppedServer(options);
  try {
    await setUp(server, sessions);
    return server;
  } catch (error) {
    await server.kill();
    throw error;
  }
}

async function setUp(server: TestServer, { servers, proxy = {}, container = {} }: SitedSessions): Promise<void> {
  const { port } = server;
  const wizard = { servers, proxyId: 'mcproxy', containerId: 'mcsdc', timeoutMinutes: 20, anyway: true };
  await administer(port, '/api/@setup-sessions', { body: wizard });
  await changeProperties(server, '/mcproxy', { ...PATIENT, ...proxy });
  if (Object.keys(container).length > 0) await changeProperties(server, '/mcsdc', container);
  await administer(port, '/api/', { body: { type: 'Stepped Page', id: 'page' } });
  await administer(port, '/api/', { body: { type: 'Page Template', id: 'plain', properties: { text: 'plain' } } });
}

/** A server that knows stepped pages: another one on the data of a site, or one that has still to be set up. */
export function startSteppedServer(options: ServerOptions = {}): Promise<TestServer> {
  const environment = { TRELLIS_PRODUCTS: PRODUCT, TRELLIS_LOG_LEVEL: 'warn', ...options.environment };
  return startServer({ ...options, environment });
}

/** Changes properties of an object, as the Properties tab does. */
export async function changeProperties(
  server: { readonly port: number },
  path: string,
  properties: Readonly<Record<string, unknown>>,
): Promise<void> {
  await administer(server.port, `/api${path}`, { method: 'PATCH', body: { properties } });
}

/** Waits until the server has noticed that all of its memcached servers answer. */
export async function untilServersAreUp({ port }: { readonly port: number }): Promise<void> {
  await until('every memcached server up', async () => {
    const { servers } = await administer<ServersMessage>(port, '/api/mcproxy/@servers');
    return servers.every(({ up }) => up);
  });
}

/** What an object warns of, as sentences. */
export async function warningsAt({ port }: { readonly port: number }, path: string): Promise<readonly string[]> {
  const { warnings } = await administer<ObjectMessage>(port, `/api${path}`);
  return warnings.map(({ text }) => text);
}

/** Moves the clocks of stepped servers on, or back, from where they are. */
export async function shiftClocks(servers: readonly { readonly port: number }[], ms: number): Promise<void> {
  for (const server of servers) resultOf(await new Visitor(server).visit('/page', `clock ${ms}`));
}
