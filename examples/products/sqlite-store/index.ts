import { rmSync } from 'node:fs';
import { join } from 'node:path';
import {
  defineType,
  RuntimeState,
  p,
  REMOVED,
  siteOf,
  STORE,
  storeMethods,
  type Product,
  type TreeObject,
} from 'trellis/product';
import { SqliteStore } from './store.ts';

const LONGEST_REQUEST_MS = 30_000;

const stores = new RuntimeState<SqliteStore>({
  make: (object) => new SqliteStore(fileOf(object), limitOf(object) * 1024 * 1024, siteOf(object).clock),
  close: (store) => store.close(),
  madeFrom: limitOf,
  graceMs: LONGEST_REQUEST_MS,
});

/** Keeps sessions, or whatever else is put into a store, in a file of the data folder: shared on this machine, without a server. */
const sqliteStore = defineType({
  type: 'SQLite Store',
  description: 'Keeps values in a file of this machine',
  icon: 'database',
  group: 'Sessions and caches',
  suggestedId: 'store',
  addPermission: 'Add SQLite Stores',
  properties: {
    limit_mib: p.integer({
      title: 'Limit',
      help: 'What all values together may take. When it is full, new ones are refused, and none is dropped.',
      default: 256,
      minimum: 1,
      maximum: 1_000_000,
      unit: 'MiB',
      whenAdding: true,
    }),
  },
  provides: [STORE.by(async (object) => storeIn(object))],
  ui: {
    tabs: [{ id: 'servers', label: 'File', element: 'servers-tab' }],
    async size(object) {
      const [status] = await storeIn(object).servers();
      return status?.items === 1 ? '1 value' : `${(status?.items ?? 0).toLocaleString('en')} values`;
    },
  },
  publish: { methods: storeMethods },
  events: [REMOVED.by(forget)],
});

function storeIn(object: TreeObject): SqliteStore {
  return stores.of(object);
}

function limitOf(object: TreeObject): number {
  return Number(object.properties['limit_mib']);
}

/** The oid stays the same when the object is renamed or moved. */
function fileOf(object: TreeObject): string {
  return join(siteOf(object).dataFolder, `store-${object.oid}.sqlite`);
}

function forget(object: TreeObject): void {
  stores.drop(object);
  for (const end of ['', '-wal', '-shm']) rmSync(fileOf(object) + end, { force: true });
}

export default {
  name: 'sqlite-store',
  types: [sqliteStore],
  permissions: [{ name: 'Add SQLite Stores', description: 'Add stores that keep values in files of the server.' }],
} satisfies Product;
