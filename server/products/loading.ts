import { existsSync } from 'node:fs';
import { registerHooks } from 'node:module';
import { extname, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { declarePermission, findPermission } from '../../schema/permissions.ts';
import type { MethodDeclaration, TypeDefinition } from '../objects/types.ts';
import type { Product } from './product.ts';

/** A product from outside cannot be used; the message is a sentence for whoever starts the server. */
export class CannotLoad extends Error {
  override readonly name = 'CannotLoad';
}

/** By this name a product imports what it is made of. */
const SPECIFIER = 'trellis/product';
const INTERFACE = new URL(`interface${extname(import.meta.url)}`, import.meta.url).href;

/** Loads products from outside: files, folders with an `index.ts` or `index.js`, or packages. Their default export is the product. */
export async function loadProducts(names: readonly string[]): Promise<readonly Product[]> {
  if (names.length > 0) shareInterface();
  return Promise.all(names.map(loadProduct));
}

/** Refuses products that cannot be used together. */
export function checkTogether(products: readonly Product[]): void {
  const twice = <T>(things: readonly T[]) => things.find((thing, index) => things.indexOf(thing) !== index);
  const name = twice(products.map((product) => product.name));
  if (name !== undefined)
    throw new CannotLoad(`Two products are named '${name}' (TRELLIS_PRODUCTS). Load one of them.`);
  const type = twice(products.flatMap((product) => product.types).map((definition) => definition.type));
  if (type !== undefined) {
    throw new CannotLoad(
      `Two products bring a type named '${type}' (TRELLIS_PRODUCTS). Give one of them another name.`,
    );
  }
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

async function loadProduct(name: string): Promise<Product> {
  const says = (what: string, cause?: unknown) =>
    new CannotLoad(`The product '${name}' (TRELLIS_PRODUCTS) ${what}`, { cause });
  const file = fileOf(name);
  const product = await load(file ?? name).catch((cause: unknown) => {
    throw says(`cannot be loaded: ${(cause as Error).message}`, cause);
  });
  if (typeof product?.name !== 'string' || !Array.isArray(product.types)) {
    throw says('exports no product: its default export must have a name and types.');
  }
  const problem = problemOf(product as Product);
  if (problem !== undefined) throw says(problem);
  return product as Product;
}

async function load(from: string): Promise<Partial<Product> | undefined> {
  return ((await import(from)) as { default?: Partial<Product> }).default;
}

function fileOf(name: string): string | undefined {
  const path = resolve(name);
  const found = [`${path}/index.ts`, `${path}/index.js`, path].find((each) => existsSync(each));
  return found === undefined ? undefined : pathToFileURL(found).href;
}

const MEMBERS = ['type', 'description', 'icon', 'group', 'suggestedId', 'addPermission', 'properties'] as const;

/** What is wrong with a product, as the end of a sentence about it. */
function problemOf(product: Product): string | undefined {
  if (!/^[a-z0-9][a-z0-9-]*$/.test(product.name)) {
    return `has the name '${product.name}', which becomes part of addresses. Use small letters, digits and "-".`;
  }
  try {
    for (const permission of product.permissions ?? [])
      declarePermission({ ...permission, roles: permission.roles ?? [] });
  } catch (error) {
    return `cannot be used. ${(error as Error).message}`;
  }
  return product.types.map(typeProblem).find((problem) => problem !== undefined);
}

function typeProblem(definition: Partial<TypeDefinition>): string | undefined {
  if (MEMBERS.some((member) => definition?.[member] === undefined)) {
    return `has a type that lacks one of ${MEMBERS.join(', ')}. Declare it with defineType.`;
  }
  const unknown = permissionsOf(definition).find((permission) => findPermission(permission) === undefined);
  if (unknown === undefined) return undefined;
  return `has a type '${definition.type}' that asks for the permission '${unknown}', which nobody declares. Name it among the product's permissions.`;
}

function permissionsOf(definition: Partial<TypeDefinition>): readonly string[] {
  const methods = [definition.view ?? [], ...Object.values(definition.methods ?? {})].flat() as MethodDeclaration[];
  const asked = [definition.addPermission, definition.changePermission];
  return [...asked, ...methods.map(({ permission }) => permission)].filter((each) => each !== undefined);
}
