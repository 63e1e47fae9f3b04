import type { Clock } from '../base/clock.ts';
import type { Batch, Storage } from '../storage/storage.ts';
import { StateCache } from './cache.ts';
import { Connection } from './connection.ts';
import type { Types } from './types.ts';

/** Storage in process memory: its commit can be part of another storage's. */
export interface MemoryStore extends Storage {
  /** Like `commit`, in one synchronous step. */
  commitNow(batch: Batch): number;
}

interface DatabaseOptions {
  /** Where objects are kept. */
  readonly main: Storage;
  /** Where the contents of temporary folders are kept. */
  readonly memory: MemoryStore;
  readonly types: Types;
  readonly clock: Clock;
}

/** One process's way to the tree. Each request opens a connection of its own. */
export class Database {
  readonly main: StateCache;
  readonly memory: StateCache;
  readonly memoryStorage: MemoryStore;
  readonly types: Types;
  readonly clock: Clock;
  #services = new Map<string, number | null>();
  #servicesAsOf = '';

  constructor(options: DatabaseOptions) {
    this.main = new StateCache(options.main);
    this.memory = new StateCache(options.memory);
    this.memoryStorage = options.memory;
    this.types = options.types;
    this.clock = options.clock;
  }

  /** One request's view of the tree, as of now. `user` is who its changes are made by. */
  open(user: string | null): Connection {
    return new Connection(this, user);
  }

  /** Where services were found, for connections at this point of the tree's history. */
  servicesAt(mainAsOf: number, memoryAsOf: number): Map<string, number | null> {
    const asOf = `${mainAsOf}/${memoryAsOf}`;
    if (asOf !== this.#servicesAsOf) {
      this.#services = new Map();
      this.#servicesAsOf = asOf;
    }
    return this.#services;
  }

  close(): void {
    this.main.storage.close();
    this.memory.storage.close();
  }
}
