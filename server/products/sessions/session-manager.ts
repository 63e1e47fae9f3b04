import { capability } from '../../objects/capability.ts';
import type { TreeObject } from '../../objects/object.ts';

/** The object that says in which container sessions are kept, by its own properties. */
export const SESSION_MANAGER = capability<TreeObject>('session.manager', 'a session data manager');
