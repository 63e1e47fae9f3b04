import { joinPath, parsePath } from '../../schema/paths.ts';
import type { PathLink } from '../storage/storage.ts';
import type { TreeObject } from './object.ts';

/**
 * The path properties of an object, for the index of what points where. Of one whose type is not installed, every
 * property that could be one.
 */
export function linksOf(object: TreeObject): readonly PathLink[] {
  const links: PathLink[] = [];
  const fields = object.definition?.properties;
  for (const [property, path] of Object.entries(object.properties)) {
    const mayBePath = fields === undefined || fields[property]?.schema.widget === 'path';
    const ids = mayBePath && typeof path === 'string' && path !== '' ? parsePath(path) : undefined;
    if (ids !== undefined) links.push({ property, path: joinPath(ids) });
  }
  return links;
}
