import { createHmac, randomBytes } from 'node:crypto';
import { wallClock, type Clock } from '../base/clock.ts';
import { NotSignedIn } from '../base/errors.ts';
import type { Credentials } from './credentials.ts';
import type { User, Users } from './users.ts';

const REMEMBERED_MS = 300_000;
const MOST_REMEMBERED = 1_000;

interface Remembered {
  readonly user: string;
  readonly generation: string;
  readonly until: number;
}

/** HTTP Basic: checked once, then remembered for five minutes under a keyed hash, so that a call costs no hashing. */
export class BasicLogins {
  readonly #credentials: Pick<Credentials, 'check'>;
  readonly #users: Users;
  readonly #clock: Clock;
  readonly #key = randomBytes(32);
  readonly #remembered = new Map<string, Remembered>();
  readonly #underWay = new Map<string, Promise<User>>();

  constructor(credentials: Pick<Credentials, 'check'>, users: Users, clock: Clock = wallClock) {
    this.#credentials = credentials;
    this.#users = users;
    this.#clock = clock;
  }

  /** Whose Authorization header this is; throws NotSignedIn where it is nobody's. */
  async verify(header: string, address: string): Promise<User> {
    const key = createHmac('sha256', this.#key).update(header).digest('base64url');
    return this.#recall(key) ?? (await this.#checkOnce(key, header, address));
  }

  #recall(key: string): User | undefined {
    const remembered = this.#remembered.get(key);
    if (remembered === undefined) return undefined;
    const user = this.#users.find(remembered.user);
    if (user?.generation === remembered.generation && this.#clock() < remembered.until) return user;
    this.#remembered.delete(key);
    return undefined;
  }

  // A client that starts with many calls at once has its password checked once for all of them.
  async #checkOnce(key: string, header: string, address: string): Promise<User> {
    const together = `${key} ${address}`;
    const underWay = this.#underWay.get(together);
    if (underWay !== undefined) return underWay;
    const check = this.#check(key, header, address).finally(() => this.#underWay.delete(together));
    this.#underWay.set(together, check);
    return check;
  }

  async #check(key: string, header: string, address: string): Promise<User> {
    const user = await this.#credentials.check({ ...parse(header), address });
    this.#remembered.set(key, { user: user.name, generation: user.generation, until: this.#clock() + REMEMBERED_MS });
    const [oldest] = this.#remembered.keys();
    if (this.#remembered.size > MOST_REMEMBERED && oldest !== undefined) this.#remembered.delete(oldest);
    return user;
  }
}

function parse(header: string): { name: string; password: string } {
  const encoded = /^basic +([A-Za-z0-9+/]+={0,2})$/i.exec(header.trim())?.[1] ?? '';
  const [, name, password] = /^([^:]*):(.*)$/su.exec(Buffer.from(encoded, 'base64').toString('utf8')) ?? [];
  if (name === undefined || password === undefined) {
    throw new NotSignedIn('The Authorization header cannot be read. Send "Basic", then name:password in base64.');
  }
  return { name, password };
}
