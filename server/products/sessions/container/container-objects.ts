import { Unavailable } from '../../../base/errors.ts';
import { OnceAMinute } from '../../../base/once-a-minute.ts';
import { follow } from '../../../manage/paths.ts';
import type { TreeReader } from '../../../objects/reader.ts';
import type { TreeObject } from '../../../objects/object.ts';
import type { SessionContainer } from '../../../sessions/container.ts';
import { siteOf } from '../../../site/site.ts';
import { allProviding } from '../../stores/all-providing.ts';
import { SESSION_CONTAINER } from '../../stores/session-container.ts';

/** The objects of the tree that keep sessions, up to 100. */
export function containerObjects(tree: TreeReader): Promise<readonly TreeObject[]> {
  return allProviding(tree, SESSION_CONTAINER);
}

/** The container that a session data manager leads to. */
export async function containerObject(manager: TreeObject): Promise<TreeObject> {
  const path = String(manager.properties['container_path']);
  const { object, problem } = await follow(manager, SESSION_CONTAINER, path);
  if (object !== undefined && problem === undefined) return object;
  if (path === '') warn(manager, `Session data container is unspecified in ${manager.path}`);
  else warn(manager, `External session data container '${path}' not found.`, problem);
  throw off(problem ?? `The container path of ${manager.path} is empty.`);
}

/** The sessions behind a session data manager. */
export async function containerBehind(
  manager: TreeObject,
): Promise<{ object: TreeObject; container: SessionContainer }> {
  const object = await containerObject(manager);
  try {
    return { object, container: await object.provide(SESSION_CONTAINER) };
  } catch (error) {
    if (error instanceof Unavailable) warn(manager, `No way to the sessions of '${object.path}'.`, error.message);
    throw error;
  }
}

const pace = new OnceAMinute();

/** Every request that needs its session would say so: the log hears of each once a minute. */
function warn(manager: TreeObject, words: string, reason?: string): void {
  const { installation, log } = siteOf(manager);
  const more = pace.isDue(`${installation} ${words}`);
  if (more !== undefined) log.warn({ manager: manager.path, reason, more }, words);
}

/** What is said where there is no way to a session. */
export function off(why: string): Unavailable {
  return new Unavailable(`Sessions are off: ${why}`);
}
