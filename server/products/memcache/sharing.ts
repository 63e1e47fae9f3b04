import type { Warning } from '../../../schema/endpoints/objects.ts';
import type { TreeObject } from '../../objects/object.ts';
import { CACHE_MANAGER } from '../../publisher/invoke-cached.ts';
import { knownServers } from '../stores/servers.ts';
import { storeOf } from '../stores/store.ts';
import { SESSION_CONTAINER } from '../stores/session-container.ts';

/** Where sessions and a cache share a proxy whose servers push items out, pages push out sessions. */
export async function sharingWarnings(proxy: TreeObject): Promise<readonly Warning[]> {
  const users = (await proxy.tree.pointingTo(proxy.path)).map(({ object }) => object);
  const cache = users.find((user) => user.doesProvide(CACHE_MANAGER));
  const container = users.find((user) => user.doesProvide(SESSION_CONTAINER));
  if (cache === undefined || container === undefined) return [];
  const { statuses } = await knownServers(await storeOf(proxy));
  if (statuses.every(({ evictions }) => (evictions ?? 0) === 0)) return [];
  return [
    {
      severity: 'warning',
      text: `${cache.path} and ${container.path} share ${proxy.path}, and its memory is full: pages push out sessions. Give the cache a proxy of its own, with other servers.`,
      short: 'A cache pushes out sessions',
      link: { label: `Set the proxy path of ${cache.path}`, path: cache.path, tab: 'properties' },
    },
  ];
}
