import type { PathTarget } from '../../../schema/fields.ts';
import { follow } from '../../manage/paths.ts';
import type { TreeObject } from '../../objects/object.ts';

interface PathProperty {
  readonly name: string;
  readonly to: PathTarget;
  readonly value: string;
}

/** The objects that path properties lead through, until one has none or leads nowhere. */
export async function wayFrom(manager: TreeObject): Promise<readonly TreeObject[]> {
  const way = [manager];
  for (let object: TreeObject | undefined = manager; object !== undefined;) {
    const path = pathOf(object);
    const next: TreeObject | undefined = path === undefined ? undefined : await stepFrom(object, path);
    if (next === undefined || way.includes(next)) return way;
    way.push(next);
    object = next;
  }
  return way;
}

async function stepFrom(object: TreeObject, path: PathProperty): Promise<TreeObject | undefined> {
  const { object: found, problem } = await follow(object, path.to, path.value);
  return problem === undefined ? found : undefined;
}

/** The path property of an object, if its type has one. */
export function pathOf(object: TreeObject): PathProperty | undefined {
  for (const [name, { to }] of Object.entries(object.definition?.properties ?? {})) {
    if (to !== undefined) return { name, to, value: String(object.properties[name]) };
  }
  return undefined;
}
