import { decodeUrlPath } from '../../schema/paths.ts';
import { Malformed } from '../base/errors.ts';
import type { TreeReader } from '../objects/reader.ts';
import type { TreeObject } from '../objects/object.ts';

/** An address under /api, taken apart: `/a/b/@view/tail`. */
export interface ApiAddress {
  readonly ids: readonly string[];
  /** What it may ask for, the more exact first: `@sessions/@end` is an action, `@users/@bob` the view with a tail. */
  readonly readings: readonly { readonly view: string; readonly tail: string | undefined }[];
}

/** The names in a URL path, each decoded once. One slash at the end changes nothing. */
export function namesIn(path: string): readonly string[] {
  const names = decodeUrlPath(path);
  if (names === undefined) {
    throw new Malformed(
      `The address '${path.slice(0, 200)}' is not a path: its encoding is broken, or a name in it is not allowed.`,
    );
  }
  return names;
}

/** Takes the names under /api apart; `undefined` where more follows a view than its one tail. */
export function parseApiAddress(names: readonly string[]): ApiAddress | undefined {
  const at = names.findIndex((name) => name.startsWith('@'));
  if (at < 0) return { ids: names, readings: [{ view: '', tail: undefined }] };
  if (names.length > at + 2) return undefined;
  const [view = '', tail] = [names[at]?.slice(1), names[at + 1]];
  const action = tail?.startsWith('@') === true ? [{ view: `${view}/${tail}`, tail: undefined }] : [];
  return { ids: names.slice(0, at), readings: [...action, { view, tail }] };
}

/** Walks the tree a name at a time. */
export async function traverse(tree: TreeReader, ids: readonly string[]): Promise<TreeObject | undefined> {
  let object: TreeObject | undefined = await tree.root();
  for (const id of ids) {
    object = await tree.findChild(object, id);
    if (object === undefined) return undefined;
  }
  return object;
}
