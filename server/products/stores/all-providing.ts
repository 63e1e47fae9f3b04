import type { TreeObject } from '../../objects/object.ts';
import type { TreeReader } from '../../objects/reader.ts';

/** Of each kind no more are looked at. */
export const MOST_LOOKED_AT = 100;

/** The objects of the tree that provide something, up to 100. */
export function allProviding(tree: TreeReader, capability: { readonly name: string }): Promise<readonly TreeObject[]> {
  return tree.ofTypes(tree.database.types.providing(capability), MOST_LOOKED_AT);
}
