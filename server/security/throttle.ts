import { composed } from '../../schema/composed.ts';
import type { Background } from '../base/background.ts';
import type { Clock } from '../base/clock.ts';
import { Problem, TooManyRequests } from '../base/errors.ts';
import type { Draft, KeyedTable } from '../storage/tables.ts';
import { networkOf } from './network.ts';
import { digestOf, Tally, type Tallied, type TallyRow } from './tally.ts';

const FREE_TRIES = 5;
const LONGEST_WAIT_S = 900;
const ACCOUNT_FORGOTTEN_MS = 3_600_000;

const ADDRESS_TRIES = 100;
const ADDRESS_WINDOW_MS = 600_000;

const DAY_MS = 24 * 3_600_000;
const FAMILIAR_MS = 30 * DAY_MS;

interface ThrottleOptions {
  /** Shared by every process that serves the tree. */
  readonly table: KeyedTable<TallyRow>;
  /** In the memory of this process, for what cannot be written there. */
  readonly own: Draft<TallyRow>;
  /** Known to every process that serves the tree, and to nobody outside. */
  readonly secret: () => Promise<string>;
  readonly background: Background;
  readonly clock: Clock;
}

/**
 * Slows guessing down: after five wrong tries on an account each further one waits longer, up to 15 minutes, and an address
 * has 100 wrong tries in ten minutes. Nothing is ever locked for good, and an address from which an account was signed in
 * to does not wait for what others try on that account. All processes of a tree count together, and go on counting where
 * they left off; what cannot be written, a process counts by itself.
 */
export class Throttle {
  readonly #options: ThrottleOptions;
  readonly #tallies: Tallies;
  readonly #underWay = new Map<string, number>();

  constructor(options: ThrottleOptions) {
    this.#options = options;
    this.#tallies = talliesBy(options.clock);
  }

  /** Throws TooManyRequests where the next try has to wait. To be disposed of when it is known how the try ended. */
  async attempt(name: string, address: string): Promise<Attempt> {
    const secret = await this.#options.secret();
    const [who, from] = [digestOf(composed(name), secret), digestOf(networkOf(address), secret)];
    const pair = digestOf(who + from, secret);
    const isFamiliar = (await this.#read('familiar', pair)) !== undefined;
    const tried = { account: isFamiliar ? pair : who, address: from, pair };
    this.#judge(await this.#failures(tried), tried);
    return new Attempt(this, tried);
  }

  /** Counts a try before it is known how it ends, so that tries sent at once do not slip through. */
  async begin(tried: Tried): Promise<void> {
    this.#judge(await this.#failures(tried), tried);
    this.#move(tried, 1);
  }

  end(tried: Tried): void {
    this.#move(tried, -1);
  }

  /** Counts a wrong try in one step with looking whether it came too soon, for which it throws. */
  async failed(tried: Tried): Promise<void> {
    const { accounts, addresses } = this.#tallies;
    try {
      await this.#options.table.update((rows) => {
        const shared = { account: accounts.get(rows, tried.account), address: addresses.get(rows, tried.address) };
        this.#judge(this.#withOwn(shared, tried));
        this.#count(rows, tried);
      });
    } catch (error) {
      if (!(error instanceof Problem) || error instanceof TooManyRequests) throw error;
      this.#count(this.#options.own, tried);
    }
  }

  /** The account starts afresh. Nothing is written where that is known already. */
  async succeeded(tried: Tried): Promise<void> {
    const failures = await this.#failures(tried);
    this.#judge(failures);
    const { account, pair } = tried;
    const { accounts, familiar } = this.#tallies;
    const now = this.#options.clock();
    const note = (rows: Draft<TallyRow>) => {
      accounts.delete(rows, account);
      familiar.set(rows, pair, { count: 1, time: now });
    };
    const noted = (await readable(familiar.read(this.#options.table, pair)))?.time ?? -Infinity;
    if (now - noted < DAY_MS && failures.account === undefined) return;
    note(this.#options.own);
    const failed = (error: unknown) =>
      this.#options.background.failed('note from where an account was signed in to', error);
    this.#options.table.update(note).catch(failed);
  }

  /** Throws TooManyRequests where a try has to wait for others that failed or, where it is named, are under way in this process. */
  #judge(failures: Failures, tried?: Tried): void {
    const [account, address] = tried === undefined ? [0, 0] : [this.#begun(tried.account), this.#begun(tried.address)];
    const waitMs = Math.max(this.#accountWaitMs(failures, account), this.#addressWaitMs(failures, address));
    if (waitMs <= 0) return;
    const waitS = Math.ceil(waitMs / 1000);
    throw new TooManyRequests(`Too many tries. Wait ${waitS} s.`, waitS);
  }

  #accountWaitMs({ account }: Failures, underWay: number): number {
    const beyondFree = (account?.count ?? 0) + underWay - FREE_TRIES;
    if (beyondFree <= 0) return 0;
    const now = this.#options.clock();
    const since = underWay > 0 ? now : (account?.time ?? now);
    return since + Math.min(LONGEST_WAIT_S, 2 ** (beyondFree - 1)) * 1000 - now;
  }

  #addressWaitMs({ address }: Failures, underWay: number): number {
    const now = this.#options.clock();
    return (address?.count ?? 0) + underWay < ADDRESS_TRIES ? 0 : (address?.time ?? now) + ADDRESS_WINDOW_MS - now;
  }

  #move({ account, address }: Tried, by: 1 | -1): void {
    for (const key of [account, address]) {
      const count = this.#begun(key) + by;
      if (count === 0) this.#underWay.delete(key);
      else this.#underWay.set(key, count);
    }
  }

  #begun(key: string): number {
    return this.#underWay.get(key) ?? 0;
  }

  #count(rows: Draft<TallyRow>, { account, address }: Tried): void {
    const { accounts, addresses } = this.#tallies;
    const now = this.#options.clock();
    accounts.set(rows, account, { count: (accounts.get(rows, account)?.count ?? 0) + 1, time: now });
    const { count = 0, time = now } = addresses.get(rows, address) ?? {};
    addresses.set(rows, address, { count: count + 1, time });
  }

  async #failures({ account, address }: Tried): Promise<Failures> {
    return { account: await this.#read('accounts', account), address: await this.#read('addresses', address) };
  }

  #withOwn(shared: Failures, { account, address }: Tried): Failures {
    const { accounts, addresses } = this.#tallies;
    return {
      account: sum(shared.account, accounts.get(this.#options.own, account)),
      address: sum(shared.address, addresses.get(this.#options.own, address)),
    };
  }

  /** What all processes counted, and what this one could not write. */
  async #read(name: keyof Tallies, key: string): Promise<Tallied | undefined> {
    const tally = this.#tallies[name];
    return sum(await readable(tally.read(this.#options.table, key)), tally.get(this.#options.own, key));
  }
}

/** What a try is counted under, as digests. */
interface Tried {
  /** The name; together with the address where that is familiar. */
  readonly account: string;
  readonly address: string;
  readonly pair: string;
}

/** The tries that failed, of those that count for a try. */
interface Failures {
  readonly account: Tallied | undefined;
  readonly address: Tallied | undefined;
}

/** One try of a name and a password. */
class Attempt implements Disposable {
  readonly #throttle: Throttle;
  readonly #tried: Tried;
  #isUnderWay = false;

  constructor(throttle: Throttle, tried: Tried) {
    this.#throttle = throttle;
    this.#tried = tried;
  }

  /** Throws TooManyRequests where others have come first. */
  async begin(): Promise<void> {
    await this.#throttle.begin(this.#tried);
    this.#isUnderWay = true;
  }

  /** Throws TooManyRequests where tries at another process came first. */
  failed(): Promise<void> {
    return this.#throttle.failed(this.#tried);
  }

  /** It does not count. Throws TooManyRequests where tries at another process came first. */
  succeeded(): Promise<void> {
    return this.#throttle.succeeded(this.#tried);
  }

  [Symbol.dispose](): void {
    if (this.#isUnderWay) this.#throttle.end(this.#tried);
    this.#isUnderWay = false;
  }
}

interface Tallies {
  /** When the last wrong try was. */
  readonly accounts: Tally;
  /** When the first was. */
  readonly addresses: Tally;
  /** Accounts with the addresses from which they were signed in to. */
  readonly familiar: Tally;
}

function talliesBy(clock: Clock): Tallies {
  return {
    accounts: new Tally({ name: 'account', keptMs: ACCOUNT_FORGOTTEN_MS, clock }),
    addresses: new Tally({ name: 'address', keptMs: ADDRESS_WINDOW_MS, clock }),
    familiar: new Tally({ name: 'familiar', keptMs: FAMILIAR_MS, clock }),
  };
}

function sum(one: Tallied | undefined, other: Tallied | undefined): Tallied | undefined {
  if (one === undefined || other === undefined) return one ?? other;
  return { count: one.count + other.count, time: Math.max(one.time, other.time) };
}

/** What cannot be read just now is as if nothing were there: a process then goes by its own count. */
async function readable<Result>(reading: Promise<Result>): Promise<Result | undefined> {
  try {
    return await reading;
  } catch (error) {
    if (error instanceof Problem) return undefined;
    throw error;
  }
}
