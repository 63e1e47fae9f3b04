import type { PathProperty } from '../../schema/messages/clipboard.ts';
import type { TreeObject } from '../objects/object.ts';
import type { Call } from '../publisher/call.ts';
import type { Link } from '../storage/storage.ts';
import { changePermission } from './describe.ts';

/** A path property that leads to an object, or into it. */
export interface LinkOf {
  readonly object: TreeObject;
  readonly link: Link;
}

/** Sets the paths that led to an object's old place, or into it, to where it is now: those that the caller may change. */
export async function followTo(moved: TreeObject, oldPath: string, call: Call): Promise<readonly LinkOf[]> {
  const links = await call.connection.pointingTo(oldPath);
  const followed = links.filter(({ object }) => call.may(changePermission(object.definition), object));
  for (const { object, link } of followed) {
    const path = moved.path + link.path.slice(oldPath.length);
    call.connection.change(object, { properties: { [link.property]: path } });
  }
  return followed;
}

export function nameLinks(links: readonly LinkOf[]): readonly PathProperty[] {
  return links.map(({ object, link: { property } }) => ({ path: object.path, property }));
}
