import type { Background } from '../base/background.ts';
import type { Clock } from '../base/clock.ts';
import type { Log } from '../base/log.ts';
import type { KeyRing } from '../base/key-ring.ts';
import type { EndedSessions } from './ended-sessions.ts';
import type { Generations } from './generations.ts';
import type { Allowlist } from '../memcache/server/allowlist.ts';
import type { TreeReader } from '../objects/reader.ts';
import type { Database } from '../objects/database.ts';
import type { Processes } from './processes.ts';
import type { Recording } from '../recent/recording.ts';
import type { Administrator } from '../security/administrator.ts';
import type { Credentials } from '../security/credentials.ts';
import type { LoginCookie } from '../security/login-cookie.ts';
import type { Logins } from '../security/login.ts';
import type { Reveals } from '../security/reveals.ts';
import type { Users } from '../security/users.ts';
import type { ServerNotes } from './server-notes.ts';
import type { BrowserIds } from '../sessions/browser-id.ts';

/** What this installation offers to the types of objects, beside the tree itself. */
export interface Site {
  /** Shown beside "Trellis" in the interface. */
  readonly name: string;
  /** By which this server is reached, as far as it was told. */
  readonly origin: string;
  /** What was configured of it: by which addresses visitors reach this site. Empty where nothing was. */
  readonly origins: readonly string[];
  readonly version: string;
  /** Where this installation keeps what it keeps. */
  readonly dataFolder: string;
  /** Where browsers find the elements that products bring, by their names. */
  readonly tabModules: ReadonlyMap<string, string>;
  /** Tells two installations on one memcached apart. */
  readonly installation: string;
  /** Stands in the default names of cookies. */
  readonly cookieMark: string;
  readonly keyRing: KeyRing;
  readonly browserIds: BrowserIds;
  readonly users: Users;
  readonly credentials: Credentials;
  readonly logins: Logins;
  readonly loginCookie: LoginCookie;
  readonly administrator: Administrator;
  /** Who looked at what is obscured. */
  readonly reveals: Reveals;
  /** Which memcached servers a proxy may name; never changed through the interface. */
  readonly allowlist: Allowlist;
  readonly generations: Generations;
  readonly endedSessions: EndedSessions;
  /** What was stored at which memcached server, as far as all processes must know. */
  readonly serverNotes: ServerNotes;
  /** Who else serves this tree. */
  readonly processes: Processes;
  /** What this process counts, and what all of them counted before. */
  readonly recording: Recording;
  readonly clock: Clock;
  readonly log: Log;
  /** Where work is done that nobody waits for. */
  readonly background: Background;
}

const sites = new WeakMap<Database, Site>();

/** Binds a site to its tree, once, at start. */
export function bindSite(database: Database, site: Site): void {
  sites.set(database, site);
}

/** The site that an object, or a call on it, belongs to. */
export function siteOf(of: { readonly tree: TreeReader }): Site {
  const site = sites.get(of.tree.database);
  if (site === undefined) throw new Error('The tree is used before its site was bound to it.');
  return site;
}
