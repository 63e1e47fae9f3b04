import { p } from '../../schema/fields.ts';
import { openLog } from '../base/log.ts';
import { MemoryStorage } from '../storage/memory/memory-storage.ts';
import { KeptInMemory } from '../storage/testing/kept-in-memory.ts';
import type { TreeTransaction } from './transaction.ts';
import { capability } from './capability.ts';
import { Database } from './database.ts';
import { ROOT } from './object.ts';
import { Types, type TypeDefinition } from './types.ts';

/** When everything in a test's tree happens, until the test moves the clock on. */
export const NOON = Date.UTC(2026, 0, 1, 12);

/** A tree in memory, with nothing in it but an empty root. */
export interface TestTree {
  readonly database: Database;
  /** Milliseconds since 1970, for whoever asks the tree's clock. */
  now: number;
  /** A view of the tree as of now, for somebody who changes it, or nobody. */
  open(user?: string | null): Promise<TreeTransaction>;
  /** Does a step in a view of its own, and commits it. */
  change<Result>(step: (transaction: TreeTransaction) => Result | Promise<Result>): Promise<Result>;
}

/** A type of what every type has to have, and of what a test is about. */
export function typeNamed(type: string, about: Partial<TypeDefinition> = {}): TypeDefinition {
  return {
    type,
    description: type,
    icon: 'file',
    group: 'Content',
    suggestedId: type.toLowerCase(),
    addPermission: 'Add Folders',
    properties: {},
    ...about,
  };
}

/** What notes provide: their ids. */
export const NOTE = capability<string>('note', 'a note');

const TYPES = [
  typeNamed('Folder', { contains: 'objects' }),
  typeNamed('Temporary Folder', { contains: 'volatile' }),
  typeNamed('Note', {
    properties: {
      text: p.string({ title: 'Text', default: 'empty' }),
      to: p.path({ title: 'To', to: NOTE }),
    },
    provides: [NOTE.by(({ id }) => id)],
  }),
];

/** Opens a tree of folders, temporary folders, notes, and objects of further types. */
export async function openTestTree(...further: readonly TypeDefinition[]): Promise<TestTree> {
  const clock = () => tree.now;
  const database = new Database({
    main: new KeptInMemory({ clock }),
    memory: new MemoryStorage({ clock, mounted: true }),
    types: new Types([...TYPES, ...further]),
    clock,
    log: openLog('silent'),
  });
  const tree: TestTree = {
    database,
    now: NOON,
    open: (user = 'ann') => database.open(user),
    async change(step) {
      const transaction = await tree.open();
      const result = await step(transaction);
      await transaction.commit('Test');
      return result;
    },
  };
  await plantRoot(database);
  return tree;
}

async function plantRoot({ main, clock }: Database): Promise<void> {
  const times = { created: clock(), modified: clock(), modifiedBy: null, revision: 1 };
  const root = { oid: ROOT, parent: null, id: '', type: 'Folder', title: '', owner: null, properties: {}, ...times };
  const change = { oid: ROOT, basis: null, after: root, links: [] };
  await main.storage.commit({ changes: [change], user: null, description: 'Made the root', time: clock() });
}
