import { ROLES } from '../../../schema/permissions.ts';
import { Capability } from '../../objects/capability.ts';
import { placeOf, type TypeDefinition } from '../../objects/types.ts';
import type { View } from '../../publisher/views.ts';
import type { OwnPermission, Product } from './product.ts';
import { methodCheck } from './method-mistakes.ts';
import {
  among,
  is,
  isPlain,
  isText,
  listOf,
  optional,
  required,
  shaped,
  shown,
  words,
  anyText,
} from '../../base/shape.ts';
import type { Mistake, ShapeOf } from '../../base/shape.ts';
import { typeMistakes, type Around } from './type-mistakes.ts';

/** A product, and where it came from, as the beginning of a sentence for whoever has to mend it. */
export interface Loaded {
  readonly product: Product;
  readonly from: string;
}

const name = isText('small letters, digits and "-", as it becomes part of addresses', (value) =>
  /^[a-z0-9][a-z0-9-]*$/.test(value),
);
const role = among('the name of a role', () => ROLES.map((each) => each.name));
const permission: ShapeOf<OwnPermission> = {
  name: required(words),
  description: required(words),
  roles: optional(listOf(role)),
};
const several = is('a list of methods that is not empty', (value) => Array.isArray(value) && value.length > 0);
const view: ShapeOf<View> = {
  name: required(anyText),
  on: required(among("'any', 'folder' or 'root'", () => ['any', 'folder', 'root'])),
  methods: required({
    ...several,
    find: (value, at) => (Array.isArray(value) ? methodCheck : several).find(value, at),
  }),
};
const object = is('made by defineType({ … })', isPlain);
const isFolder = (value: unknown) => value instanceof URL && value.protocol === 'file:';
const folder = is("the URL of a folder: new URL('client/', import.meta.url)", isFolder);

const PRODUCT: ShapeOf<Product> = {
  name: required(name),
  types: required(listOf(object)),
  permissions: optional(listOf(shaped('a permission', permission))),
  views: optional(listOf(shaped('a view', view))),
  client: optional(folder),
};
const shape = shaped('a product', PRODUCT);

/** Everything that is declared wrongly, a sentence each, with the file, the type and the key. */
export function mistakesIn(loaded: readonly Loaded[], given: Omit<Around, 'provided'>): readonly string[] {
  const types = loaded.flatMap(({ product }) => typesOf(product));
  const around = { ...given, provided: new Set(types.flatMap(providedBy)) };
  return [...loaded.flatMap((each) => mistakesInOne(each, around)), ...takenTwice(loaded)];
}

function mistakesInOne({ product, from }: Loaded, around: Around): readonly string[] {
  const sentence = (where: string, { at, says }: Mistake) => `${from}: in ${where}, ${at} ${says}`;
  const itself = typeof product.name === 'string' ? `the product ${shown(product.name)}` : 'its default export';
  const own = shape.find(product, '').map((mistake) => sentence(itself, mistake));
  const ofTypes = typesOf(product).flatMap((definition, index) => {
    const { type } = definition;
    const name = typeof type === 'string' && type !== '' ? `the type '${type}'` : `types[${index}]`;
    const place = placeOf(definition);
    // One that is declared where the product is: its file is named already.
    const isElsewhere = place !== undefined && !from.includes(place.replace(/:\d+$/, ''));
    const where = isElsewhere ? `${name} (${place})` : name;
    return typeMistakes(definition, around).map((mistake) => sentence(where, mistake));
  });
  return [...own, ...ofTypes];
}

/** Of a type that may be declared in any way. */
function providedBy({ provides }: TypeDefinition): readonly string[] {
  const provisions: readonly unknown[] = Array.isArray(provides) ? provides : [];
  const known = provisions.map((each) => (isPlain(each) ? each['capability'] : undefined));
  return known.flatMap((capability) => (capability instanceof Capability ? capability.name : []));
}

/** Names that two products have, or two types. */
function takenTwice(loaded: readonly Loaded[]): readonly string[] {
  const products = loaded.map(({ product, from }) => ({ name: product.name, from }));
  const types = loaded.flatMap(({ product, from }) => typesOf(product).map(({ type }) => ({ name: type, from })));
  return [...again(products, 'its name', 'of another one'), ...again(types, 'the name of its type', 'of a type')];
}

interface Named {
  readonly name: string;
  readonly from: string;
}

function again(all: readonly Named[], what: string, of: string): readonly string[] {
  return all.flatMap(({ name: word, from }, index) => {
    const first = all.find((each) => each.name === word)!;
    if (typeof word !== 'string' || all.indexOf(first) === index) return [];
    const [letter = '', ...rest] = first.from;
    const other = `${letter.toLowerCase()}${rest.join('')}`;
    return [`${from}: ${what}, '${word}', is that ${of} already (${other}). Give one of them another name.`];
  });
}

/** Of a product that may be declared in any way. */
function typesOf(product: Product): readonly TypeDefinition[] {
  const types: unknown = product.types;
  return Array.isArray(types) ? (types.filter(isPlain) as unknown as readonly TypeDefinition[]) : [];
}
