import type { TreeObject } from '../../objects/object.ts';
import type { Call } from '../../publisher/call.ts';
import { SESSION_MANAGER } from './session-manager.ts';

const USUAL = 'SESSION';

/** The name under which a page finds its session: as the nearest session data manager says. It asks for no session. */
export async function sessionNameFor(object: TreeObject): Promise<string> {
  const manager = await object.findService(SESSION_MANAGER);
  // Without a manager the name is there all the same, so that a page that needs the session is told that it is off.
  const { request_name: name = USUAL } = (manager?.properties ?? {}) as { request_name?: string };
  return name;
}

/** Says that an answer depends on that name: on the manager, and on there being none that is nearer. */
export async function readSessionName({ object, reads }: Call): Promise<void> {
  const manager = await object.findService(SESSION_MANAGER);
  if (manager !== undefined) reads.object(manager);
  for (let folder = object.parent; folder !== null; folder = folder.parent) {
    reads.listing(folder);
    if (folder === manager?.parent) return;
  }
}
