import { createHash } from 'node:crypto';
import { extname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { INTERFACE_TABS } from '../../schema/interface-tabs.ts';
import { readFilesIn } from '../base/files.ts';
import type { Product } from './product.ts';

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

/** Reads the client folders of products. What changes comes under another address, so browsers may keep what they have. */
export async function readTabModules(products: readonly Product[]): Promise<TabModules> {
  const byElement = new Map<string, string>();
  const files = new Map<string, Buffer>();
  const mistakes: string[] = [];
  const bring = ([path, bytes]: readonly [Served, Buffer], { name }: Product) => {
    files.set(path.address, bytes);
    if (path.element === undefined) return;
    const problem = elementProblem(path.element, name, byElement.has(path.element));
    if (problem === undefined) byElement.set(path.element, path.address);
    else mistakes.push(problem);
  };
  for (const product of products) {
    try {
      for (const served of await filesOf(product)) bring(served, product);
    } catch (error) {
      mistakes.push(`The client folder of the product '${product.name}' cannot be read: ${(error as Error).message}`);
    }
  }
  return { byElement, files, mistakes };
}

function elementProblem(element: string, product: string, isTaken: boolean): string | undefined {
  if (isTaken) return `Two products bring a module for the element <${element}>. Give one of them another name.`;
  if (!INTERFACE_TABS.includes(element)) return undefined;
  return `The product '${product}' brings a module for <${element}>, which is the interface's own. Give it another name.`;
}

interface Served {
  readonly address: string;
  readonly element: string | undefined;
}

async function filesOf({ name, client }: Product): Promise<readonly (readonly [Served, Buffer])[]> {
  // Anything else that is no address of a folder, the check of declarations names.
  if (!(client instanceof URL)) return [];
  const all = await readFilesIn(fileURLToPath(client));
  const served = [...all]
    .filter(([path]) => SERVED.includes(extname(path)))
    .sort(([one], [other]) => (one < other ? -1 : 1));
  const base = `/assets/products/${name}/${fingerprint(served)}`;
  return served.map(([path, bytes]) => [{ address: base + path, element: ELEMENT.exec(path)?.[1] }, bytes]);
}

function fingerprint(files: readonly (readonly [path: string, bytes: Buffer])[]): string {
  const hash = createHash('sha256');
  for (const [path, bytes] of files) hash.update(`${path}\0${bytes.length}\0`).update(bytes);
  return hash.digest('base64url').slice(0, 12);
}
