import { existsSync } from 'node:fs';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import {
  REMOVED,
  STORE,
  type Cas,
  defineType,
  type Item,
  type KeyListing,
  RuntimeState,
  type Outcome,
  p,
  type Product,
  siteOf,
  type Store,
  type TreeObject,
} from 'trellis/product';

const WRITING_MS = 200;

/** Acknowledges what is only in memory, for ever, and writes it down when it is closed. */
class WriteBehindStore implements Store {
  readonly maxValueBytes = 1024 * 1024;
  readonly #file: string;
  readonly #closes: string;
  readonly #items = new Map<string, Item>();

  constructor(file: string, closes: string) {
    this.#file = file;
    this.#closes = closes;
  }

  static async open(file: string, closes: string): Promise<WriteBehindStore> {
    const store = new WriteBehindStore(file, closes);
    const stored = existsSync(file) ? (JSON.parse(await readFile(file, 'utf8')) as Record<string, string>) : {};
    for (const [key, value] of Object.entries(stored)) await store.set(key, Buffer.from(value, 'base64'));
    return store;
  }

  async get(key: string): Promise<Item | undefined> {
    return this.#items.get(key);
  }

  async getMulti(keys: readonly string[]): Promise<Map<string, Item>> {
    return new Map(keys.flatMap((key) => (this.#items.has(key) ? [[key, this.#items.get(key)!]] : [])));
  }

  async set(key: string, value: Buffer, _ttlS?: number, cas?: Cas): Promise<Outcome> {
    const item = this.#items.get(key);
    if (cas !== undefined && item?.cas !== cas) return item === undefined ? 'missing' : 'exists';
    this.#items.set(key, { value: Buffer.from(value), cas: {} as Cas });
    return 'stored';
  }

  async add(key: string, value: Buffer): Promise<Outcome> {
    return this.#items.has(key) ? 'exists' : this.set(key, value);
  }

  async replace(key: string, value: Buffer): Promise<Outcome> {
    return this.#items.has(key) ? this.set(key, value) : 'missing';
  }

  async delete(key: string): Promise<Outcome> {
    return this.#items.delete(key) ? 'stored' : 'missing';
  }

  async touch(key: string): Promise<boolean> {
    return this.#items.has(key);
  }

  async getAndTouch(key: string): Promise<Buffer | undefined> {
    return this.#items.get(key)?.value;
  }

  async increment(): Promise<number> {
    throw new Error('This store does not count.');
  }

  async servers() {
    return [];
  }

  placesOf() {
    return [];
  }

  async keys(): Promise<KeyListing> {
    const keys = Array.from(this.#items, ([key, { value }]) => ({
      key,
      bytes: value.length,
      expires: null,
      servers: [],
    }));
    return { keys, hasMore: false, walked: [], unreachable: [] };
  }

  async close(): Promise<void> {
    if (this.#closes === 'never') await new Promise(() => undefined);
    if (this.#closes === 'with an error') throw new Error('This store was told to fail.');
    await wait(WRITING_MS);
    const stored = Array.from(this.#items, ([key, { value }]) => [key, value.toString('base64')]);
    await writeFile(this.#file, JSON.stringify(Object.fromEntries(stored)));
  }
}

const parts = new RuntimeState<Promise<WriteBehindStore>>({
  make: async (object, former) => {
    await former;
    return openStore(object);
  },
  close: async (store) => (await store).close(),
  madeFrom: ({ properties }) => properties,
});

/** Stores of a product that knows nothing of runtime state. */
const own = new Map<string, Promise<WriteBehindStore>>();

function openStore(object: TreeObject): Promise<WriteBehindStore> {
  const file = join(siteOf(object).dataFolder, `${object.id}.json`);
  return WriteBehindStore.open(file, String(object.properties['closes']));
}

function ownStore(object: TreeObject): Promise<WriteBehindStore> {
  const store = own.get(object.path) ?? openStore(object);
  own.set(object.path, store);
  return store;
}

function storeType(type: string, storeOf: (object: TreeObject) => Promise<Store>) {
  return defineType({
    type,
    description: 'Writes values down when it is closed',
    icon: 'database',
    group: 'Content',
    suggestedId: 'store',
    addPermission: 'Add Page Templates',
    properties: {
      closes: p.string({ title: 'Closes', default: 'in order' }),
      note: p.string({ title: 'Note' }),
    },
    provides: [STORE.by(storeOf)],
    publish: { methods: {} },
    events: [REMOVED.by((object) => parts.drop(object))],
  });
}

export default {
  name: 'write-behind',
  types: [storeType('Write-behind Store', (object) => parts.of(object)), storeType('Plain Store', ownStore)],
} satisfies Product;
