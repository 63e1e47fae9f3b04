import { existsSync, realpathSync } from 'node:fs';
import { registerHooks } from 'node:module';
import { extname, isAbsolute, resolve } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { declarePermission } from '../../schema/permissions.ts';
import { inTime } from '../base/in-time.ts';
import { isPlain } from '../base/shape.ts';
import { coreViews } from '../manage/core-views.ts';
import { mistakesIn, type Loaded } from './declarations/product-mistakes.ts';
import { products as ownProducts } from './index.ts';
import { reasonOf } from './load-error.ts';
import type { Product } from './declarations/product.ts';
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
/** For a module to connect to something at its top level, if it has to. */
const LONGEST_MS = 10_000;
const TOO_LONG = `it was not there within ${LONGEST_MS / 1000} seconds: an \`await\` at its top level, or at that of what it imports, waits on.`;
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
  const mistakes: string[] = [...namedTwice(names)];
  const loaded: Loaded[] = ownProducts.map((product) => ({
    product,
    from: `The product '${product.name}' of Trellis`,
  }));
  if (names.length > 0) shareInterface();
  // One after the other: what a mistake in one of them is said to be must not be another one's.
  for (const name of new Map(names.map((each) => [fileOf(each) ?? each, each])).values()) {
    const result = await loadProduct(name);
    if (typeof result === 'string') mistakes.push(result);
    else loaded.push(result);
  }
  const products = loaded.map(({ product }) => product);
  mistakes.push(...loaded.flatMap(declareTheirs));
  const tabModules = await readTabModules(products);
  const views = [...coreViews, ...ownProducts.flatMap((product) => product.views ?? [])];
  const elements = new Set(tabModules.byElement.keys());
  mistakes.push(...mistakesIn(loaded, { elements, views }), ...tabModules.mistakes);
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
  if (file === undefined && isPath(name)) return `${from} cannot be loaded: ${nothingThere(name)}`;
  const seen: string[] = [];
  const hooks = registerHooks({
    load: (url, context, next) => {
      seen.push(url);
      return next(url, context);
    },
  });
  try {
    const module = import(file ?? name) as Promise<{ readonly default?: Product }>;
    const { default: product } = await inTime(module, LONGEST_MS, TOO_LONG);
    // What else is wrong with it, the check of declarations says.
    if (isPlain(product)) return { product: product as unknown as Product, from };
    return `${from} exports no product: its default export must have a name and types.`;
  } catch (error) {
    const isAbsent = file === undefined && seen.length === 0 && codeOf(error) === 'ERR_MODULE_NOT_FOUND';
    const reason = isAbsent ? `${nothingThere(name)} Nor is there a package of that name.` : reasonOf(error, seen);
    return `${from} cannot be loaded: ${reason}`;
  } finally {
    hooks.deregister();
  }
}

function fileOf(name: string): string | undefined {
  const path = resolve(name);
  const found = [`${path}/index.ts`, `${path}/index.js`, path].find((each) => existsSync(each));
  return found === undefined ? undefined : pathToFileURL(realpathSync(found)).href;
}

function isPath(name: string): boolean {
  return isAbsolute(name) || name.startsWith('.');
}

function nothingThere(name: string): string {
  return `there is no file or folder '${resolve(name)}'.`;
}

function codeOf(error: unknown): unknown {
  return error instanceof Error && 'code' in error ? error.code : undefined;
}

/** What is named again, a sentence each. */
function namedTwice(names: readonly string[]): readonly string[] {
  const files = names.map((name) => fileOf(name) ?? name);
  return names.flatMap((name, index) => {
    const first = names[files.indexOf(files[index]!)]!;
    const as = first === name ? '' : `, first as '${first}'`;
    return files.indexOf(files[index]!) === index ? [] : [`TRELLIS_PRODUCTS names '${name}' twice${as}. Name it once.`];
  });
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
