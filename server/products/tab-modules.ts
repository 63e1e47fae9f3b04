import { createHash } from 'node:crypto';
import { extname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { INTERFACE_TABS } from '../../schema/interface-tabs.ts';
import { readFilesIn } from '../base/files.ts';
import { lookAtModules, problemIn, type ClientFolder } from './client-check.ts';
import type { Product } from './declarations/product.ts';

/** What the tabs of products need in the browser. */
export interface TabModules {
  /** The address of the module that defines an element, by the element's name. */
  readonly byElement: ReadonlyMap<string, string>;
  /** What is served, by path. */
  readonly files: ReadonlyMap<string, Buffer>;
  /** What is wrong with the folders, a sentence each. */
  readonly mistakes: readonly string[];
}

const SERVED = ['.js', '.css', '.svg', '.png', '.woff2'];
const ELEMENT = /^\/([a-z][a-z0-9]*(?:-[a-z0-9]+)+)\.js$/;

/**
 * Reads the client folders of products. What changes comes under another address, so browsers may keep what they have. A
 * module that cannot be loaded there is a mistake, and one that does not name its element defines none.
 */
export async function readTabModules(products: readonly Product[]): Promise<TabModules> {
  const byElement = new Map<string, string>();
  const files = new Map<string, Buffer>();
  const mistakes: string[] = [];
  const folders: Folder[] = [];
  for (const product of products) {
    try {
      folders.push(await readFolder(product));
    } catch (error) {
      mistakes.push(`The client folder of the product '${product.name}' cannot be read: ${(error as Error).message}`);
    }
  }
  const looks = await lookAtModules(folders.map(({ root, elements, texts }) => ({ root, elements, texts })));
  for (const [index, folder] of folders.entries()) {
    for (const [path, bytes] of folder.served) files.set(folder.base + path, bytes);
    for (const look of looks[index] ?? []) {
      const { element } = look;
      const problem = elementProblem(element, folder.product, byElement.has(element)) ?? problemIn(look, folder);
      if (problem !== undefined) mistakes.push(problem);
      // One that cannot be loaded has been named: that it defines nothing is not said beside that.
      if (look.isNamed) byElement.set(element, `${folder.base}/${element}.js`);
    }
  }
  return { byElement, files, mistakes: [...new Set(mistakes)] };
}

function elementProblem(element: string, product: string, isTaken: boolean): string | undefined {
  if (isTaken) return `Two products bring a module for the element <${element}>. Give one of them another name.`;
  if (!INTERFACE_TABS.includes(element)) return undefined;
  return `The product '${product}' brings a module for <${element}>, which is the interface's own. Give it another name.`;
}

interface Folder extends ClientFolder {
  readonly product: string;
  /** What the addresses of its files begin with. */
  readonly base: string;
  readonly served: ReadonlyMap<string, Buffer>;
}

async function readFolder({ name, client }: Product): Promise<Folder> {
  // Anything else that is no address of a folder, the check of declarations names.
  const root = client instanceof URL ? fileURLToPath(client).replace(/\/$/, '') : undefined;
  const all = root === undefined ? [] : [...(await readFilesIn(root))];
  const served = all
    .filter(([path]) => SERVED.includes(extname(path)))
    .sort(([one], [other]) => (one < other ? -1 : 1));
  const texts = new Map(served.map(([path, bytes]) => [path, extname(path) === '.js' ? bytes.toString() : '']));
  const elements = [...texts.keys()].flatMap((path) => ELEMENT.exec(path)?.[1] ?? []);
  const base = `/assets/products/${name}/${fingerprint(served)}`;
  return { product: name, root: root ?? '', base, served: new Map(served), elements, texts };
}

function fingerprint(files: readonly (readonly [path: string, bytes: Buffer])[]): string {
  const hash = createHash('sha256');
  for (const [path, bytes] of files) hash.update(`${path}\0${bytes.length}\0`).update(bytes);
  return hash.digest('base64url').slice(0, 12);
}
