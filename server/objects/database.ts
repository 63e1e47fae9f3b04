import type { Clock } from '../base/clock.ts';
import { BoundedMap } from '../base/bounded-map.ts';
import { inTime } from '../base/in-time.ts';
import type { Log } from '../base/log.ts';
import type { Batch, Reserved, Storage } from '../storage/storage.ts';
import { StateCache } from './state-cache.ts';
import { TreeReader } from './reader.ts';
import { TreeStorages } from './tree-storages.ts';
import { TreeTransaction } from './transaction.ts';
import type { Types } from './types.ts';

/** Storage in process memory: its commit can be part of another storage's. */
interface ReservingStorage extends Storage {
  /** Checks a batch and holds the storage for it. */
  reserve(batch: Batch): Reserved;
}

const MOST_REMEMBERED = 10_000;
/** At an orderly end, what objects keep alive has so long to close. */
const CLOSE_MS = 5_000;

/** What follows from one state of the tree, by name. */
interface Memo {
  readonly mainAsOf: number;
  readonly memoryAsOf: number;
  readonly values: BoundedMap<string, { readonly value: unknown }>;
}

/** Something in this process that wants to be closed before the tree is. */
export interface Closable {
  /** Whose it is, for whoever reads that it could not be closed. */
  readonly path: string;
  close(): Promise<void>;
}

interface DatabaseOptions {
  /** Where objects are kept. */
  readonly main: Storage;
  /** Where the contents of temporary folders are kept. */
  readonly memory: ReservingStorage;
  readonly types: Types;
  readonly clock: Clock;
  /** A guest, an application or a command, brings no object to another version of its type. */
  readonly isGuest?: boolean;
  /** Where it is told what went wrong after a commit, when nobody can be refused any more. */
  readonly log: Log;
}

/** One process's way to the tree. Each request looks at it, or changes it, in a transaction of its own. */
export class Database {
  readonly main: StateCache;
  readonly memory: StateCache;
  readonly memoryStorage: ReservingStorage;
  readonly types: Types;
  readonly clock: Clock;
  readonly isGuest: boolean;
  readonly log: Log;
  /** What objects keep alive in this process, until it is closed. */
  readonly closables = new Set<Closable>();
  #memo: Memo = { mainAsOf: 0, memoryAsOf: 0, values: new BoundedMap(MOST_REMEMBERED) };

  constructor(options: DatabaseOptions) {
    this.main = new StateCache(options.main);
    this.memory = new StateCache(options.memory);
    this.memoryStorage = options.memory;
    this.types = options.types;
    this.clock = options.clock;
    this.log = options.log;
    this.isGuest = options.isGuest ?? false;
  }

  /** One request's view of the tree, as of now. `user` is who asks; `origin`, how they reached us. */
  async read(user: string | null, origin?: string): Promise<TreeReader> {
    return new TreeReader(this, await TreeStorages.open(this), user, origin);
  }

  /** The same for one that may change it, in the name of `user`. */
  async open(user: string | null, origin?: string): Promise<TreeTransaction> {
    return new TreeTransaction(this, await TreeStorages.open(this), user, origin);
  }

  /** What was found out about the tree as of these transactions. A new commit begins a new one. */
  memoAt(mainAsOf: number, memoryAsOf: number): Memo {
    const memo = this.#memo;
    if (memo.mainAsOf === mainAsOf && memo.memoryAsOf === memoryAsOf) return memo;
    const found: Memo = { mainAsOf, memoryAsOf, values: new BoundedMap(MOST_REMEMBERED) };
    const isNewer = mainAsOf >= memo.mainAsOf && memoryAsOf >= memo.memoryAsOf;
    if (isNewer) this.#memo = found;
    return found;
  }

  /** Closes what objects keep alive, then the storages. What fails keeps nothing else from it, and is thrown at the end. */
  async close(): Promise<void> {
    const closed = await Promise.allSettled(Array.from(this.closables, closeInTime));
    closed.push(...(await Promise.allSettled([this.main, this.memory].map(async ({ storage }) => storage.close()))));
    const errors = closed.flatMap((each) => (each.status === 'rejected' ? [each.reason as Error] : []));
    if (errors.length > 0) throw new AggregateError(errors, errors.map(({ message }) => message).join(' '));
  }
}

async function closeInTime(closable: Closable): Promise<void> {
  try {
    await inTime(closable.close(), CLOSE_MS, `It took longer than ${CLOSE_MS / 1000} s.`);
  } catch (cause) {
    throw new Error(`What '${closable.path}' keeps alive could not be closed: ${(cause as Error).message}`, { cause });
  }
}
