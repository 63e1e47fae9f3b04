import { defineType } from '../../objects/types.ts';
import { containerFields } from './container-fields.ts';

export const transientObjectContainer = defineType({
  type: 'Transient Object Container',
  description: 'Keeps sessions in this process',
  icon: 'timer',
  group: 'Sessions and caches',
  suggestedId: 'session_data',
  addPermission: 'Add Transient Object Containers',
  properties: containerFields,
  provides: { 'session.container': (object) => object },
  tabs: [{ id: 'test', label: 'Test', element: 'session-test-tab' }],
});
