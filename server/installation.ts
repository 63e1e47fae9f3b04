import { randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { wallClock } from './base/clock.ts';
import type { Log } from './base/log.ts';
import { KeyRing } from './base/secrets.ts';
import type { Config } from './config.ts';
import { accessViews } from './manage/access.ts';
import { folderViews } from './manage/folder.ts';
import { objectViews } from './manage/object.ts';
import { openApiViews } from './manage/openapi.ts';
import { searchViews } from './manage/search.ts';
import { Database } from './objects/database.ts';
import { Types } from './objects/types.ts';
import { Processes } from './processes.ts';
import { plantTemporary, plantTree } from './products/fresh-tree.ts';
import { products as ownProducts } from './products/index.ts';
import { loadProduct } from './products/product.ts';
import { Publisher } from './publisher/publish.ts';
import type { Request } from './publisher/request.ts';
import type { View } from './publisher/views.ts';
import { Administrator } from './security/administrator.ts';
import { BasicLogins } from './security/basic.ts';
import { Credentials } from './security/credentials.ts';
import { readLoginCookie } from './security/login-cookie.ts';
import { Logins } from './security/login.ts';
import { ANONYMOUS, type Principal } from './security/policy.ts';
import { Throttle } from './security/throttle.ts';
import { Users } from './security/users.ts';
import { BrowserIds } from './sessions/browser-id.ts';
import { bindSite, type Site } from './site.ts';
import { MemoryStorage } from './storage/memory.ts';
import { openStorage } from './storage/open.ts';
import type { SqliteStorage } from './storage/sqlite.ts';

/** A data folder in use: its tree, its site, and what answers requests about them. Needs no port. */
export interface Installation {
  readonly database: Database;
  readonly site: Site;
  readonly publisher: Publisher;
  close(): void;
}

/** Opens the data folder, brings the types, and puts tree, security and publisher together. */
export async function openInstallation(config: Config, log: Log): Promise<Installation> {
  const products = [...ownProducts, ...(await Promise.all(config.products.map(loadProduct)))];
  const types = new Types(products.flatMap((product) => product.types));
  const storage = await openStorage({ dataFolder: config.dataFolder });
  const memory = new MemoryStorage({ mounted: true });
  const database = new Database({ main: storage, memory, types, clock: wallClock });
  const users = new Users(storage.table('users'));
  await firstStart(storage, database, users, config.adminPassword);
  const credentials = new Credentials(users, new Throttle(wallClock));
  const logins = new Logins({ table: storage.table('logins'), users, credentials });
  const site = siteFrom(config, storage, { users, logins, log });
  bindSite(database, site);
  await plantTemporary(database);
  const views: readonly View[] = [
    ...objectViews,
    ...folderViews,
    ...accessViews,
    ...searchViews,
    ...products.flatMap((product) => product.views ?? []),
    ...openApiViews(() => views),
  ];
  const authenticate = authenticator(logins, new BasicLogins(credentials, users));
  const publisher = new Publisher({ database, views, authenticate });
  const close = () => {
    site.processes.close();
    database.close();
  };
  return { database, site, publisher, close };
}

function siteFrom(config: Config, storage: SqliteStorage, services: Pick<Site, 'users' | 'logins' | 'log'>): Site {
  const keyRing = config.keyRing ?? KeyRing.inFolder(config.dataFolder);
  return {
    ...services,
    name: config.name,
    origin: config.origin ?? `http://${hostInUrl(config.host)}:${config.port}`,
    version: readVersion(),
    installation: storage.table<string>('installation').get('id') ?? '',
    keyRing,
    browserIds: new BrowserIds(keyRing),
    administrator: new Administrator({ table: storage.table('administrator links'), users: services.users }),
    allowlist: config.allowlist,
    generations: storage.table('generations'),
    processes: new Processes(storage.table('processes'), wallClock),
    clock: wallClock,
  };
}

/** Tree, installation id and administrator: made once, by whichever process comes first. */
async function firstStart(
  storage: SqliteStorage,
  database: Database,
  users: Users,
  adminPassword: string | undefined,
): Promise<void> {
  await storage.once('first start', async () => {
    storage.table<string>('installation').add('id', randomBytes(16).toString('base64url'));
    if (adminPassword !== undefined && !users.hasManager()) {
      await users.add({ name: 'admin', password: adminPassword, roles: ['Manager'] });
    }
    if ((await storage.load(1, storage.lastTransaction())) === undefined) await plantTree(database);
  });
}

/** Who sent a request: by Authorization header, else by login cookie, else nobody. */
function authenticator(logins: Logins, basic: BasicLogins): (request: Request) => Promise<Principal> {
  return async (request) => {
    const { authorization } = request.headers;
    if (authorization !== undefined) return basic.verify(authorization, request.address);
    const token = readLoginCookie(request.cookies, request.acceptsSecureCookies);
    return (token === undefined ? undefined : logins.find(token)) ?? ANONYMOUS;
  };
}

function hostInUrl(host: string): string {
  return host.includes(':') ? `[${host}]` : host;
}

function readVersion(): string {
  const text = readFileSync(new URL('../package.json', import.meta.url), 'utf8');
  return (JSON.parse(text) as { version: string }).version;
}
