import type { ServersMessage } from '../../../schema/messages/servers.ts';
import type { ServersHistoryMessage } from '../../../schema/messages/history.ts';
import { timeText } from '../../manage/describe.ts';
import type { Store } from '../../memcache/store.ts';
import type { Closable } from '../../objects/database.ts';
import { isLivePart } from '../../objects/runtime-state.ts';
import type { TreeObject } from '../../objects/object.ts';
import { method } from '../../publisher/views.ts';
import { siteOf } from '../../site/site.ts';
import { formerMessage } from '../memcache/former-words.ts';
import { recentServers } from './history.ts';
import { askServers, serverMessage, startCommand } from './servers.ts';

/** The store that an object provides. One that is no live part of it is closed at an orderly end all the same. */
export async function storeOf(object: TreeObject): Promise<Store> {
  const store = (await object.provide('cache.store')) as Store;
  if (!isLivePart(store) && !closables.has(store)) {
    const closable = { path: object.path, close: () => store.close() };
    closables.set(store, closable);
    object.tree.database.parts.add(closable);
  }
  return store;
}

const closables = new WeakMap<Store, Closable>();

const servers = method({
  http: 'GET',
  permission: 'View management screens',
  summary: 'Asks every server now, for at most one deadline.',
  async run({ object }): Promise<ServersMessage> {
    const { statuses, former } = await askServers(await storeOf(object));
    const now = siteOf(object).clock();
    return {
      servers: statuses.map(serverMessage),
      former: former.map((each) => formerMessage(each, replicasOf(object), now)),
      startCommand: startCommand(statuses),
      checked: timeText(now),
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

/** How many copies a store keeps of each value; one, where it does not say. */
export function replicasOf({ properties }: { readonly properties: Readonly<Record<string, unknown>> }): number {
  return Number(properties['replicas'] ?? 1);
}

/** What the Servers tab asks of any object that provides `cache.store`. */
export const storeMethods = { servers, history };
