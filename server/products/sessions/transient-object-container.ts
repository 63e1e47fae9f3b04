import { LocalStore } from '../../memcache/local.ts';
import { LiveParts } from '../../objects/live.ts';
import type { TreeObject } from '../../objects/object.ts';
import { defineType } from '../../objects/types.ts';
import { containerFields } from './container-fields.ts';
import { containerIn, type OpenContainer } from './containers.ts';
import { testMethods } from './test-tab.ts';

const stores = new LiveParts<LocalStore>({
  make: () => new LocalStore(),
  close: (store) => void store.close(),
  madeFrom: () => null,
});

/** Keeps sessions in this process's memory: they need no server, are shared with no other process, and go with this one. */
export const transientObjectContainer = defineType({
  type: 'Transient Object Container',
  description: 'Keeps sessions in this process',
  icon: 'timer',
  group: 'Sessions and caches',
  suggestedId: 'session_data',
  addPermission: 'Add Transient Object Containers',
  properties: containerFields,
  provides: {
    'session.container':
      (object): OpenContainer =>
      async () =>
        containerIn(stores.of(object), object, null),
  },
  tabs: [{ id: 'test', label: 'Test', element: 'session-test-tab' }],
  methods: testMethods,
  size: (object) => countLabel(stores.of(object)),
  on: { removed: (object: TreeObject) => stores.drop(object) },
});

function countLabel(store: LocalStore): string {
  const count = [...store.entries()].length;
  return count === 1 ? '1 session' : `${count.toLocaleString('en')} sessions`;
}
