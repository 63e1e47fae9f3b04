import { lookAtUse } from '../../../schema/endpoints/container-use.ts';
import { changePermission, SEE } from '../../manage/describe.ts';
import { Saying } from '../../manage/saying.ts';
import type { TreeObject } from '../../objects/object.ts';
import type { Call } from '../../publisher/call.ts';
import { byView, method } from '../../publisher/views.ts';
import { SESSION_MANAGER } from './session-manager.ts';

const look = method(lookAtUse, {
  permission: SEE,
  async run(call) {
    const { object } = call;
    const manager = await object.findService(SESSION_MANAGER);
    if (manager === undefined) return { manager: null, keptIn: '', isHere: false, behind: '', mayUse: false };
    const keptIn = String(manager.properties['container_path']);
    const answer = await new Saying(manager).answer('container_path', object.path);
    const behind = answer?.results.map(({ text }) => text).join(' ') ?? '';
    return { manager: manager.path, keptIn, isHere: keptIn === object.path, behind, mayUse: mayPoint(manager, call) };
  },
});

/** Whether a session data manager leads to a container, on each of these. */
export const useMethods = byView(look);

/** Whether the caller may point a session data manager elsewhere. */
export function mayPoint(manager: TreeObject, { may }: Call): boolean {
  return may(changePermission(manager.definition), manager);
}
