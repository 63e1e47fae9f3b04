import { pathToFileURL } from 'node:url';
import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import type { TypeDefinition } from '../objects/types.ts';
import type { View } from '../publisher/views.ts';

/** What brings types: the core itself is made of products. */
export interface Product {
  readonly name: string;
  readonly types: readonly TypeDefinition[];
  /** Views that its types need on objects of other types. */
  readonly views?: readonly View[];
}

/** Loads a product from outside: a file, a folder with an `index.ts` or `index.js`, or a package. Its default export is the product. */
export async function loadProduct(name: string): Promise<Product> {
  const file = fileOf(name);
  const module = (await import(file ?? name)) as { default?: Partial<Product> };
  const product = module.default;
  if (product === undefined || typeof product.name !== 'string' || !Array.isArray(product.types)) {
    throw new Error(`The product '${name}' exports no product: its default export must have a name and types.`);
  }
  return product as Product;
}

function fileOf(name: string): string | undefined {
  const path = resolve(name);
  const found = [`${path}/index.ts`, `${path}/index.js`, path].find((each) => existsSync(each));
  return found === undefined ? undefined : pathToFileURL(found).href;
}
