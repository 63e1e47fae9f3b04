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
  const { default: product } = await load(name, file ?? name);
  if (product === undefined || typeof product.name !== 'string' || !Array.isArray(product.types)) {
    throw new CannotLoad(
      `The product '${name}' (TRELLIS_PRODUCTS) exports no product: its default export must have a name and types.`,
    );
  }
  const wrong = product.types.find((type: Partial<TypeDefinition>) =>
    MEMBERS.some((member) => type?.[member] === undefined),
  );
  if (wrong !== undefined) {
    throw new CannotLoad(
      `A type of the product '${name}' (TRELLIS_PRODUCTS) lacks one of ${MEMBERS.join(', ')}. Declare it with defineType.`,
    );
  }
  return product as Product;
}

const MEMBERS = ['type', 'description', 'icon', 'group', 'suggestedId', 'addPermission', 'properties'] as const;

/** A product from outside cannot be used; the message is a sentence for whoever starts the server. */
export class CannotLoad extends Error {
  override readonly name = 'CannotLoad';
}

async function load(name: string, from: string): Promise<{ default?: Partial<Product> }> {
  try {
    return (await import(from)) as { default?: Partial<Product> };
  } catch (cause) {
    throw new CannotLoad(`The product '${name}' (TRELLIS_PRODUCTS) cannot be loaded: ${(cause as Error).message}`, {
      cause,
    });
  }
}

function fileOf(name: string): string | undefined {
  const path = resolve(name);
  const found = [`${path}/index.ts`, `${path}/index.js`, path].find((each) => existsSync(each));
  return found === undefined ? undefined : pathToFileURL(found).href;
}
