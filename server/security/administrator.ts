import { createHash, randomBytes } from 'node:crypto';
import type { Clock } from '../base/clock.ts';
import { Forbidden } from '../base/errors.ts';
import type { KeyedTable } from '../storage/tables.ts';
import type { User, Users } from './users.ts';

const LINK_LASTS_MS = 3_600_000;
const TOKEN_BYTES = 32;

interface AdministratorOptions {
  /** A table of its own: the hash of each link's token, with the time it ends. */
  readonly table: KeyedTable<number>;
  readonly users: Users;
  readonly clock: Clock;
}

/** How the first administrator comes about: by a link that a start without one prints, valid once and for one hour. */
export class Administrator {
  readonly #options: AdministratorOptions;

  constructor(options: AdministratorOptions) {
    this.#options = options;
  }

  /** Nobody can administer this tree yet. */
  get isNeeded(): boolean {
    return !this.#options.users.hasManager();
  }

  /** The token of a new link. Links of other processes that start at the same moment stay valid beside it. */
  async makeToken(): Promise<string> {
    const token = randomBytes(TOKEN_BYTES).toString('base64url');
    const expires = this.#options.clock() + LINK_LASTS_MS;
    await this.#options.table.update((links) => links.set(keyOf(token), expires, expires));
    return token;
  }

  /** Uses a link up and adds its administrator. A name or password that breaks a rule leaves the link valid. */
  async create({ token, name, password }: { token: string; name: string; password: string }): Promise<User> {
    const key = keyOf(token);
    const expires = await this.#options.table.get(key);
    if (expires === undefined || this.#options.clock() >= expires) throw refusal();
    if (!(await this.#options.table.update((links) => links.delete(key)))) throw refusal();
    try {
      if (!this.isNeeded) throw refusal();
      return await this.#options.users.add({ name, password, roles: ['Manager'] });
    } catch (error) {
      if (this.isNeeded) await this.#options.table.update((links) => links.set(key, expires, expires));
      throw error;
    }
  }
}

function refusal(): Forbidden {
  return new Forbidden(
    'This link is no longer valid. Start the server again for a new one, if there is no administrator yet.',
  );
}

function keyOf(token: string): string {
  return createHash('sha256').update(token).digest('base64url');
}
