import { readFileSync } from 'node:fs';
import { findPackageJSON } from 'node:module';
import { Background } from './base/background.ts';
import { wallClock, type Clock } from './base/clock.ts';
import { openLog, type Log } from './base/log.ts';
import { addSecretWords } from './base/secret-words.ts';
import { KeyRing } from './base/key-ring.ts';
import { readConfig, type Config } from './config.ts';
import { EndedSessions } from './site/ended-sessions.ts';
import { generationOfUser, Generations } from './site/generations.ts';
import { areStrange, noteKeyIds } from './key-ids.ts';
import { Database } from './objects/database.ts';
import { Types } from './objects/types.ts';
import { Recording } from './recent/recording.ts';
import { Processes } from './site/processes.ts';
import { FIRST_TRANSACTIONS } from './products/fresh-tree.ts';
import { loadProducts } from './products/loading.ts';
import type { Product } from './products/declarations/product.ts';
import type { TabModules } from './products/tab-modules.ts';
import { Administrator } from './security/administrator.ts';
import { cookieMarkOf } from './security/cookie-mark.ts';
import { Credentials } from './security/credentials.ts';
import { LoginCookie } from './security/login-cookie.ts';
import { Logins } from './security/login.ts';
import { Passwords } from './security/passwords.ts';
import { Reveals } from './security/reveals.ts';
import type { TallyRow } from './security/tally.ts';
import { Throttle } from './security/throttle.ts';
import { Users, type UserRecord } from './security/users.ts';
import { BrowserIds } from './sessions/browser-id.ts';
import { ForeignCookies } from './sessions/foreign-cookies.ts';
import { ServerNotes } from './site/server-notes.ts';
import { bindSite, type Site } from './site/site.ts';
import { CannotOpen } from './storage/cannot-open.ts';
import { MemoryStorage } from './storage/memory/memory-storage.ts';
import { MemoryTable } from './storage/memory-table.ts';
import type { Storage } from './storage/storage.ts';
import type { DraftOf, SmallTable, Tables } from './storage/tables.ts';

/** What is committed is where it lasts longest within a minute. */
const KEEP_UP_MS = 30_000;

/** A data folder in use by this process: its tree and its site, and nothing that answers requests. */
export interface DataFolder {
  readonly storage: Storage;
  readonly database: Database;
  readonly site: Site;
  readonly products: readonly Product[];
  readonly tabModules: TabModules;
  /** What fails on the way keeps nothing else from being closed, and is thrown at the end. */
  close(): Promise<void>;
}

/** What a first start makes in the folder before its site is read from it. */
export type Prepare = (storage: Storage, database: Database, users: Users) => Promise<void>;

/** Under which name a process that uses the folder signs: servers know of each other, applications only use sessions. */
type SignsAs = 'processes' | 'applications';

/** Opens the data folder for a server. */
export function openDataFolder(config: Config, log: Log, prepare: Prepare, clock: Clock): Promise<DataFolder> {
  return open(config, log, 'processes', prepare, clock);
}

/** Opens the data folder of a server for an application that only uses its sessions. Makes nothing that is missing. */
export async function openForApplication(dataFolder: string, environment: NodeJS.ProcessEnv): Promise<DataFolder> {
  const config = readConfig([`--data=${dataFolder}`], environment, true);
  const log = openLog(environment['TRELLIS_LOG_LEVEL'] === undefined ? 'warn' : config.logLevel);
  return open(config, log, 'applications', async () => {}, wallClock);
}

async function open(config: Config, log: Log, signsAs: SignsAs, prepare: Prepare, clock: Clock): Promise<DataFolder> {
  addSecretWords(config.secretWords);
  for (const note of config.notes) log.warn(note);
  const { products, tabModules } = await loadProducts(config.products);
  const types = new Types(products.flatMap((product) => product.types));
  const isGuest = signsAs === 'applications';
  const storage = await config.storage.open({ log, isGuest });
  try {
    const memory = new MemoryStorage({ mounted: true });
    const database = new Database({ main: storage, memory, types, clock, log, isGuest });
    const background = new Background(log);
    const signingIn = await signingInTo(storage, background);
    await prepare(storage, database, signingIn.users);
    const services = { ...signingIn, log, clock, background, tabModules: tabModules.byElement };
    const keyIds = await storage.tables.small<number>('key ids');
    const keyRing = await keyRingFor(config, storage, keyIds, signsAs);
    if (areStrange(keyRing, keyIds)) refuseOrWarn(config, signsAs, log);
    await noteKeyIds(keyRing, keyIds, clock);
    const site = await siteFrom(config, storage, keyRing, signsAs, services);
    bindSite(database, site);
    site.recording.begin();
    const keepUpMs = Math.min(config.heartbeatS * 1000, KEEP_UP_MS);
    background.every(keepUpMs, 'bring what was committed to where it lasts', () => storage.keepUp());
    const close = async () => {
      await site.recording.close().catch((error: unknown) => background.failed('note what was counted last', error));
      await site.processes.close();
      background.close();
      await database.close();
    };
    return { storage, database, site, products, tabModules, close };
  } catch (error) {
    storage.close();
    throw error;
  }
}

/** Who may sign in, and who did. */
async function signingInTo(storage: Storage, background: Background) {
  const { tables } = storage;
  const { users, generations } = await usersIn(tables);
  const tries = { table: tables.keyed<TallyRow>('wrong tries'), own: new MemoryTable<TallyRow>(wallClock) };
  const secret = () => installationIn(storage);
  const credentials = new Credentials(users, new Throttle({ ...tries, secret, background, clock: wallClock }));
  const logins = new Logins({ table: tables.keyed('logins'), users, credentials, background, clock: wallClock });
  return { generations, users, credentials, logins };
}

/** The users, with the numbers that end what they leave behind. */
export async function usersIn(tables: Tables): Promise<Pick<Site, 'users' | 'generations'>> {
  const generations = new Generations(await tables.small('generations'));
  const endSessionsOf = (name: string, draftOf: DraftOf) => generations.raiseIn(draftOf, generationOfUser(name));
  const table = await tables.small<UserRecord>('users');
  const signIns = tables.keyed<number>('sign-ins');
  const passwords = new Passwords();
  return { generations, users: new Users({ table, signIns, endSessionsOf, clock: wallClock, passwords }) };
}

/** The keys that were given, or those in the folder. Only a server whose tree never had any makes them. */
async function keyRingFor(
  { keyRing, dataFolder }: Config,
  storage: Storage,
  keyIds: SmallTable<number>,
  signsAs: SignsAs,
): Promise<KeyRing> {
  if (keyRing !== undefined) return keyRing;
  // Asked before the ring is looked for: another first start makes the ring first, and notes its keys then.
  const isUsedWithKeys = keyIds.entries().length > 0 || (await storage.refresh()).tid > FIRST_TRANSACTIONS;
  try {
    if (KeyRing.isIn(dataFolder)) return KeyRing.inFolder(dataFolder);
  } catch (cause) {
    throw new CannotOpen((cause as Error).message, { cause });
  }
  if (signsAs === 'applications') {
    throw new CannotOpen(
      `The data folder "${dataFolder}" has no secrets.json. Give the application the TRELLIS_SECRETS that the server has.`,
    );
  }
  if (isUsedWithKeys) {
    throw new CannotOpen(
      `The data folder "${dataFolder}" has a tree that was used with a key ring, and no secrets.json. Put that back from a ` +
        'backup, or give its keys as TRELLIS_SECRETS. A new key there logs everybody out and ends their sessions.',
    );
  }
  // A ring beside it says from now on that the storage has a tree, so it has one that lasts.
  storage.keepUp();
  return KeyRing.inFolder(dataFolder);
}

/** A server may be given a new ring on purpose. An application that came with another would begin everybody anew, unseen. */
function refuseOrWarn({ dataFolder }: Config, signsAs: SignsAs, log: Log): void {
  const what = `none of its keys (TRELLIS_SECRETS or secrets.json) was ever used with the data folder "${dataFolder}"`;
  const rule = 'Give every process the same keys, the older ones included.';
  if (signsAs === 'applications') {
    throw new CannotOpen(
      `The application knows nobody's session: ${what}. ${rule} Where all were replaced, start a server with the new ones first.`,
    );
  }
  log.warn(`Every session ends with this start: ${what}. ${rule}`);
}

async function siteFrom(
  config: Config,
  storage: Storage,
  keyRing: KeyRing,
  signsAs: SignsAs,
  services: Pick<
    Site,
    'users' | 'credentials' | 'logins' | 'generations' | 'log' | 'clock' | 'background' | 'tabModules'
  >,
): Promise<Site> {
  const { tables } = storage;
  const { generations, background, users, logins } = services;
  const installation = await installationIn(storage);
  const cookieMark = cookieMarkOf(installation);
  const { heartbeatS } = config;
  const processes = new Processes({
    table: tables.keyed(signsAs),
    elsewhere: tables.keyed(signsAs === 'processes' ? 'applications' : 'processes'),
    formats: await tables.small('record formats'),
    clock: wallClock,
    background,
    log: services.log,
    heartbeatMs: heartbeatS * 1000,
  });
  return {
    ...services,
    name: config.name,
    dataFolder: config.dataFolder,
    origin: config.origins[0] ?? `http://${hostInUrl(config.host)}:${config.port}`,
    origins: config.origins,
    version: readVersion(),
    installation,
    cookieMark,
    loginCookie: new LoginCookie(cookieMark, async (token) => (await logins.find(token, false)) !== undefined),
    keyRing,
    browserIds: new BrowserIds(keyRing, new ForeignCookies(services.log)),
    administrator: new Administrator({ table: tables.keyed('administrator links'), users, clock: wallClock }),
    reveals: new Reveals(tables.keyed('reveals')),
    allowlist: config.allowlist,
    endedSessions: new EndedSessions(await tables.small('ended sessions'), generations),
    serverNotes: new ServerNotes(await tables.small('memcached servers'), storage, background),
    processes,
    recording: recordingOf(processes, { ...services, tables, heartbeatS, isServing: signsAs === 'processes' }),
  };
}

/** What it counts is committed with the heartbeats of its process. */
function recordingOf(
  processes: Processes,
  options: Pick<
    ConstructorParameters<typeof Recording>[0],
    'tables' | 'clock' | 'background' | 'heartbeatS' | 'isServing'
  >,
): Recording {
  const recording = new Recording({ ...options, id: processes.id, there: () => processes.there() });
  processes.add(recording.write);
  return recording;
}

/** The id of the installation; empty before its first start has made one. */
async function installationIn({ tables }: Storage): Promise<string> {
  return (await tables.keyed<string>('installation').get('id')) ?? '';
}

function hostInUrl(host: string): string {
  return host.includes(':') ? `[${host}]` : host;
}

function readVersion(): string {
  const text = readFileSync(findPackageJSON(import.meta.url) ?? '', 'utf8');
  return (JSON.parse(text) as { version: string }).version;
}
