import { randomBytes } from 'node:crypto';
import { composed } from '../../schema/composed.ts';
import { hiddenProblem, visible } from '../../schema/invisible.ts';
import { ROLES } from '../../schema/permissions.ts';
import type { Clock } from '../base/clock.ts';
import { Invalid, invalidAt, NotFound, Problem } from '../base/errors.ts';
import { fold } from '../storage/order.ts';
import type { Draft, DraftOf, KeyedTable, SmallTable } from '../storage/tables.ts';
import { checkPassword, type Passwords } from './passwords.ts';

const LONGEST_NAME_BYTES = 255;

/** A user as it is stored. Nothing outside this file sees the hash. */
export type UserRecord = {
  readonly hash: string;
  readonly roles: readonly string[];
  /** Another one ends everything that was signed in to before: new password, disabled, removed and added again. */
  readonly generation: string;
  readonly isDisabled: boolean;
  readonly created: number;
  /** As older versions noted it. */
  readonly lastSignIn: number | null;
};

/** Somebody who may sign in. */
export interface User {
  readonly name: string;
  readonly roles: readonly string[];
  readonly generation: string;
}

/** A user as an administrator sees it. Times are milliseconds since 1970. */
interface UserSummary {
  readonly name: string;
  readonly roles: readonly string[];
  readonly isDisabled: boolean;
  readonly created: number;
  readonly lastSignIn: number | null;
}

interface UsersOptions {
  readonly table: SmallTable<UserRecord>;
  /** When each user signed in last. */
  readonly signIns: KeyedTable<number>;
  /** Ends what a user left behind elsewhere, in the same step as the change that ends their logins. */
  readonly endSessionsOf: (name: string, draftOf: DraftOf) => void;
  readonly clock: Clock;
  readonly passwords: Passwords;
}

/** The users, as a User Folder manages them. */
export class Users {
  readonly #options: UsersOptions;
  #hasManager = false;

  constructor(options: UsersOptions) {
    this.#options = options;
  }

  async add({ name, password, roles }: { name: string; password: string; roles: readonly string[] }): Promise<User> {
    const key = checkedName(name);
    requireFree(key, this.#options.table);
    requirePassword(password, key);
    const record: UserRecord = {
      hash: await this.#options.passwords.hash(password),
      roles: checkedRoles(roles),
      generation: newGeneration(),
      isDisabled: false,
      created: this.#options.clock(),
      lastSignIn: null,
    };
    await this.#options.table.update((users) => {
      requireFree(key, users);
      users.add(key, record);
    });
    return userOf(key, record);
  }

  remove(name: string): Promise<void> {
    return this.#change(name, (record, users) => {
      requireAnotherManager(name, record, users);
      return undefined;
    });
  }

  /** Sets what is given, all of it or, where something breaks a rule, nothing. */
  async change(name: string, to: { readonly password?: string; readonly roles?: readonly string[] }): Promise<void> {
    this.#get(name);
    const roles = to.roles === undefined ? undefined : checkedRoles(to.roles);
    if (to.password !== undefined) requirePassword(to.password, name);
    const hash = to.password === undefined ? undefined : await this.#options.passwords.hash(to.password);
    const set = (record: UserRecord, users: Draft<UserRecord>) => {
      if (roles?.includes('Manager') === false) requireAnotherManager(name, record, users);
      const withRoles = roles === undefined ? record : { ...record, roles };
      return hash === undefined ? withRoles : { ...withRoles, hash, generation: newGeneration() };
    };
    await this.#change(name, set);
  }

  changePassword(name: string, password: string): Promise<void> {
    return this.change(name, { password });
  }

  /** A disabled user cannot sign in, and is signed out everywhere at once. */
  setDisabled(name: string, isDisabled: boolean): Promise<void> {
    return this.#change(name, (record, users) => {
      if (isDisabled) requireAnotherManager(name, record, users);
      return { ...record, isDisabled, generation: newGeneration() };
    });
  }

  /** Whoever may sign in under this name. */
  find(name: string): User | undefined {
    const record = this.#options.table.get(composed(name));
    return record === undefined || record.isDisabled ? undefined : userOf(composed(name), record);
  }

  get names(): readonly string[] {
    return this.#options.table.entries().map(([name]) => name);
  }

  async list(): Promise<readonly UserSummary[]> {
    const signIns = new Map(await this.#options.signIns.entries());
    const users = this.#options.table.entries().map(([name, { roles, isDisabled, created, lastSignIn }]) => {
      const last = Math.max(signIns.get(name) ?? 0, lastSignIn ?? 0);
      return { name, roles, isDisabled, created, lastSignIn: last === 0 ? null : last };
    });
    return users.sort((one, other) => (one.name < other.name ? -1 : 1));
  }

  /** Whether anybody can administer this tree. Once it is so it stays so: the last Manager cannot be taken away. */
  hasManager(): boolean {
    this.#hasManager ||= this.#options.table.entries().some(([, record]) => isManager(record));
    return this.#hasManager;
  }

  /**
   * The user, where name and password belong together. An unknown name takes the same work. `allow` is asked right before
   * the work and throws to refuse it.
   */
  async verify(name: string, password: string, allow?: () => Promise<void>): Promise<User | undefined> {
    const key = composed(name);
    const record = this.#options.table.get(key);
    const isRight = await this.#options.passwords.matches(password, record?.hash, allow);
    if (record === undefined || !isRight) return undefined;
    const user = this.find(key);
    if (user?.generation !== record.generation) return undefined;
    if (this.#options.passwords.isOutdated(record.hash)) await this.#rehash(key, password, record.hash);
    return user;
  }

  /** As a part of the step that signs them in. */
  noteSignIn(name: string, draftOf: DraftOf): void {
    draftOf(this.#options.signIns).set(name, this.#options.clock());
  }

  async #rehash(key: string, password: string, outdated: string): Promise<void> {
    const hash = await this.#options.passwords.hash(password);
    try {
      await this.#options.table.update((users) => {
        const record = users.get(key);
        if (record?.hash === outdated) users.set(key, { ...record, hash });
      });
    } catch (error) {
      // Where it cannot be stored now, it is made anew at the next sign-in.
      if (!(error instanceof Problem)) throw error;
    }
  }

  #get(name: string): UserRecord {
    const record = this.#options.table.get(composed(name));
    if (record === undefined) throw new NotFound(`There is no user '${visible(name)}'.`);
    return record;
  }

  async #change(name: string, change: Change): Promise<void> {
    this.#get(name);
    const key = composed(name);
    await this.#options.table.update((users, draftOf) => {
      const record = users.get(key);
      const changed = record && change(record, users);
      if (record !== undefined && changed?.generation !== record.generation) this.#options.endSessionsOf(key, draftOf);
      if (changed !== undefined) users.set(key, changed);
      else if (users.delete(key)) draftOf(this.#options.signIns).delete(key);
    });
  }
}

/** What a user is to be, among all as they are in the same step; nothing: removed. */
type Change = (record: UserRecord, users: Draft<UserRecord>) => UserRecord | undefined;

// Of two processes that remove the last two Managers at once, the second sees what the first did.
function requireAnotherManager(name: string, record: UserRecord, users: Draft<UserRecord>): void {
  const isOther = ([key, other]: readonly [string, UserRecord]) => key !== composed(name) && isManager(other);
  if (!isManager(record) || users.entries().some(isOther)) return;
  throw new Invalid(`'${name}' is the last Manager. Make another user a Manager first.`);
}

function isManager({ roles, isDisabled }: UserRecord): boolean {
  return !isDisabled && roles.includes('Manager');
}

function userOf(name: string, { roles, generation }: UserRecord): User {
  return { name, roles, generation };
}

function newGeneration(): string {
  return randomBytes(12).toString('base64url');
}

function checkedName(given: string): string {
  const name = composed(given).trim();
  const problem = nameProblem(name);
  if (problem !== undefined) throw invalidAt('/name', problem);
  return name;
}

function nameProblem(name: string): string | undefined {
  if (name === '') return 'A username must be specified';
  if (Buffer.byteLength(name) > LONGEST_NAME_BYTES) {
    return `The username is too long. At most ${LONGEST_NAME_BYTES} bytes are allowed.`;
  }
  if (!name.isWellFormed()) return `The username "${name.toWellFormed()}" contains half a character. Leave it out.`;
  const [sign] = /[:/]/.exec(name) ?? [];
  if (sign !== undefined) return `The username "${visible(name)}" contains "${sign}". Leave it out.`;
  if (name === '.' || name === '..') return `The username "${name}" cannot be part of an address. Choose another one.`;
  return hiddenProblem('username', name);
}

/** Nobody has this name, or one that it could be taken for: the same in other case, width or form. */
function requireFree(name: string, users: Pick<SmallTable<UserRecord>, 'get' | 'entries'>): void {
  if (users.get(name) !== undefined) throw invalidAt('/name', 'A user with the specified name already exists');
  const plain = folded(name);
  const [other] = users.entries().find(([key]) => folded(key) === plain) ?? [];
  if (other === undefined) return;
  throw invalidAt('/name', `"${name}" could be taken for the user "${visible(other)}". Choose another name.`);
}

/** What a name is taken for. Case is left out, as in listings, and also width and form (NFKC): ｍａｒｉａ reads as maria. */
function folded(name: string): string {
  return fold(name.normalize('NFKC')).normalize('NFKC');
}

function checkedRoles(roles: readonly string[]): readonly string[] {
  const givable = ROLES.filter(({ isGivable }) => isGivable).map(({ name }) => name);
  for (const role of roles) {
    if (!givable.includes(role)) {
      throw invalidAt('/roles', `The role "${role}" cannot be given. Choose from ${givable.join(', ')}.`);
    }
  }
  return [...new Set(roles)];
}

function requirePassword(password: string, name: string): void {
  const problem = checkPassword(password, name);
  if (problem !== undefined) throw invalidAt('/password', problem);
}
