import { composed } from '../../schema/composed.ts';
import type { Background } from '../base/background.ts';
import type { Clock } from '../base/clock.ts';
import { Problem, TooManyRequests } from '../base/errors.ts';
import type { KeyedTable } from '../storage/storage.ts';
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
  readonly own: KeyedTable<TallyRow>;
  /** Known to every process that serves the tree, and to nobody outside. */
  readonly secret: () => string;
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
  readonly #table: KeyedTable<TallyRow>;
  readonly #secret: () => string;
  readonly #background: Background;
  readonly #clock: Clock;
  readonly #shared: Tallies;
  readonly #own: Tallies;
  readonly #underWay = new Map<string, number>();

  constructor({ table, own, secret, background, clock }: ThrottleOptions) {
    this.#table = table;
    this.#secret = secret;
    this.#background = background;
    this.#clock = clock;
    this.#shared = talliesIn(table, clock);
    this.#own = talliesIn(own, clock);
  }

  /** Throws TooManyRequests where the next try has to wait. To be disposed of when it is known how the try ended. */
  attempt(name: string, address: string): Attempt {
    const secret = this.#secret();
    const [who, from] = [digestOf(composed(name), secret), digestOf(networkOf(address), secret)];
    const pair = digestOf(who + from, secret);
    const isFamiliar = this.#read('familiar', pair) !== undefined;
    return new Attempt(this, { account: isFamiliar ? pair : who, address: from, pair });
  }

  /** Throws TooManyRequests where this try has to wait for others that failed or, if asked, are under way in this process. */
  check(tried: Tried, withUnderWay: boolean): void {
    const waitMs = Math.max(this.#accountWaitMs(tried, withUnderWay), this.#addressWaitMs(tried, withUnderWay));
    if (waitMs <= 0) return;
    const waitS = Math.ceil(waitMs / 1000);
    throw new TooManyRequests(`Too many tries. Wait ${waitS} s.`, waitS);
  }

  /** More or fewer tries are under way of which it is not known how they end. */
  move({ account, address }: Tried, by: 1 | -1): void {
    for (const key of [account, address]) {
      const count = this.#begun(key) + by;
      if (count === 0) this.#underWay.delete(key);
      else this.#underWay.set(key, count);
    }
  }

  /** Counts a wrong try in one step with looking whether it came too soon, for which it throws. */
  async failed(tried: Tried): Promise<void> {
    try {
      await this.#table.whenFree(() => {
        this.check(tried, false);
        countIn(this.#shared, tried, this.#clock());
      });
    } catch (error) {
      if (!(error instanceof Problem) || error instanceof TooManyRequests) throw error;
      countIn(this.#own, tried, this.#clock());
    }
  }

  /** The account starts afresh. Nothing is written where that is known already. */
  succeeded(tried: Tried): void {
    this.check(tried, false);
    const { account, pair } = tried;
    const now = this.#clock();
    const note = ({ accounts, familiar }: Tallies) => {
      accounts.delete(account);
      familiar.set(pair, { count: 1, time: now });
    };
    const noted = readable(() => this.#shared.familiar.get(pair))?.time ?? -Infinity;
    if (now - noted < DAY_MS && this.#read('accounts', account) === undefined) return;
    note(this.#own);
    const failed = (error: unknown) => this.#background.failed('note from where an account was signed in to', error);
    this.#table.whenFree(() => note(this.#shared)).catch(failed);
  }

  #accountWaitMs({ account }: Tried, withUnderWay: boolean): number {
    const underWay = withUnderWay ? this.#begun(account) : 0;
    const failures = this.#read('accounts', account);
    const beyondFree = (failures?.count ?? 0) + underWay - FREE_TRIES;
    if (beyondFree <= 0) return 0;
    const now = this.#clock();
    const since = underWay > 0 ? now : (failures?.time ?? now);
    return since + Math.min(LONGEST_WAIT_S, 2 ** (beyondFree - 1)) * 1000 - now;
  }

  #addressWaitMs({ address }: Tried, withUnderWay: boolean): number {
    const failures = this.#read('addresses', address);
    const count = (failures?.count ?? 0) + (withUnderWay ? this.#begun(address) : 0);
    const now = this.#clock();
    return count < ADDRESS_TRIES ? 0 : (failures?.time ?? now) + ADDRESS_WINDOW_MS - now;
  }

  #begun(key: string): number {
    return this.#underWay.get(key) ?? 0;
  }

  /** What all processes counted, and what this one could not write. */
  #read(tally: keyof Tallies, key: string): Tallied | undefined {
    const own = this.#own[tally].get(key);
    const shared = readable(() => this.#shared[tally].get(key));
    if (own === undefined || shared === undefined) return own ?? shared;
    return { count: own.count + shared.count, time: Math.max(own.time, shared.time) };
  }
}

/** What a try is counted under, as digests. */
interface Tried {
  /** The name; together with the address where that is familiar. */
  readonly account: string;
  readonly address: string;
  readonly pair: string;
}

/** One try of a name and a password. */
class Attempt implements Disposable {
  readonly #throttle: Throttle;
  readonly #tried: Tried;
  #isUnderWay = false;

  constructor(throttle: Throttle, tried: Tried) {
    this.#throttle = throttle;
    this.#tried = tried;
    throttle.check(tried, true);
  }

  /** Counts it before it is known how it ends, so that tries sent at once do not slip through. */
  begin(): void {
    this.#throttle.check(this.#tried, true);
    this.#throttle.move(this.#tried, 1);
    this.#isUnderWay = true;
  }

  /** Throws TooManyRequests where tries at another process came first. */
  failed(): Promise<void> {
    return this.#throttle.failed(this.#tried);
  }

  /** It does not count. Throws TooManyRequests where tries at another process came first. */
  succeeded(): void {
    this.#throttle.succeeded(this.#tried);
  }

  [Symbol.dispose](): void {
    if (this.#isUnderWay) this.#throttle.move(this.#tried, -1);
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

function talliesIn(table: KeyedTable<TallyRow>, clock: Clock): Tallies {
  return {
    accounts: new Tally({ table, name: 'account', keptMs: ACCOUNT_FORGOTTEN_MS, clock }),
    addresses: new Tally({ table, name: 'address', keptMs: ADDRESS_WINDOW_MS, clock }),
    familiar: new Tally({ table, name: 'familiar', keptMs: FAMILIAR_MS, clock }),
  };
}

function countIn({ accounts, addresses }: Tallies, { account, address }: Tried, now: number): void {
  accounts.set(account, { count: (accounts.get(account)?.count ?? 0) + 1, time: now });
  const { count = 0, time = now } = addresses.get(address) ?? {};
  addresses.set(address, { count: count + 1, time });
}

/** What cannot be read just now is as if nothing were there: a process then goes by its own count. */
function readable<Result>(read: () => Result): Result | undefined {
  try {
    return read();
  } catch (error) {
    if (error instanceof Problem) return undefined;
    throw error;
  }
}
