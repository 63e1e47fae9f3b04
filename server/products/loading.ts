import { existsSync } from 'node:fs';
import { registerHooks } from 'node:module';
import { extname, resolve } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { declarePermission } from '../../schema/permissions.ts';
import { mistakesIn, type Loaded } from './declarations/product-mistakes.ts';
import { products as ownProducts } from './index.ts';
import { reasonOf } from './load-error.ts';
import type { Product } from './product.ts';
import { readTabModules, type TabModules } from './tab-modules.ts';

/** Products cannot be used: a sentence for each thing that is wrong with them, for whoever starts the server. */
export class CannotLoad extends Error {
  override readonly name = 'CannotLoad';

  constructor(mistakes: readonly string[]) {
    super(mistakes.join('\n'));
  }
}

/** By this name a product imports what it is made of. */
const SPECIFIER = 'trellis/product';
const INTERFACE = new URL(`interface${extname(import.meta.url)}`, import.meta.url).href;

/** What products bring, checked to the last declaration. */
export interface Products {
  readonly products: readonly Product[];
  readonly tabModules: TabModules;
}

/**
 * The server's own products and those from outside: files, folders with an `index.ts` or `index.js`, or packages, whose
 * default export is the product. Throws CannotLoad with all that is wrong with any of them.
 */
export async function loadProducts(names: readonly string[]): Promise<Products> {
  const mistakes: string[] = [];
  const loaded: Loaded[] = ownProducts.map((product) => ({
    product,
    from: `The product '${product.name}' of Trellis`,
  }));
  if (names.length > 0) shareInterface();
  // One after the other: what a mistake in one of them is said to be must not be another one's.
  for (const name of names) {
    const result = await loadProduct(name);
    if (typeof result === 'string') mistakes.push(result);
    else loaded.push(result);
  }
  const products = loaded.map(({ product }) => product);
  mistakes.push(...loaded.flatMap(declareTheirs));
  const tabModules = await readTabModules(products);
  mistakes.push(...mistakesIn(loaded, new Set(tabModules.byElement.keys())), ...tabModules.mistakes);
  if (mistakes.length > 0) throw new CannotLoad(mistakes);
  return { products, tabModules };
}

let isShared = false;

/** Wherever its folder is, a product gets the classes and registers of the server that loads it, and no second ones. */
export function shareInterface(): void {
  if (isShared) return;
  isShared = true;
  registerHooks({
    resolve: (specifier, context, next) =>
      specifier === SPECIFIER ? { url: INTERFACE, shortCircuit: true } : next(specifier, context),
  });
}

/** The product, or the sentence that says why there is none. */
async function loadProduct(name: string): Promise<Loaded | string> {
  const file = fileOf(name);
  const from = `The product '${file === undefined ? name : fileURLToPath(file)}' (TRELLIS_PRODUCTS)`;
  const seen: string[] = [];
  const hooks = registerHooks({
    load: (url, context, next) => {
      seen.push(url);
      return next(url, context);
    },
  });
  try {
    const { default: product } = (await import(file ?? name)) as { default?: Partial<Product> };
    if (typeof product?.name === 'string' && Array.isArray(product.types)) return { product: product as Product, from };
    return `${from} exports no product: its default export must have a name and types.`;
  } catch (error) {
    return `${from} cannot be loaded: ${reasonOf(error, seen)}`;
  } finally {
    hooks.deregister();
  }
}

function fileOf(name: string): string | undefined {
  const path = resolve(name);
  const found = [`${path}/index.ts`, `${path}/index.js`, path].find((each) => existsSync(each));
  return found === undefined ? undefined : pathToFileURL(found).href;
}

/** Makes known the permissions that a product brings. Whatever else is wrong with them, the check of declarations says. */
function declareTheirs({ product, from }: Loaded): readonly string[] {
  const permissions: unknown = product.permissions ?? [];
  return Array.isArray(permissions) ? (permissions as Product['permissions'] & {}).flatMap(declare) : [];

  function declare(permission: NonNullable<Product['permissions']>[number]): readonly string[] {
    if (typeof permission?.name !== 'string') return [];
    try {
      declarePermission({ ...permission, roles: permission.roles ?? [] });
      return [];
    } catch (error) {
      return [`${from} cannot be used. ${(error as Error).message}`];
    }
  }
}
