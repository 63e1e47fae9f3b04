import type { TreeObject } from '../../objects/object.ts';
import { siteOf } from '../../site/site.ts';

/** Forgets what caches keep of objects and of everything in them: a number for each, which no entry made before has. */
export async function invalidate(...objects: readonly TreeObject[]): Promise<void> {
  const [first] = objects;
  if (first !== undefined) await siteOf(first).generations.raise(...objects.map(keyOf));
}

/** How often an object and what it is in were invalidated. Where an object is moved, its serial tells the difference. */
export function invalidations(object: TreeObject): number {
  const { generations } = siteOf(object);
  let sum = 0;
  for (let each: TreeObject | null = object; each !== null; each = each.parent) sum += generations.of(keyOf(each));
  return sum;
}

function keyOf({ oid }: TreeObject): string {
  return `cache ${oid}`;
}
