import { p } from '../../../schema/fields.ts';
import { defineType } from '../../objects/types.ts';
import { containerFields } from '../sessions/container-fields.ts';

export const memCacheSessionDataContainer = defineType({
  type: 'MemCache Session Data Container',
  description: 'Keeps sessions behind a MemCache Proxy',
  icon: 'database',
  group: 'Sessions and caches',
  suggestedId: 'mcsdc',
  addPermission: 'Add MemCache Session Data Containers',
  properties: {
    proxy_path: p.path({
      title: 'Proxy path',
      help: 'The MemCache Proxy behind which the sessions are kept, e.g. /mcproxy.',
      provides: 'cache.store',
      wanted: 'a MemCache Proxy or another store',
      whenAdding: true,
    }),
    ...containerFields,
  },
  provides: { 'session.container': (object) => object },
  loss: 'sessions will be off',
  tabs: [{ id: 'test', label: 'Test', element: 'session-test-tab' }],
});
