import { createHash, randomBytes } from 'node:crypto';
import { wallClock, type Clock } from '../base/clock.ts';
import type { KeyedTable } from '../storage/storage.ts';
import type { Claim, Credentials } from './credentials.ts';
import type { User, Users } from './users.ts';

const MINUTE_MS = 60_000;
const TOKEN_BYTES = 32;
const TOKEN_LENGTH = 43;

/** A login as it is stored, under the hash of its token. */
export type LoginRecord = {
  readonly user: string;
  readonly generation: string;
  readonly created: number;
  readonly lastSeen: number;
};

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
  readonly clock?: Clock;
  /** How long a login lasts without being used. */
  readonly idleMs?: number;
  /** How long a login lasts at most. */
  readonly lifetimeMs?: number;
}

/** Who is signed in to the interface: a random token in a cookie, a record in the data file. */
export class Logins {
  readonly #table: KeyedTable<LoginRecord>;
  readonly #users: Users;
  readonly #credentials: Credentials;
  readonly #clock: Clock;
  readonly #idleMs: number;
  readonly #lifetimeMs: number;

  constructor({ table, users, credentials, clock, idleMs, lifetimeMs }: LoginsOptions) {
    this.#table = table;
    this.#users = users;
    this.#credentials = credentials;
    this.#clock = clock ?? wallClock;
    this.#idleMs = idleMs ?? 20 * MINUTE_MS;
    this.#lifetimeMs = lifetimeMs ?? 12 * 60 * MINUTE_MS;
  }

  /** Signs in with name and password; every time with a new token. */
  async signIn(claim: Claim): Promise<SignedIn> {
    return this.begin(await this.#credentials.check(claim));
  }

  /** Signs in somebody who has proved in another way who they are. */
  begin({ name, roles, generation }: User): SignedIn {
    const token = randomBytes(TOKEN_BYTES).toString('base64url');
    const now = this.#clock();
    const record: LoginRecord = { user: name, generation, created: now, lastSeen: now };
    this.#table.set(keyOf(token), record, this.#expiry(record));
    this.#users.noteSignIn(name);
    return { token, user: name, roles };
  }

  /** Whose token this is, with the roles of this moment; nothing where the login has ended. */
  find(token: string): User | undefined {
    if (token.length !== TOKEN_LENGTH) return undefined;
    const key = keyOf(token);
    const record = this.#table.get(key);
    if (record === undefined) return undefined;
    const user = this.#users.find(record.user);
    if (user?.generation !== record.generation || this.#clock() >= this.#expiry(record)) {
      this.#table.delete(key);
      return undefined;
    }
    this.#noteUse(key, record);
    return user;
  }

  signOut(token: string): void {
    this.#table.delete(keyOf(token));
  }

  // Written once a minute at most (more often only where the idle time is short), so that reading stays reading.
  #noteUse(key: string, record: LoginRecord): void {
    const lastSeen = this.#clock();
    if (lastSeen - record.lastSeen < Math.min(MINUTE_MS, this.#idleMs / 20)) return;
    const seen = { ...record, lastSeen };
    this.#table.update(key, (stored) => stored && seen, this.#expiry(seen));
  }

  #expiry({ created, lastSeen }: LoginRecord): number {
    return Math.min(created + this.#lifetimeMs, lastSeen + this.#idleMs);
  }
}

function keyOf(token: string): string {
  return createHash('sha256').update(token).digest('base64url');
}
