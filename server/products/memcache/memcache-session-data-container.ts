import type { TreeObject } from '../../objects/object.ts';
import { defineType } from '../../objects/types.ts';
import { siteOf } from '../../site/site.ts';
import { containerFields } from '../sessions/container/container-fields.ts';
import { timeWarnings } from '../sessions/container/container-times.ts';
import { containerIn } from '../sessions/container/containers.ts';
import { leftBehind } from '../sessions/container/live-sessions.ts';
import { containerTabs, containerType } from '../sessions/container-type.ts';
import { SESSION_CONTAINER } from '../stores/session-container.ts';
import { estimatedSessions, estimateLabel } from '../stores/session-estimate.ts';
import { NO_PROXY, proxyField, proxyWarnings, storeBehind } from './proxy-path.ts';

const proxyPath = proxyField('The MemCache Proxy behind which the sessions are kept, e.g. /mcproxy.');

/** Keeps sessions in whatever store its `proxy_path` leads to, shared by every process that knows tree and servers. */
export const memCacheSessionDataContainer = defineType({
  ...containerType,
  type: 'MemCache Session Data Container',
  description: 'Keeps sessions behind a MemCache Proxy',
  icon: 'database',
  suggestedId: 'mcsdc',
  addPermission: 'Add MemCache Session Data Containers',
  properties: { proxy_path: proxyPath, ...containerFields },
  provides: [
    SESSION_CONTAINER.by(async (object) => containerIn(await storeBehind(object), object, siteOf(object).keyRing)),
  ],
  answers: { proxy_path: (path, about) => leftBehind('proxy_path', path, about) },
  ui: {
    broken: NO_PROXY,
    works: 'Keeps sessions',
    tabs: containerTabs,
    size: async (object: TreeObject) => estimateLabel(await estimatedSessions(object)),
    warnings: async (object: TreeObject) => [...timeWarnings(object), ...(await proxyWarnings(object))],
  },
  loss: 'sessions will be off',
});
