import { createHash } from 'node:crypto';
import { extname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { readFilesIn } from '../base/files.ts';
import { CannotLoad } from './loading.ts';
import type { Product } from './product.ts';

/** What the tabs of products need in the browser. */
export interface TabModules {
  /** The address of the module that defines an element, by the element's name. */
  readonly byElement: ReadonlyMap<string, string>;
  /** What is served, by path. */
  readonly files: ReadonlyMap<string, Buffer>;
}

const SERVED = ['.js', '.css', '.svg', '.png', '.woff2'];
const ELEMENT = /^\/([a-z][a-z0-9]*(?:-[a-z0-9]+)+)\.js$/;

/** Reads the client folders of products. What changes comes under another address, so browsers may keep what they have. */
export async function readTabModules(products: readonly Product[]): Promise<TabModules> {
  const byElement = new Map<string, string>();
  const files = new Map<string, Buffer>();
  for (const product of products) {
    for (const [path, bytes] of await filesOf(product)) {
      files.set(path.address, bytes);
      if (path.element === undefined) continue;
      if (byElement.has(path.element)) {
        throw new CannotLoad(
          `Two products bring a module for the element <${path.element}>. Give one of them another name.`,
        );
      }
      byElement.set(path.element, path.address);
    }
  }
  return { byElement, files };
}

interface Served {
  readonly address: string;
  readonly element: string | undefined;
}

async function filesOf({ name, client }: Product): Promise<readonly (readonly [Served, Buffer])[]> {
  if (client === undefined) return [];
  const all = await readFilesIn(fileURLToPath(client)).catch((cause: unknown) => {
    throw new CannotLoad(`The client folder of the product '${name}' cannot be read: ${(cause as Error).message}`, {
      cause,
    });
  });
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
