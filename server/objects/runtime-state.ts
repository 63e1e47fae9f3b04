import type { Closable, Database } from './database.ts';
import type { TreeObject } from './object.ts';

interface RuntimeStateOptions<T> {
  /** `former` settles once the value that this one takes the place of is closed, or could not be. */
  readonly make: (object: TreeObject, former: Promise<void>) => T;
  /** Called once for each value. What it promises is awaited at an orderly end of the process. */
  readonly close: (value: T) => unknown;
  /** What a value depends on; as JSON it must differ when the value has to be made anew. */
  readonly madeFrom: (object: TreeObject) => unknown;
  /**
   * How long a value that was replaced, or whose object is gone, stays open for requests that use it still; at an orderly
   * end nothing waits for that. Without it, it is closed before the next one is made.
   */
  readonly graceMs?: number;
}

/**
 * What an object keeps alive in this process beside its stored state: connections, sessions in memory. One for each
 * object, shared by all requests; made anew when the properties that it was made from have changed; closed when it is
 * replaced, when its object is gone, and at an orderly end of the process.
 */
export class RuntimeState<T> {
  readonly #options: RuntimeStateOptions<T>;
  readonly #values = new WeakMap<Database, Map<number, RuntimeValue<T>>>();

  constructor(options: RuntimeStateOptions<T>) {
    this.#options = options;
  }

  of(object: TreeObject): T {
    const values = this.#valuesIn(object.tree.database);
    const known = values.get(object.oid);
    const serial = object.basis ?? 0;
    // A request that began before the last change uses what that change made.
    if (known !== undefined && known.serial >= serial) return known.value;
    const madeFrom = JSON.stringify(this.#options.madeFrom(object));
    if (known?.madeFrom === madeFrom) known.serial = serial;
    else values.set(object.oid, this.#make(object, madeFrom, this.#leave(object)));
    return values.get(object.oid)!.value;
  }

  /** For an object that is gone. */
  drop(object: TreeObject): void {
    void this.#leave(object);
  }

  #make(object: TreeObject, madeFrom: string, former: Promise<void>): RuntimeValue<T> {
    const { database } = object.tree;
    const value = this.#options.make(object, former);
    noteKept(value);
    const made = new RuntimeValue(value, madeFrom, object.basis ?? 0, object.path, async () => {
      try {
        await this.#options.close(value);
      } finally {
        database.closables.delete(made);
      }
    });
    database.closables.add(made);
    return made;
  }

  /** Takes the value away from its object. Settles once it is closed. */
  async #leave(object: TreeObject): Promise<void> {
    const values = this.#valuesIn(object.tree.database);
    const left = values.get(object.oid);
    values.delete(object.oid);
    try {
      await left?.closeIn(this.#options.graceMs ?? 0);
    } catch (error) {
      object.tree.database.log.error({ err: error }, 'What an object kept alive could not be closed');
    }
  }

  /** By the oids of their objects. */
  #valuesIn(database: Database): Map<number, RuntimeValue<T>> {
    const values = this.#values.get(database) ?? new Map<number, RuntimeValue<T>>();
    this.#values.set(database, values);
    return values;
  }
}

/** What one object keeps alive. */
class RuntimeValue<T> implements Closable {
  readonly value: T;
  readonly madeFrom: string;
  readonly path: string;
  serial: number;
  readonly #close: () => Promise<void>;
  readonly #closed = Promise.withResolvers<void>();
  #timer: NodeJS.Timeout | undefined;
  #isClosing = false;

  constructor(value: T, madeFrom: string, serial: number, path: string, close: () => Promise<void>) {
    this.value = value;
    this.madeFrom = madeFrom;
    this.serial = serial;
    this.path = path;
    this.#close = close;
  }

  close(): Promise<void> {
    clearTimeout(this.#timer);
    if (!this.#isClosing) this.#closed.resolve(this.#close());
    this.#isClosing = true;
    return this.#closed.promise;
  }

  /** Settles once it is closed, whoever does that first. */
  closeIn(ms: number): Promise<void> {
    if (ms === 0) return this.close();
    this.#timer ??= setTimeout(() => void this.close(), ms).unref();
    return this.#closed.promise;
  }
}

const kept = new WeakSet<object>();

/** Whether an object's runtime state is this very value, or a promise of it. Then closing it is not for anybody else. */
export function isRuntimeState(value: object): boolean {
  return kept.has(value);
}

function noteKept(value: unknown): void {
  if (value instanceof Promise) value.then(noteKept, () => undefined);
  else if (typeof value === 'object' && value !== null) kept.add(value);
}
