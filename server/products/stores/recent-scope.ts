import { follow } from '../../manage/paths.ts';
import { SEE } from '../../manage/describe.ts';
import type { TreeObject } from '../../objects/object.ts';
import type { TreeReader } from '../../objects/reader.ts';
import type { Call } from '../../publisher/call.ts';
import { allProviding } from './all-providing.ts';
import { SESSION_CONTAINER } from './session-container.ts';
import { STORE } from './store.ts';

/** What belongs together on one axis of time: containers, and the stores that they are in. */
export interface RecentScope {
  readonly containers: readonly TreeObject[];
  readonly stores: readonly TreeObject[];
}

/** What an object's own past consists of, as far as the caller may see it; all of the site's at its root. */
export async function scopeFor({ object, tree, may }: Pick<Call, 'object' | 'tree' | 'may'>): Promise<RecentScope> {
  const { containers, stores } = await scopeOf(object, tree);
  const isSeen = (each: TreeObject) => may(SEE, each);
  return { containers: containers.filter(isSeen), stores: stores.filter(isSeen) };
}

async function scopeOf(object: TreeObject, tree: TreeReader): Promise<RecentScope> {
  if (object.doesProvide(SESSION_CONTAINER)) {
    const store = await storeBehind(object);
    return { containers: [object], stores: store === undefined ? [] : [store] };
  }
  if (object.doesProvide(STORE)) return { containers: await containersIn(object), stores: [object] };
  return { containers: await allProviding(tree, SESSION_CONTAINER), stores: await allProviding(tree, STORE) };
}

/** The store that a path property of a container leads to. */
async function storeBehind(container: TreeObject): Promise<TreeObject | undefined> {
  for (const [name, { to }] of Object.entries(container.definition?.properties ?? {})) {
    if (to?.name !== STORE.name) continue;
    const { object, problem } = await follow(container, STORE, String(container.properties[name]));
    return problem === undefined ? object : undefined;
  }
  return undefined;
}

async function containersIn(store: TreeObject): Promise<readonly TreeObject[]> {
  const users = await store.tree.pointingTo(store.path);
  const exact = users.filter(({ link }) => link.path === store.path).map(({ object }) => object);
  return exact.filter((user) => user.doesProvide(SESSION_CONTAINER));
}
