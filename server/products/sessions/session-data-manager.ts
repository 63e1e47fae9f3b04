import { beginCookieCheck } from '../../../schema/endpoints/browser-check.ts';
import { sessionChain } from '../../../schema/endpoints/session-chain.ts';
import { p } from '../../../schema/fields.ts';
import { sessionNameProblem } from '../../../schema/page-names.ts';
import { defineType } from '../../objects/types.ts';
import { method } from '../../publisher/views.ts';
import { AT_ACCESS } from '../../manage/sign-in.ts';
import { SESSION_CONTAINER } from '../stores/session-container.ts';
import { endAtSignOut, keepThroughNewPassword, moveAtSignIn } from './sessions-at-sign-in.ts';
import { beginBrowserCheck } from './browser-check.ts';
import { SESSION_MANAGER } from './session-manager.ts';
import { chainOf } from './session-chain.ts';
import { leftBehind } from './container/live-sessions.ts';
import { answerName } from './session-name-answer.ts';
import { managerWarnings, SESSIONS_OFF } from './manager-warnings.ts';

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
      to: SESSION_CONTAINER,
      whenAdding: true,
    }),
    request_name: p.string({
      title: 'Place session data in REQUEST object as',
      help: 'Pages read it under this name, as well as under session.',
      default: 'SESSION',
      maxLength: 64,
      required: true,
      answers: true,
      rule: sessionNameProblem,
    }),
  },
  provides: [
    SESSION_MANAGER.by((object) => object),
    AT_ACCESS.by((object) => ({
      signIn: (call, user) => moveAtSignIn(object, call, user),
      signOut: (call) => endAtSignOut(object, call),
      newPassword: (call) => keepThroughNewPassword(object, call),
    })),
  ],
  ui: {
    tabs: [{ id: 'settings', label: 'Settings', element: 'session-manager-tab' }],
    broken: SESSIONS_OFF,
    works: 'Sessions are on',
    warnings: managerWarnings,
  },
  publish: {
    methods: {
      chain: method(sessionChain, {
        permission: 'View management screens',
        run: ({ object }) => chainOf(object),
      }),
      'browser-check': method(beginCookieCheck, {
        permission: 'View management screens',
        run: (call) => beginBrowserCheck(call.object, call),
      }),
    },
  },
  serves: [
    {
      capability: SESSION_MANAGER,
      loss: 'sessions are off',
      remedy: { label: 'Set up sessions', tab: 'setup-sessions' },
    },
  ],
  answers: {
    container_path: (path, about) => leftBehind('container_path', path, about),
    request_name: answerName,
  },
  loss: 'sessions will be off',
});
