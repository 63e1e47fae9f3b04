import { createHash, randomBytes } from 'node:crypto';
import type { Background } from '../base/background.ts';
import type { Clock } from '../base/clock.ts';
import type { KeyedTable } from '../storage/tables.ts';
import type { GivenCredentials, Credentials } from './credentials.ts';
import type { User, Users } from './users.ts';

const MINUTE_MS = 60_000;
/** How long a login lasts without being used, and at most. */
const IDLE_MS = 20 * MINUTE_MS;
const LIFETIME_MS = 12 * 60 * MINUTE_MS;
const TOKEN_BYTES = 32;
const TOKEN_LENGTH = 43;

/** A login as it is stored, under the hash of its token. */
export type LoginRecord = {
  readonly user: string;
  readonly generation: string;
  readonly created: number;
  readonly lastSeen: number;
  /** From where; absent in records that were made before this was noted. */
  readonly address?: string;
  readonly browser?: string;
};

/** From where somebody signs in. Empty: not known. */
export interface ClientInfo {
  readonly address: string;
  /** In a few words: "Firefox 145, Linux". */
  readonly browser: string;
}

/** A login as its own user sees it. Times are milliseconds since 1970. */
interface LoginSummary extends ClientInfo {
  /** Names the login and opens nothing: the hash of its token. */
  readonly id: string;
  readonly created: number;
  readonly lastSeen: number;
  /** When it ends if it is not used again. */
  readonly expires: number;
}

const UNKNOWN: ClientInfo = { address: '', browser: '' };

/** Somebody who has just signed in. The token goes into a cookie and is kept nowhere here. */
export interface SignedIn {
  readonly token: string;
  readonly user: string;
  readonly roles: readonly string[];
}

interface LoginsOptions {
  readonly table: KeyedTable<LoginRecord>;
  readonly users: Users;
  readonly credentials: Credentials;
  readonly background: Background;
  readonly clock: Clock;
}

/** Who is signed in to the interface: a random token in a cookie, a record in the data file. */
export class Logins {
  readonly #options: LoginsOptions;

  constructor(options: LoginsOptions) {
    this.#options = options;
  }

  /** Signs in with name and password; every time with a new token. */
  async signIn(claim: GivenCredentials, browser = ''): Promise<SignedIn> {
    return this.begin(await this.#options.credentials.check(claim), { address: claim.address, browser });
  }

  /** Signs in somebody who has proved in another way who they are. */
  async begin({ name, roles, generation }: User, { address, browser } = UNKNOWN): Promise<SignedIn> {
    const token = randomBytes(TOKEN_BYTES).toString('base64url');
    const now = this.#options.clock();
    const record: LoginRecord = { user: name, generation, created: now, lastSeen: now, address, browser };
    await this.#options.table.update((logins, draftOf) => {
      logins.set(keyOf(token), record, expiryOf(record));
      this.#options.users.noteSignIn(name, draftOf);
    });
    return { token, user: name, roles };
  }

  /**
   * Whose token this is, with the roles of this moment; nothing where the login has ended. What nobody did, such as a page
   * that looks again by itself, is no use of the login.
   */
  async find(token: string, isUse = true): Promise<User | undefined> {
    if (token.length !== TOKEN_LENGTH) return undefined;
    const key = keyOf(token);
    const record = await this.#options.table.get(key);
    if (record === undefined) return undefined;
    const user = this.#options.users.find(record.user);
    if (user?.generation !== record.generation || this.#options.clock() >= expiryOf(record)) {
      this.#options.background.do('forget a login that has ended', () =>
        this.#options.table.update((logins) => logins.delete(key)),
      );
      return undefined;
    }
    if (isUse) this.#noteUse(key, record);
    return user;
  }

  /** Whatever `change` does to its user, this login goes on while they may sign in at all. */
  async keepThrough(token: string, change: () => Promise<void>): Promise<void> {
    const key = keyOf(token);
    const record = (await this.find(token)) && (await this.#options.table.get(key));
    await change();
    const generation = record && this.#options.users.find(record.user)?.generation;
    if (record === undefined || generation === undefined) return;
    await this.#options.table.update((logins) => logins.set(key, { ...record, generation }, expiryOf(record)));
  }

  async signOut(token: string): Promise<void> {
    await this.#options.table.update((logins) => logins.delete(keyOf(token)));
  }

  /** The logins of a user that have not ended, last seen first. */
  async of(user: string): Promise<readonly LoginSummary[]> {
    const generation = this.#options.users.find(user)?.generation;
    const logins = await this.#options.table.entries();
    return logins
      .filter(([, record]) => record.user === user && record.generation === generation)
      .map(([id, record]) => {
        const { created, lastSeen, address = '', browser = '' } = record;
        return { id, created, lastSeen, expires: expiryOf(record), address, browser };
      })
      .sort((one, other) => other.lastSeen - one.lastSeen);
  }

  /** The id of the login that a token stands for, whether or not there is one. */
  idOf(token: string): string {
    return keyOf(token);
  }

  /** Ends those of these logins that are the user's, and says how many that were. */
  end(user: string, ids: readonly string[]): Promise<number> {
    return this.#options.table.update((logins) => {
      return ids.filter((id) => logins.get(id)?.user === user && logins.delete(id)).length;
    });
  }

  // Written once a minute at most, so that reading stays reading.
  #noteUse(key: string, record: LoginRecord): void {
    const lastSeen = this.#options.clock();
    if (lastSeen - record.lastSeen < MINUTE_MS) return;
    const seen = { ...record, lastSeen };
    const note = () =>
      this.#options.table.update((logins) => {
        if (logins.get(key) !== undefined) logins.set(key, seen, expiryOf(seen));
      });
    this.#options.background.do('note the use of a login', note);
  }
}

function expiryOf({ created, lastSeen }: LoginRecord): number {
  return Math.min(created + LIFETIME_MS, lastSeen + IDLE_MS);
}

function keyOf(token: string): string {
  return createHash('sha256').update(token).digest('base64url');
}
