import type { ServersMessage } from '../../../schema/messages/servers.ts';
import type { ServersHistoryMessage } from '../../../schema/messages/history.ts';
import { timeText } from '../../manage/describe.ts';
import type { Store } from '../../memcache/store.ts';
import type { TreeObject } from '../../objects/object.ts';
import { method } from '../../publisher/views.ts';
import { siteOf } from '../../site.ts';
import { recentServers } from './history.ts';
import { askServers, serverMessage, startCommand } from './servers.ts';

/** The store that an object provides. */
export function storeOf(object: TreeObject): Promise<Store> {
  return object.provide('cache.store') as Promise<Store>;
}

const servers = method({
  http: 'GET',
  permission: 'View management screens',
  summary: 'Asks every server now, for at most one deadline.',
  async run({ object }): Promise<ServersMessage> {
    const statuses = await askServers(await storeOf(object));
    return {
      servers: statuses.map(serverMessage),
      startCommand: startCommand(statuses),
      checked: timeText(siteOf(object).clock()),
    };
  },
});

const history = method({
  http: 'GET',
  permission: 'View management screens',
  summary:
    'Gets, misses, evictions, refusals and memory of each server over the last minutes. The first look begins it.',
  run: async ({ object }): Promise<ServersHistoryMessage> =>
    recentServers(await storeOf(object), siteOf(object).clock()),
});

/** What the Servers tab asks of any object that provides `cache.store`. */
export const storeMethods = { servers, history };
