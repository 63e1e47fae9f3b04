import { cacheSettings, chooseCache, invalidateObject } from '../../../schema/endpoints/caches.ts';
import { visible } from '../../../schema/invisible.ts';
import { Invalid, invalidAt, NotFound } from '../../base/errors.ts';
import { listed } from '../../manage/describe.ts';
import { requirePermission } from '../../manage/object.ts';
import type { TreeObject } from '../../objects/object.ts';
import {
  CHOSEN_CACHE_MANAGER,
  CACHEABLE,
  CHANGE_CACHE_SETTINGS,
  chosenCacheManager,
  findCacheManager,
  CACHE_MANAGER,
} from '../../publisher/invoke-cached.ts';
import type { Call, ChangingCall } from '../../publisher/call.ts';
import { method, viewsOn } from '../../publisher/views.ts';
import { invalidate } from './invalidation.ts';

const LOOK = 'View management screens';

const settings = method(cacheSettings, {
  permission: LOOK,
  async run(call) {
    const { object } = cacheable(call);
    const managers = (await managersAbove(object)).map((manager) => ({ id: manager.id, ...listed(manager) }));
    return { manager: chosenCacheManager(object), managers, mayChange: call.may(CHANGE_CACHE_SETTINGS, object) };
  },
});

const choose = method(chooseCache, {
  permission: LOOK,
  async run(call) {
    const { object, body } = call;
    requirePermission(call, CHANGE_CACHE_SETTINGS, cacheable(call).object);
    const managers = await managersAbove(object);
    if (body.manager !== '' && !managers.some(({ id }) => id === body.manager)) {
      throw invalidAt('/manager', `There is no cache manager '${visible(body.manager)}' here or further up.`);
    }
    associate(call, object, body.manager);
    call.describe(`Changed cache settings of ${object.path}`);
    return { line: 'Cache settings changed.' };
  },
});

const forget = method(invalidateObject, {
  permission: LOOK,
  async run(call) {
    const { object } = call;
    requirePermission(call, CHANGE_CACHE_SETTINGS, object);
    if (!object.isFolder && (await findCacheManager(object)) === undefined) {
      throw new Invalid('This object is not associated with a cache manager.');
    }
    await invalidate(object);
    return { line: 'Invalidated.' };
  },
});

export const cachingViews = viewsOn('any', settings, choose, forget);

/** Sets or ends the association of an object with a cache manager, and says whether that was a change. */
export function associate({ tree }: ChangingCall, object: TreeObject, manager: string): boolean {
  if (chosenCacheManager(object) === manager) return false;
  return tree.change(object, { properties: { [CHOSEN_CACHE_MANAGER]: manager } });
}

/** The managers that an object may choose, nearest first; of two with one id the nearer counts. */
async function managersAbove(object: TreeObject): Promise<readonly TreeObject[]> {
  const all = await object.tree.findServices(object, CACHE_MANAGER);
  return all.filter((manager, index) => all.findIndex(({ id }) => id === manager.id) === index);
}

function cacheable<C extends Call>(call: C): C {
  if (call.object.doesProvide(CACHEABLE)) return call;
  throw new NotFound(`What a ${call.object.type} shows cannot be kept in a cache.`);
}
