import type { Database } from './database.ts';
import type { TreeObject } from './object.ts';

interface Part<T> {
  readonly value: T;
  readonly made: string;
  readonly serial: number;
}

/**
 * What an object keeps alive in this process beside its stored state: connections, sessions in memory. One for each
 * object, shared by all requests; made anew when the properties that it was made from have changed.
 */
export class LiveParts<T> {
  readonly #make: (object: TreeObject) => T;
  readonly #close: (value: T) => void;
  readonly #madeFrom: (object: TreeObject) => unknown;
  readonly #parts = new WeakMap<Database, Map<number, Part<T>>>();

  constructor(options: {
    readonly make: (object: TreeObject) => T;
    readonly close: (value: T) => void;
    /** The values that a part depends on; as JSON they must differ when it has to be made anew. */
    readonly madeFrom: (object: TreeObject) => unknown;
  }) {
    this.#make = options.make;
    this.#close = options.close;
    this.#madeFrom = options.madeFrom;
  }

  of(object: TreeObject): T {
    const parts = this.#partsOf(object);
    const part = parts.get(object.oid);
    const serial = object.basis ?? 0;
    // A request that began before the last change uses what that change made.
    if (part !== undefined && part.serial >= serial) return part.value;
    const made = JSON.stringify(this.#madeFrom(object));
    const value = part?.made === made ? part.value : this.#make(object);
    parts.set(object.oid, { value, made, serial });
    if (part !== undefined && part.value !== value) this.#close(part.value);
    return value;
  }

  /** For an object that is gone. */
  drop(object: TreeObject): void {
    const parts = this.#partsOf(object);
    const part = parts.get(object.oid);
    parts.delete(object.oid);
    if (part !== undefined) this.#close(part.value);
  }

  #partsOf(object: TreeObject): Map<number, Part<T>> {
    const { database } = object.connection;
    const parts = this.#parts.get(database) ?? new Map<number, Part<T>>();
    this.#parts.set(database, parts);
    return parts;
  }
}
