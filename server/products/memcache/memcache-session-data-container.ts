import { p } from '../../../schema/fields.ts';
import type { Warning } from '../../../schema/messages.ts';
import { Unavailable } from '../../base/errors.ts';
import { follow } from '../../manage/paths.ts';
import type { TreeObject } from '../../objects/object.ts';
import { defineType } from '../../objects/types.ts';
import type { SessionContainer } from '../../sessions/container.ts';
import { siteOf } from '../../site.ts';
import { containerFields } from '../sessions/container-fields.ts';
import { containerIn, type OpenContainer } from '../sessions/containers.ts';
import { sessionsMethods } from '../sessions/sessions-tab.ts';
import { testMethods } from '../sessions/test-tab.ts';
import { storeOf } from './store-methods.ts';

const proxyPath = p.path({
  title: 'Proxy path',
  help: 'The MemCache Proxy behind which the sessions are kept, e.g. /mcproxy.',
  provides: 'cache.store',
  wanted: 'a MemCache Proxy or another store',
  whenAdding: true,
});

/** Keeps sessions in whatever store its `proxy_path` leads to, shared by every process that knows tree and servers. */
export const memCacheSessionDataContainer = defineType({
  type: 'MemCache Session Data Container',
  description: 'Keeps sessions behind a MemCache Proxy',
  icon: 'database',
  group: 'Sessions and caches',
  suggestedId: 'mcsdc',
  addPermission: 'Add MemCache Session Data Containers',
  properties: { proxy_path: proxyPath, ...containerFields },
  provides: {
    'session.container':
      (object): OpenContainer =>
      () =>
        open(object),
  },
  loss: 'sessions will be off',
  works: 'Keeps sessions',
  tabs: [
    { id: 'test', label: 'Test', element: 'session-test-tab' },
    { id: 'sessions', label: 'Sessions', element: 'sessions-tab' },
  ],
  methods: { ...testMethods, ...sessionsMethods },
  async warnings(object) {
    const { path, properties } = object;
    if (properties.proxy_path !== '') return troubleBehind(object);
    const link = { label: 'Set the proxy path', path, tab: 'properties' };
    return [{ severity: 'danger', text: NO_PROXY, short: 'No proxy defined', link }];
  },
});

/** What keeps the proxy from working keeps the container from it, too. */
async function troubleBehind(object: TreeObject): Promise<readonly Warning[]> {
  const { object: proxy } = await follow(object, proxyPath.schema, String(object.properties['proxy_path']));
  const warnings = (await proxy?.definition?.warnings?.(proxy)) ?? [];
  return warnings.filter(({ severity }) => severity === 'danger');
}

const NO_PROXY = "No proxy defined. Set 'proxy_path' on the Properties tab.";

async function open(object: TreeObject): Promise<SessionContainer> {
  const path = String(object.properties['proxy_path']);
  if (path === '') throw new Unavailable(NO_PROXY);
  const { object: proxy, problem } = await follow(object, proxyPath.schema, path);
  if (proxy === undefined || problem !== undefined) throw new Unavailable(`No proxy defined. ${problem ?? ''}`);
  return containerIn(await storeOf(proxy), object, siteOf(object).keyRing);
}
