import { existsSync, readFileSync } from 'node:fs';
import { lookAtExample, plantExample as plantShop, type ExampleMessage } from '../../schema/endpoints/example.ts';
import { idInPath, parentPath } from '../../schema/paths.ts';
import { Invalid } from '../base/errors.ts';
import { SEE } from '../manage/describe.ts';
import { addable } from '../manage/object.ts';
import type { Database } from '../objects/database.ts';
import type { TreeObject } from '../objects/object.ts';
import type { TreeTransaction } from '../objects/transaction.ts';
import { method, viewsOn } from '../publisher/views.ts';

const FOLDER = new URL('../../examples/', import.meta.url);
const SHOP = 'shop';
/** Whoever removes it is told by name what goes. */
const MOST_NAMED = 100;

/** One object of an example, as its list has it: a template's text is in a file beside the list. */
interface Planted {
  readonly path: string;
  readonly type: string;
  readonly title: string;
  readonly file?: string;
  readonly values?: readonly string[];
}

/** Puts the objects of an example into the tree, in one transaction; gives their paths, the first the one to begin with. */
export async function plantExample(database: Database, name: string): Promise<readonly string[]> {
  const tree = await database.open(null);
  const paths = await plantAll(tree, name);
  await tree.commit(wordsFor(name));
  return paths;
}

const look = method(lookAtExample, {
  permission: SEE,
  async run({ tree, object: root, may }): Promise<ExampleMessage> {
    const objects = objectsOf(SHOP);
    const paths = new Set(objects.map(({ path }) => path));
    const [path = ''] = paths;
    const found = await tree.find(path);
    const isThere = found !== undefined && (await isPlanted(found, SHOP));
    const inside = isThere ? (await tree.inside(found, MOST_NAMED)).slice(0, MOST_NAMED) : [];
    const isMissing = isThere
      ? await Promise.all([...paths].map(async (each) => (await tree.find(each)) === undefined))
      : [];
    const types = new Set(objects.map(({ type }) => tree.database.types.find(type)?.addPermission ?? ''));
    return {
      path,
      state: isThere ? 'there' : found === undefined ? 'absent' : 'taken',
      inside: inside.map((each) => each.path),
      missing: [...paths].filter((_, index) => isMissing[index]),
      own: inside.map((each) => each.path).filter((each) => !paths.has(each)),
      mayPlant: [...types].every((permission) => may(permission, root)),
      mayRemove: may('Delete objects', root),
    };
  },
});

const plantFor = method(plantShop, {
  permission: SEE,
  async run(call) {
    for (const { type } of objectsOf(SHOP)) addable(call, type);
    const paths = await plantAll(call.tree, SHOP);
    call.describe(wordsFor(SHOP));
    return { path: paths[0] ?? '', count: paths.length };
  },
});

/** The example shop, from the interface. */
export const exampleViews = viewsOn('root', look, plantFor);

async function plantAll(tree: TreeTransaction, name: string): Promise<readonly string[]> {
  const objects = objectsOf(name);
  for (const object of objects) await plant(tree, object, folderOf(name));
  return objects.map(({ path }) => path);
}

async function plant(tree: TreeTransaction, { path, type, title, file, values }: Planted, folder: URL): Promise<void> {
  if ((await tree.find(path)) !== undefined) {
    throw new Invalid(`There is something at ${path} already. Delete or rename it first.`);
  }
  const text = file === undefined ? {} : { text: readFileSync(new URL(file, folder), 'utf8') };
  const properties = { ...text, ...(values === undefined ? {} : { values }) };
  tree.add(await tree.get(parentPath(path) ?? '/'), { type, id: idInPath(path), title, properties });
}

function objectsOf(name: string): readonly Planted[] {
  const list = new URL(`${name}.json`, folderOf(name));
  if (!/^[a-z]+$/.test(name) || !existsSync(list)) throw new Error(`There is no example '${name}'. There is: ${SHOP}.`);
  return JSON.parse(readFileSync(list, 'utf8')) as readonly Planted[];
}

/** Whether an object came with an example, and is not somebody's own of the same id: its first revision says so. */
async function isPlanted(object: TreeObject, name: string): Promise<boolean> {
  return (await object.tree.revisions(object, object.state.revision)).at(-1)?.description === wordsFor(name);
}

function folderOf(name: string): URL {
  return new URL(`${name}/`, FOLDER);
}

function wordsFor(name: string): string {
  return `Put the example '${name}' into the tree`;
}
