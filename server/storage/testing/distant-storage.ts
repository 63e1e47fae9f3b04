import { setImmediate as nextTurn, setTimeout as wait } from 'node:timers/promises';
import { CommitUnknown, ConflictError, Unavailable } from '../../base/errors.ts';
import type {
  Batch,
  Blobs,
  BlobSource,
  ChildPage,
  ChildQuery,
  Commit,
  CommitHooks,
  Content,
  Json,
  IndexedLink,
  LogQuery,
  ObjectChange,
  Revision,
  Snapshot,
  Storage,
  StoredObject,
  Transaction,
} from '../storage.ts';
import type { KeyedTable, SmallTable, Tables } from '../tables.ts';

/** What becomes of a commit: the line is lost before the server makes it, or before it answers; or somebody was quicker. */
type Fate = 'answered' | 'not made' | 'unanswered' | 'in conflict';

/** One after the other, and again. */
const FATES: readonly Fate[] = [
  'answered',
  'not made',
  'answered',
  'unanswered',
  'answered',
  'answered',
  'in conflict',
];

/** How long a question is on its way. */
const WAY_MS = 1;

interface DistantOptions {
  /** Whether there are conflicts without a cause; never for the same change twice in a row. */
  readonly hasConflicts?: boolean;
  readonly fates?: readonly Fate[];
}

/**
 * A storage of tests, as slow and as unsure of its commits as one behind a network: a server that is another storage, and a
 * line to it on which each call takes a millisecond. Where the line is lost in a commit, the server is asked what became of it.
 */
export class DistantStorage implements Storage {
  readonly blobs: Blobs;
  readonly tables: Tables;
  readonly #server: Storage;
  readonly #hasConflicts: boolean;
  readonly #fates: readonly Fate[];
  /** What the server made, by the number under which it was sent. */
  readonly #made = new Map<number, Commit>();
  readonly #refused = new Set<string>();
  #sent = 0;
  #asking: Promise<Snapshot> | undefined;
  #restored: PromiseWithResolvers<void> | undefined;

  constructor(server: Storage, { hasConflicts = false, fates = FATES }: DistantOptions = {}) {
    this.#server = server;
    this.#hasConflicts = hasConflicts;
    this.#fates = fates;
    this.blobs = this.#distantBlobs(server.blobs);
    this.tables = this.#distantTables(server.tables);
  }

  get problem(): string | undefined {
    return this.#server.problem;
  }

  /** From now on the server is out of reach, until the line is restored. */
  cutLine(): void {
    this.#restored ??= Promise.withResolvers();
  }

  restoreLine(): void {
    this.#restored?.resolve();
    this.#restored = undefined;
  }

  refresh(): Promise<Snapshot> {
    this.#asking ??= this.#call(() => {
      // Sent: whoever comes now must see what was acknowledged meanwhile.
      this.#asking = undefined;
      return this.#server.refresh();
    });
    return this.#asking;
  }

  load(oid: number, at: Snapshot): Promise<StoredObject | undefined> {
    return this.#call(() => this.#server.load(oid, at));
  }

  findChild(parent: number, id: string, at: Snapshot): Promise<StoredObject | undefined> {
    return this.#call(() => this.#server.findChild(parent, id, at));
  }

  children(parent: number, query: ChildQuery, at: Snapshot): Promise<ChildPage> {
    return this.#call(() => this.#server.children(parent, query, at));
  }

  childrenOfTypes(parent: number, types: readonly string[], at: Snapshot): Promise<readonly StoredObject[]> {
    return this.#call(() => this.#server.childrenOfTypes(parent, types, at));
  }

  objectsOfTypes(types: readonly string[], limit: number): Promise<readonly StoredObject[]> {
    return this.#call(() => this.#server.objectsOfTypes(types, limit));
  }

  search(text: string, limit: number): Promise<readonly StoredObject[]> {
    return this.#call(() => this.#server.search(text, limit));
  }

  linksTo(path: string): Promise<readonly IndexedLink[]> {
    return this.#call(() => this.#server.linksTo(path));
  }

  changedSince(tid: number): Promise<readonly number[] | undefined> {
    return this.#call(() => this.#server.changedSince(tid));
  }

  revisions(oid: number, limit: number): Promise<readonly Revision[]> {
    return this.#call(() => this.#server.revisions(oid, limit));
  }

  transactions(query: LogQuery): Promise<readonly Transaction[]> {
    return this.#call(() => this.#server.transactions(query));
  }

  changesOf(tid: number): Promise<readonly ObjectChange[]> {
    return this.#call(() => this.#server.changesOf(tid));
  }

  newOid(): number {
    return this.#server.newOid();
  }

  async commit(batch: Batch, { reserve, committed }: CommitHooks = {}): Promise<Commit> {
    const reserved = reserve?.();
    const finish = (wasMade: boolean) => {
      if (wasMade) reserved?.write();
      else reserved?.release();
      if (wasMade) committed?.();
    };
    try {
      const commit = await this.#make(batch);
      finish(true);
      return commit;
    } catch (error) {
      if (error instanceof CommitUnknown) void error.settled.then(finish);
      else finish(false);
      throw error;
    }
  }

  once(name: string, step: () => Promise<void>): Promise<boolean> {
    return this.#server.once(name, step);
  }

  keepUp(): void {
    this.#server.keepUp();
  }

  close(): void {
    this.#server.close();
  }

  /** Where the line was lost, the server is asked; what it did not make is sent again. */
  async #make(batch: Batch): Promise<Commit> {
    const number = ++this.#sent;
    const commit = await this.#send(number, batch);
    if (commit !== 'lost') return commit;
    if (this.#restored !== undefined)
      throw new CommitUnknown(this.#restored.promise.then(() => this.#made.has(number)));
    return (await this.#call(async () => this.#made.get(number))) ?? this.#make(batch);
  }

  async #send(number: number, batch: Batch): Promise<Commit | 'lost'> {
    const fate = this.#fates[(number - 1) % this.#fates.length];
    if (fate === 'in conflict') this.#refuse(batch);
    await wait(WAY_MS);
    if (fate === 'not made') return 'lost';
    const commit = await this.#server.commit(batch);
    this.#made.set(number, commit);
    await nextTurn();
    return fate === 'unanswered' || this.#restored !== undefined ? 'lost' : commit;
  }

  #refuse({ user, description }: Batch): void {
    const who = `${user} ${description}`;
    // What no request asked for is not run again.
    if (!this.#hasConflicts || user === null || this.#refused.delete(who)) return;
    this.#refused.add(who);
    throw new ConflictError();
  }

  async #call<Answer>(ask: () => Promise<Answer>): Promise<Answer> {
    await wait(WAY_MS);
    const asked = ask();
    if (this.#restored !== undefined) throw new Unavailable('The storage does not answer.');
    const answer = await asked;
    await nextTurn();
    return answer;
  }

  #distantBlobs(blobs: Blobs): Blobs {
    const call = <Answer>(ask: () => Promise<Answer>) => this.#call(ask);
    return {
      stage: (source: BlobSource) => call(() => blobs.stage(source)),
      check: (content: Content) => call(() => blobs.check(content)),
      async *read(content: Content, from?: number, to?: number) {
        await wait(WAY_MS);
        yield* blobs.read(content, from, to);
      },
      sweep: () => call(() => blobs.sweep()),
    };
  }

  /** Small tables are in the memory of this process: only what is written to them has a way to go. */
  #distantTables(tables: Tables): Tables {
    const call = <Answer>(ask: () => Promise<Answer>) => this.#call(ask);
    const updating = <Value extends Json>(
      table: KeyedTable<Value> | SmallTable<Value>,
    ): Pick<KeyedTable<Value>, 'name' | 'update'> => ({
      name: table.name,
      update: (step) => call(() => table.update(step)),
    });
    return {
      keyed: <Value extends Json>(name: string): KeyedTable<Value> => {
        const table = tables.keyed<Value>(name);
        const get = (key: string) => call(() => table.get(key));
        return { ...updating(table), get, entries: (prefix) => call(() => table.entries(prefix)) };
      },
      small: async <Value extends Json>(name: string): Promise<SmallTable<Value>> => {
        const table = await call(() => tables.small<Value>(name));
        return { ...table, ...updating(table) };
      },
    };
  }
}
