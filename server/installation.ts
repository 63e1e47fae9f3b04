import { randomBytes } from 'node:crypto';
import { RESERVED_IN_ROOT } from '../schema/ids.ts';
import { BACKGROUND } from '../schema/live.ts';
import { wallClock } from './base/clock.ts';
import { Channels } from './channels/channels.ts';
import { dataLooks } from './channels/data-looks.ts';
import { EVENTS_TYPE, eventsViews } from './channels/events-view.ts';
import type { Log } from './base/log.ts';
import { Invalid } from './base/errors.ts';
import { BadConfiguration, FIRST_ADMINISTRATOR, type Config } from './config.ts';
import { coreViews } from './manage/core-views.ts';
import { SEE } from './manage/describe.ts';
import { openApiViews } from './manage/openapi.ts';
import { openDataFolder, type Prepare } from './data-folder.ts';
import type { Database } from './objects/database.ts';
import { plantTemporary, plantTree } from './products/fresh-tree.ts';
import { storeLooks } from './products/stores/store-looks.ts';
import type { ReadyChecks } from './http/readiness.ts';
import { sightsOf } from './products/stores/recent-sights.ts';
import { Publisher } from './publisher/publish.ts';
import type { RequestHead } from './publisher/request.ts';
import type { View } from './publisher/views.ts';
import { BasicLogins } from './security/basic.ts';
import { ANONYMOUS, type Principal } from './security/policy.ts';
import type { Users } from './security/users.ts';
import type { Site } from './site/site.ts';
import type { Storage } from './storage/storage.ts';

/** A data folder in use: its tree, its site, and what answers requests about them. Needs no port. */
export interface Installation {
  readonly database: Database;
  readonly site: Site;
  readonly publisher: Publisher;
  /** Who hears of changes. They are closed first. */
  readonly channels: Channels;
  /** What products bring for browsers, by path. */
  readonly files: ReadonlyMap<string, Buffer>;
  readonly readyChecks: ReadyChecks;
  close(): Promise<void>;
}

/** Opens the data folder, brings the types, and puts tree, security and publisher together. */
export async function openInstallation(config: Config, log: Log, clock = wallClock): Promise<Installation> {
  const prepare: Prepare = (storage, database, users) => firstStart(storage, database, users, config.adminPassword);
  const { storage, database, site, products, tabModules, close } = await openDataFolder(config, log, prepare, clock);
  site.background.do('sweep out blobs that nobody named', () => database.main.storage.blobs.sweep());
  await plantTemporary(database);
  site.recording.look(sightsOf(database));
  await warnOfReserved(database, log);
  const channels = new Channels({
    background: site.background,
    looks: [...dataLooks(database, site.users, site.processes), ...storeLooks(database, site.background)],
    requireListener: (head) => publisher.requirePermission(head, SEE),
  });
  const views: readonly View[] = [
    ...coreViews,
    ...eventsViews(channels),
    ...products.flatMap((product) => product.views ?? []),
    ...openApiViews(() => views),
  ];
  const authenticate = authenticator(storage, site, new BasicLogins(site.credentials, site.users));
  const publisher = new Publisher({ database, views, authenticate, loginCookie: site.loginCookie });
  const closeAll = async () => {
    channels.close();
    await close();
  };
  return {
    database,
    site,
    publisher,
    channels,
    files: tabModules.files,
    readyChecks: checksOf(storage),
    close: closeAll,
  };
}

/** A tree that was made before an id was reserved may have it in use. */
async function warnOfReserved(database: Database, log: Log): Promise<void> {
  const tree = await database.open(null);
  const root = await tree.root();
  for (const id of RESERVED_IN_ROOT) {
    if ((await tree.findChild(root, id)) === undefined) continue;
    log.warn(
      { path: `/${id}` },
      'An object has an address that the server keeps for itself: rename it to publish it again',
    );
  }
}

function checksOf(storage: Storage): ReadyChecks {
  return {
    storage: () =>
      storage.refresh().then(
        () => undefined,
        () => 'The data cannot be read.',
      ),
    'data file': () =>
      storage.problem && 'The data file is not the one that was opened, or out of reach: no changes are taken.',
  };
}

/** Tree, installation id and administrator: made once, by whichever process comes first. */
async function firstStart(
  storage: Storage,
  database: Database,
  users: Users,
  adminPassword: string | undefined,
): Promise<void> {
  await storage.once('first start', async () => {
    const id = randomBytes(16).toString('base64url');
    await storage.tables.keyed<string>('installation').update((installation) => installation.add('id', id));
    await addAdministrator(storage, users, adminPassword);
    await plantTree(database);
  });
  // Whoever began without a password may give one at a later start.
  if (adminPassword === undefined || (await hasManager(storage, users))) return;
  await storage.once('late administrator', () => addAdministrator(storage, users, adminPassword));
}

/** Also of another process, for which this one may have waited. */
async function hasManager(storage: Storage, users: Users): Promise<boolean> {
  await storage.refresh();
  return users.hasManager();
}

async function addAdministrator(storage: Storage, users: Users, password: string | undefined): Promise<void> {
  if (password === undefined || (await hasManager(storage, users))) return;
  try {
    await users.add({ name: FIRST_ADMINISTRATOR, password, roles: ['Manager'] });
  } catch (error) {
    if (!(error instanceof Invalid)) throw error;
    const why = `The administrator's password was refused: ${error.message} Set TRELLIS_ADMIN_PASSWORD to another.`;
    throw new BadConfiguration(why);
  }
}

/** Who sent a request: by Authorization header, else by login cookie, else nobody. */
function authenticator(
  storage: Storage,
  { logins, loginCookie }: Site,
  basic: BasicLogins,
): (head: RequestHead) => Promise<Principal> {
  return async (head) => {
    const { authorization } = head.headers;
    const token = authorization === undefined ? await loginCookie.tokenIn(head) : undefined;
    if (authorization === undefined && token === undefined) return ANONYMOUS;
    // The users are those that every process left by now.
    await storage.refresh();
    if (authorization !== undefined) return basic.verify(authorization, head.address);
    return (token === undefined ? undefined : await logins.find(token, isUse(head))) ?? ANONYMOUS;
  };
}

/** Whether somebody did something. Browsers open a channel without any header of ours. */
function isUse({ headers }: RequestHead): boolean {
  return headers[BACKGROUND] === undefined && headers.accept !== EVENTS_TYPE;
}
