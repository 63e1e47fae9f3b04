import { createServer, type Server } from 'node:http';
import { readFilesIn } from './base/files.ts';
import type { Background } from './base/background.ts';
import { openLog, type Log } from './base/log.ts';
import type { Config } from './config.ts';
import { Assets } from './http/assets.ts';
import { koaApplication } from './http/bridge.ts';
import { ClientAddresses } from './http/client-address.ts';
import { Connections } from './http/connections.ts';
import { sweepUploads } from './http/upload.ts';
import { openInstallation } from './installation.ts';

const CLIENT_FOLDER = new URL('../dist/client', import.meta.url).pathname;
const HEADERS_TIMEOUT_MS = 10_000;
/** For uploads; what reads a body has a shorter limit of its own. */
const REQUEST_TIMEOUT_MS = 10 * 60_000;

/** A server that is ready to listen. */
export interface App {
  readonly server: Server;
  readonly connections: Connections;
  readonly log: Log;
  readonly background: Background;
  /** The token of a one-time link for making the administrator, where there is none yet. */
  readonly administratorToken: string | undefined;
  close(): Promise<void>;
}

/** Puts HTTP in front of an installation. */
export async function openApp(config: Config): Promise<App> {
  const log = openLog(config.logLevel);
  const { publisher, site, files, readyChecks, close } = await openInstallation(config, log);
  const { administrator, background } = site;
  const assets = await Assets.pack(new Map([...(await readFilesIn(CLIENT_FOLDER)), ...files]));
  background.do('sweep out unfinished uploads', () => sweepUploads(config.dataFolder));
  const timeouts = { headersTimeout: HEADERS_TIMEOUT_MS, requestTimeout: REQUEST_TIMEOUT_MS };
  const server = createServer(timeouts);
  const koa = koaApplication({
    publisher,
    assets,
    addresses: new ClientAddresses(config.trustedProxies, config.origin),
    log,
    uploadFolder: config.dataFolder,
    readyChecks: {
      listening: () => (server.listening ? undefined : 'This server takes no new connections.'),
      ...readyChecks,
      shutdown: () => (connections.isEnding ? 'This server is ending.' : undefined),
    },
    isHttps: config.origin?.startsWith('https:') === true,
  });
  const connections = new Connections(server, koa.callback());
  return {
    server,
    connections,
    log,
    background,
    administratorToken: administrator.isNeeded ? administrator.makeToken() : undefined,
    close,
  };
}
