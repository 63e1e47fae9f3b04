import { capability } from '../../../objects/capability.ts';
import type { TreeObject } from '../../../objects/object.ts';

/** The object that gives browsers their ids, by its own properties. */
export const BROWSER_IDS = capability<TreeObject>('session.browser-ids', 'a browser id manager');
