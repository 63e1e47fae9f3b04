import type { Closable, Database } from './database.ts';
import type { TreeObject } from './object.ts';

interface RuntimeStateOptions<T> {
  /** `former` settles once the part that this one takes the place of is closed, or could not be. */
  readonly make: (object: TreeObject, former: Promise<void>) => T;
  /** Called once for each part. What it promises is awaited at an orderly end of the process. */
  readonly close: (value: T) => unknown;
  /** The values that a part depends on; as JSON they must differ when it has to be made anew. */
  readonly madeFrom: (object: TreeObject) => unknown;
  /**
   * How long a part that was replaced, or whose object is gone, stays open for requests that use it still; at an orderly
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
  readonly #parts = new WeakMap<Database, Map<number, Part<T>>>();

  constructor(options: RuntimeStateOptions<T>) {
    this.#options = options;
  }

  of(object: TreeObject): T {
    const parts = this.#partsOf(object);
    const part = parts.get(object.oid);
    const serial = object.basis ?? 0;
    // A request that began before the last change uses what that change made.
    if (part !== undefined && part.serial >= serial) return part.value;
    const made = JSON.stringify(this.#options.madeFrom(object));
    if (part?.made === made) part.serial = serial;
    else parts.set(object.oid, this.#make(object, made, this.#leave(object)));
    return parts.get(object.oid)!.value;
  }

  /** For an object that is gone. */
  drop(object: TreeObject): void {
    void this.#leave(object);
  }

  #make(object: TreeObject, made: string, former: Promise<void>): Part<T> {
    const { database } = object.tree;
    const value = this.#options.make(object, former);
    noteKept(value);
    const part = new Part(value, made, object.basis ?? 0, object.path, async () => {
      try {
        await this.#options.close(value);
      } finally {
        database.parts.delete(part);
      }
    });
    database.parts.add(part);
    return part;
  }

  /** Takes the part away from its object. Settles once it is closed. */
  async #leave(object: TreeObject): Promise<void> {
    const parts = this.#partsOf(object);
    const part = parts.get(object.oid);
    parts.delete(object.oid);
    try {
      await part?.closeIn(this.#options.graceMs ?? 0);
    } catch (error) {
      object.tree.database.log.error({ err: error }, 'What an object kept alive could not be closed');
    }
  }

  #partsOf(object: TreeObject): Map<number, Part<T>> {
    const { database } = object.tree;
    const parts = this.#parts.get(database) ?? new Map<number, Part<T>>();
    this.#parts.set(database, parts);
    return parts;
  }
}

class Part<T> implements Closable {
  readonly value: T;
  readonly made: string;
  readonly path: string;
  serial: number;
  readonly #close: () => Promise<void>;
  readonly #closed = Promise.withResolvers<void>();
  #timer: NodeJS.Timeout | undefined;
  #isClosing = false;

  constructor(value: T, made: string, serial: number, path: string, close: () => Promise<void>) {
    this.value = value;
    this.made = made;
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
