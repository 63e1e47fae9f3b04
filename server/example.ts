import { existsSync, readFileSync } from 'node:fs';
import { idInPath, parentPath } from '../schema/paths.ts';
import type { Database } from './objects/database.ts';
import type { TreeTransaction } from './objects/transaction.ts';

const FOLDER = new URL('../examples/', import.meta.url);

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
  const folder = new URL(`${name}/`, FOLDER);
  const list = new URL(`${name}.json`, folder);
  if (!/^[a-z]+$/.test(name) || !existsSync(list)) throw new Error(`There is no example '${name}'. There is: shop.`);
  const objects = JSON.parse(readFileSync(list, 'utf8')) as readonly Planted[];
  const tree = await database.open(null);
  for (const object of objects) await plant(tree, object, folder);
  await tree.commit(`Put the example '${name}' into the tree`);
  return objects.map(({ path }) => path);
}

async function plant(tree: TreeTransaction, { path, type, title, file, values }: Planted, folder: URL): Promise<void> {
  if ((await tree.find(path)) !== undefined) {
    throw new Error(`There is something at ${path} already. Delete or rename it first.`);
  }
  const text = file === undefined ? {} : { text: readFileSync(new URL(file, folder), 'utf8') };
  const properties = { ...text, ...(values === undefined ? {} : { values }) };
  tree.add(await tree.get(parentPath(path) ?? '/'), { type, id: idInPath(path), title, properties });
}
