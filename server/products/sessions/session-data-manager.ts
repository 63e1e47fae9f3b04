import { p } from '../../../schema/fields.ts';
import type { Warning } from '../../../schema/messages.ts';
import { defineType } from '../../objects/types.ts';
import { method } from '../../publisher/views.ts';
import type { OnSignIn } from '../../manage/access.ts';
import { rotateAtSignIn } from './current.ts';
import { chainOf } from './chain.ts';

const DISABLED =
  'Sessioning is currently disabled because the session data container path setting is invalid. Please enter the path to a valid session data container object.';

/** Hands each request its session: the nearest one upward says in which container sessions are kept. */
export const sessionDataManager = defineType({
  type: 'Session Data Manager',
  description: 'Hands each request its session',
  icon: 'waypoints',
  group: 'Sessions and caches',
  suggestedId: 'session_data_manager',
  addPermission: 'Add Session Data Managers',
  changePermission: 'Change Session Data Managers',
  properties: {
    container_path: p.path({
      title: 'Transient Object Container Path',
      help: 'Session data container, e.g. /mcsdc. An empty path turns sessions off.',
      provides: 'session.container',
      wanted: 'a session data container',
      whenAdding: true,
    }),
    request_name: p.string({
      title: 'Place session data in REQUEST object as',
      help: 'Pages read it under this name, e.g. {{ SESSION.cart }}.',
      default: 'SESSION',
      maxLength: 64,
      rule: (name) =>
        /^[A-Za-z][A-Za-z0-9_]*$/.test(name)
          ? undefined
          : `'${name}' is no name. It begins with a letter and has letters, digits and "_".`,
    }),
  },
  provides: {
    'session.manager': (object) => object,
    'session.on-sign-in':
      (object): OnSignIn =>
      (call, user) =>
        rotateAtSignIn(object, call, user),
  },
  tabs: [{ id: 'settings', label: 'Settings', element: 'session-manager-tab' }],
  methods: {
    chain: method({
      http: 'GET',
      permission: 'View management screens',
      summary: 'How a request finds its session, each step with its state.',
      run: ({ object }) => chainOf(object),
    }),
  },
  loss: 'sessions will be off',
  works: 'Sessions are on',
  async warnings({ properties }): Promise<readonly Warning[]> {
    return properties.container_path === '' ? [{ severity: 'warning', text: DISABLED, short: 'Sessions are off' }] : [];
  },
});
