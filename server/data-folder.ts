import { existsSync, readFileSync } from 'node:fs';
import { findPackageJSON } from 'node:module';
import { join } from 'node:path';
import { Background } from './base/background.ts';
import { wallClock } from './base/clock.ts';
import { openLog, type Log } from './base/log.ts';
import { KeyRing } from './base/secrets.ts';
import { readConfig, type Config } from './config.ts';
import { EndedSessions } from './ended-sessions.ts';
import { generationOfUser, Generations } from './generations.ts';
import { Database } from './objects/database.ts';
import { Types } from './objects/types.ts';
import { Processes } from './processes.ts';
import { products as ownProducts } from './products/index.ts';
import { checkTogether, loadProducts } from './products/loading.ts';
import type { Product } from './products/product.ts';
import { readTabModules, type TabModules } from './products/tab-modules.ts';
import { Administrator } from './security/administrator.ts';
import { Credentials } from './security/credentials.ts';
import { Logins } from './security/login.ts';
import { Reveals } from './security/reveals.ts';
import { Throttle } from './security/throttle.ts';
import { Users } from './security/users.ts';
import { BrowserIds } from './sessions/browser-id.ts';
import { bindSite, type Site } from './site.ts';
import { MemoryStorage } from './storage/memory.ts';
import { CannotOpen, openStorage } from './storage/open.ts';
import type { SqliteStorage } from './storage/sqlite.ts';

/** What is committed is in the data file itself within a minute, though its log be lost. */
const KEEP_UP_MS = 30_000;

/** A data folder in use by this process: its tree and its site, and nothing that answers requests. */
export interface DataFolder {
  readonly storage: SqliteStorage;
  readonly database: Database;
  readonly site: Site;
  readonly credentials: Credentials;
  readonly products: readonly Product[];
  readonly tabModules: TabModules;
  /** What fails on the way keeps nothing else from being closed, and is thrown at the end. */
  close(): Promise<void>;
}

/** What a first start makes in the folder before its site is read from it. */
export type Prepare = (storage: SqliteStorage, database: Database, users: Users) => Promise<void>;

/** Under which name a process that uses the folder signs: servers know of each other, applications only use sessions. */
type SignsAs = 'processes' | 'applications';

/** Opens the data folder for a server. */
export function openDataFolder(config: Config, log: Log, prepare: Prepare): Promise<DataFolder> {
  return open(config, log, 'processes', prepare);
}

/** Opens the data folder of a server for an application that only uses its sessions. Makes nothing that is missing. */
export async function openForApplication(dataFolder: string, environment: NodeJS.ProcessEnv): Promise<DataFolder> {
  const config = readConfig(['--data', dataFolder], environment);
  if (!existsSync(join(config.dataFolder, 'trellis.sqlite'))) {
    throw new CannotOpen(
      `There is no Trellis in the data folder "${config.dataFolder}". Name the folder that the server was started with (--data).`,
    );
  }
  if (config.keyRing === undefined && !existsSync(join(config.dataFolder, 'secrets.json'))) {
    throw new CannotOpen(
      `The data folder "${config.dataFolder}" has no secrets.json. Give the application the TRELLIS_SECRETS that the server has.`,
    );
  }
  const log = openLog(environment['TRELLIS_LOG_LEVEL'] === undefined ? 'warn' : config.logLevel);
  return open(config, log, 'applications', async () => {});
}

async function open(config: Config, log: Log, signsAs: SignsAs, prepare: Prepare): Promise<DataFolder> {
  const products = [...ownProducts, ...(await loadProducts(config.products))];
  checkTogether(products);
  const tabModules = await readTabModules(products);
  const types = new Types(products.flatMap((product) => product.types));
  const storage = await openStorage({ dataFolder: config.dataFolder, log });
  const memory = new MemoryStorage({ mounted: true });
  const database = new Database({ main: storage, memory, types, clock: wallClock, log });
  const generations = new Generations(storage);
  const endSessionsOf = (name: string) => generations.raise(generationOfUser(name));
  const users = new Users({ table: storage.table('users'), endSessionsOf });
  await prepare(storage, database, users);
  const credentials = new Credentials(users, new Throttle(wallClock));
  const background = new Background(log);
  const logins = new Logins({ table: storage.table('logins'), users, credentials, background });
  const services = { users, logins, generations, log, background, tabModules: tabModules.byElement };
  const site = siteFrom(config, storage, signsAs, services);
  bindSite(database, site);
  background.every(Math.min(config.heartbeatS * 1000, KEEP_UP_MS), 'bring the log into the data file', () =>
    storage.keepUp(),
  );
  const close = async () => {
    site.processes.close();
    background.close();
    await database.close();
  };
  return { storage, database, site, credentials, products, tabModules, close };
}

function siteFrom(
  config: Config,
  storage: SqliteStorage,
  signsAs: SignsAs,
  services: Pick<Site, 'users' | 'logins' | 'generations' | 'log' | 'background' | 'tabModules'>,
): Site {
  const keyRing = config.keyRing ?? KeyRing.inFolder(config.dataFolder);
  return {
    ...services,
    name: config.name,
    dataFolder: config.dataFolder,
    origin: config.origin ?? `http://${hostInUrl(config.host)}:${config.port}`,
    version: readVersion(),
    installation: storage.table<string>('installation').get('id') ?? '',
    keyRing,
    browserIds: new BrowserIds(keyRing),
    administrator: new Administrator({ table: storage.table('administrator links'), users: services.users }),
    reveals: new Reveals(storage.table('reveals')),
    allowlist: config.allowlist,
    endedSessions: new EndedSessions(storage),
    processes: new Processes({
      table: storage.table(signsAs),
      clock: wallClock,
      background: services.background,
      heartbeatMs: config.heartbeatS * 1000,
    }),
    clock: wallClock,
  };
}

function hostInUrl(host: string): string {
  return host.includes(':') ? `[${host}]` : host;
}

function readVersion(): string {
  const text = readFileSync(findPackageJSON(import.meta.url) ?? '', 'utf8');
  return (JSON.parse(text) as { version: string }).version;
}
