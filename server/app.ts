import { createServer, type Server, type ServerOptions } from 'node:http';
import { readFilesIn } from './base/files.ts';
import type { Background } from './base/background.ts';
import { openLog, type Log } from './base/log.ts';
import { KeyRing } from './base/key-ring.ts';
import { OnceAMinute } from './base/once-a-minute.ts';
import type { Channels } from './channels/channels.ts';
import type { Config } from './config.ts';
import { Assets } from './http/assets.ts';
import { koaApplication } from './http/bridge.ts';
import { ClientAddresses } from './http/client-address.ts';
import { Connections } from './http/connections.ts';
import { OwnHosts } from './http/own-hosts.ts';
import { sweepUploads } from './http/upload.ts';
import { openInstallation } from './installation.ts';

const CLIENT_FOLDER = new URL('../dist/client', import.meta.url).pathname;
const LIMITS: ServerOptions = {
  headersTimeout: 10_000,
  /** For uploads; what reads a body has a shorter limit of its own. */
  requestTimeout: 10 * 60_000,
  connectionsCheckingInterval: 5_000,
  /** Of a body that nobody has asked for yet, so much is taken in; Node's 64 KiB are much for thousands of connections. */
  highWaterMark: 16 * 1024,
};
/** A client that neither sends nor reads for so long is given up, and what was to be sent to it with it. */
const SILENCE_MS = 120_000;
const TURNED_AWAY = 'As many are connected as may be: others are turned away. TRELLIS_MAX_CONNECTIONS sets how many';

/** A server that is ready to listen. */
export interface App {
  readonly server: Server;
  readonly connections: Connections;
  readonly channels: Channels;
  readonly log: Log;
  readonly background: Background;
  /** The token of a one-time link for making the administrator, where there is none yet. */
  readonly administratorToken: string | undefined;
  close(): Promise<void>;
}

/** Puts HTTP in front of an installation. */
export async function openApp(config: Config): Promise<App> {
  const log = openLog(config.logLevel);
  const own = await readFilesIn(CLIENT_FOLDER);
  const { publisher, channels, site, files, readyChecks, close } = await openInstallation(config, log);
  const { administrator, background } = site;
  const assets = new Assets(new Map([...own, ...files]));
  background.do('sweep out unfinished uploads', () => sweepUploads(config.dataFolder));
  background.do('sweep out drafts of the key ring', () => KeyRing.sweepDrafts(config.dataFolder));
  const server = createServer(LIMITS).setTimeout(SILENCE_MS);
  limitConnections(server, config.maxConnections, log);
  const koa = koaApplication({
    publisher,
    assets,
    addresses: new ClientAddresses({
      trusted: config.trustedProxies,
      origins: config.origins,
      hosts: new OwnHosts({ origins: config.origins, listensAt: config.host }),
    }),
    log,
    uploadFolder: config.dataFolder,
    readyChecks: {
      listening: () => (server.listening ? undefined : 'This server takes no new connections.'),
      ...readyChecks,
      shutdown: () => (connections.isEnding ? 'This server is ending.' : undefined),
    },
  });
  const connections = new Connections(server, koa.callback());
  return {
    server,
    connections,
    channels,
    log,
    background,
    administratorToken: administrator.isNeeded ? await administrator.makeToken() : undefined,
    close,
  };
}

/** Who comes when as many are connected as may be is turned away at once; the log says so once a minute. */
function limitConnections(server: Server, most: number, log: Log): void {
  server.maxConnections = most;
  const pace = new OnceAMinute();
  server.on('drop', () => {
    if (pace.isDue(TURNED_AWAY) !== undefined) log.warn({ most }, TURNED_AWAY);
  });
}
