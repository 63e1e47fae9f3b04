import { ICONS } from '../../../schema/icons.ts';
import { checkId, normaliseId } from '../../../schema/ids.ts';
import { INTERFACE_TABS } from '../../../schema/interface-tabs.ts';
import type { TabInfo } from '../../../schema/endpoints/objects.ts';
import { TreeEvent, type Listener } from '../../objects/event.ts';
import type { Provision } from '../../objects/capability.ts';
import type { Need, Published, Service, TypeDefinition, UserInterface } from '../../objects/types.ts';
import { CACHEABLE } from '../../publisher/invoke-cached.ts';
import type { Method, View } from '../../publisher/views.ts';
import { capabilityCheck, fieldCheck } from './field-mistakes.ts';
import { methodCheck, permission } from './method-mistakes.ts';
import {
  among,
  callable,
  flag,
  is,
  isText,
  listOf,
  mapOf,
  meant,
  optional,
  required,
  ruled,
  shaped,
  words,
} from '../../base/shape.ts';
import type { Check, Mistake, ShapeOf } from '../../base/shape.ts';

/** What a type can rest on beside what it declares itself. */
export interface Around {
  /** Capabilities that types provide. */
  readonly provided: ReadonlySet<string>;
  /** Elements that the products' own folders define. */
  readonly elements: ReadonlySet<string>;
  /** What Trellis answers by itself, whatever the type. */
  readonly views: readonly View[];
}

const SEGMENT = /^[a-z][a-z0-9-]*$/;
/** A view, or an action of one: `sessions/@end`. */
const VIEW = /^[a-z][a-z0-9-]*(\/@[a-z][a-z0-9-]*)?$/;
const PROPERTY = /^[A-Za-z][A-Za-z0-9_]*$/;

const id: Check = ruled('an id', (value) =>
  value === normaliseId(value) ? checkId(value, { inRoot: true }) : 'It must have no blanks around it.',
);
const segment: Check = isText('small letters, digits and "-"', (value) => SEGMENT.test(value));

function viewProblem(name: string): string | undefined {
  return VIEW.test(name) ? undefined : 'It is part of addresses: use small letters, digits and "-".';
}

function propertyProblem(name: string): string | undefined {
  const isFree = PROPERTY.test(name) && !['constructor', 'prototype'].includes(name);
  return isFree ? undefined : 'Use letters, digits and "_", beginning with a letter.';
}

const TAB: ShapeOf<Omit<TabInfo, 'module' | 'count'>> = {
  id: required(segment),
  label: required(words),
  element: required(words),
  saved: optional(words),
};
const REMEDY: ShapeOf<Service['remedy']> = { label: required(words), tab: required(segment) };
const SERVICE: ShapeOf<Service> = {
  capability: required(capabilityCheck),
  loss: required(words),
  remedy: required(shaped('where it is mended', REMEDY)),
};
const PROVISION: ShapeOf<Provision> = { capability: required(capabilityCheck), give: required(callable) };
const NEED: ShapeOf<Need> = {
  capability: required(capabilityCheck),
  text: required(words),
  short: required(words),
  loss: required(words),
};
const LISTENER: ShapeOf<Listener> = {
  event: required(is('an event, such as REMOVED', (value) => value instanceof TreeEvent)),
  hear: required(callable),
};

const PUBLISH: ShapeOf<Published> = {
  view: optional(methodCheck),
  methods: optional(mapOf(methodCheck, viewProblem)),
};
const UI: ShapeOf<UserInterface<never>> = {
  tabs: optional(listOf(shaped('a tab', TAB))),
  tabCounts: optional(callable),
  warnings: optional(callable),
  size: optional(callable),
  count: optional(callable),
  works: optional(words),
  broken: optional(words),
};

const TYPE: ShapeOf<TypeDefinition> = {
  type: required(words),
  description: required(words),
  icon: required(among('the name of an icon that the interface has (schema/icons.ts)', () => ICONS)),
  group: required(words),
  suggestedId: required(id),
  addPermission: required(permission),
  changePermission: optional(permission),
  properties: required(mapOf(fieldCheck, propertyProblem)),
  migrations: optional(listOf(callable)),
  contains: optional(among("'objects' or 'volatile'", () => ['objects', 'volatile'])),
  fixedId: optional(id),
  isEssential: optional(flag),
  hidden: optional(flag),
  provides: optional(listOf(shaped('what is provided, made by a capability: STORE.by((object) => …)', PROVISION))),
  serves: optional(listOf(shaped('a service', SERVICE))),
  needs: optional(listOf(shaped('what it needs', NEED))),
  holds: optional(callable),
  publish: optional(shaped('what a type publishes', PUBLISH)),
  ui: optional(shaped('what a type shows', UI)),
  answers: optional(mapOf(callable)),
  check: optional(callable),
  loss: optional(words),
  events: optional(listOf(shaped('what a type is told of, made by an event: REMOVED.by((object) => …)', LISTENER))),
};
const shape = shaped('a type', TYPE);

/** Everything that would fail once objects of the type are used. */
export function typeMistakes(definition: TypeDefinition, around: Around): readonly Mistake[] {
  const found = shape.find(definition, '');
  // What follows reads what the shape promises.
  const isRight = (member: keyof TypeDefinition | 'ui.tabs') =>
    found.every(({ at }) => at !== member && !below(at, member));
  return [
    ...found,
    ...(isRight('fixedId') && isRight('suggestedId') ? idMistakes(definition) : []),
    ...(isRight('ui.tabs') && isRight('provides') ? tabMistakes(definition, around) : []),
    ...viewMistakes(definition, around),
    ...(isRight('publish') ? nameMistakes(definition) : []),
    ...(isRight('properties') ? capabilityMistakes(definition, around) : []),
    ...(isRight('properties') && isRight('answers') ? answerMistakes(definition) : []),
  ];
}

function below(at: string, member: string): boolean {
  return at.startsWith(`${member}.`) || at.startsWith(`${member}[`);
}

function idMistakes({ fixedId, suggestedId }: TypeDefinition): readonly Mistake[] {
  if (fixedId === undefined || fixedId === suggestedId) return [];
  return [{ at: 'suggestedId', says: `is '${suggestedId}', and its fixedId allows only '${fixedId}'.` }];
}

function tabMistakes(definition: TypeDefinition, { elements }: Around): readonly Mistake[] {
  const tabs = definition.ui?.tabs ?? [];
  const isThere = (element: string) => elements.has(element) || INTERFACE_TABS.includes(element);
  return tabs.flatMap(({ id: name, element }, index) => {
    const at = `ui.tabs[${index}]`;
    const why =
      tabs.findIndex((tab) => tab.id === name) < index ? 'is taken by another of its tabs' : givenTo(name, definition);
    const taken = why === undefined ? [] : [{ at: `${at}.id`, says: `is '${name}', which ${why}.` }];
    const says = `is '${element}', which no module defines. Put ${element}.js, which calls customElements.define('${element}', …), into the product's \`client\` folder.${meant(element, [...elements, ...INTERFACE_TABS])}`;
    return isThere(element) ? taken : [...taken, { at: `${at}.element`, says }];
  });
}

/** What the interface has a tab of its own for. */
function givenTo(id: TabInfo['id'], { contains, provides = [] }: TypeDefinition): string | undefined {
  const isOurs =
    (contains !== undefined && (id === 'contents' || id === 'properties')) ||
    (id === 'cache' && provides.some(({ capability }) => capability === CACHEABLE));
  return isOurs ? 'is a tab of the interface itself' : undefined;
}

/** A method of that name would be called in place of the view. Those of the root are not meant: it is a Folder. */
function viewMistakes({ publish, contains }: TypeDefinition, { views }: Around): readonly Mistake[] {
  const reached = views.filter(({ on }) => on === 'any' || (on === 'folder' && contains !== undefined));
  return Object.keys(publish?.methods ?? {}).flatMap((name) => {
    const hidden = reached.find((view) => view.name === name);
    if (hidden === undefined) return [];
    const whose = hidden.on === 'any' ? 'object' : 'folder';
    const says = `hides the view '${name}' that every ${whose} has. Use another name.`;
    return [{ at: `publish.methods.${name}`, says }];
  });
}

/** A method stands under the name that its endpoint is asked by. */
function nameMistakes({ publish }: TypeDefinition): readonly Mistake[] {
  return Object.entries(publish?.methods ?? {}).flatMap(([name, methods]) => {
    const stray = ([methods].flat() as Method[]).find(({ declared: { view = name } }) => view !== name);
    if (stray === undefined) return [];
    const { view } = stray.declared;
    const says = `answers the endpoint '${view}'. ${view === '' ? 'That is `publish.view`.' : 'Call it so.'}`;
    return [{ at: `publish.methods.${name}`, says }];
  });
}

function capabilityMistakes({ properties }: TypeDefinition, { provided }: Around): readonly Mistake[] {
  return Object.entries(properties).flatMap(([name, { to }]) => {
    if (to === undefined || provided.has(to.name)) return [];
    const says = `is '${to.name}', which no type that is loaded provides.${meant(to.name, [...provided])}`;
    return [{ at: `properties.${name}.to`, says }];
  });
}

/** Who answers for a property, and which property says that somebody does, have to agree. */
function answerMistakes({ properties, answers = {} }: TypeDefinition): readonly Mistake[] {
  const names = Object.keys(properties);
  const strays = Object.keys(answers).filter((name) => !names.includes(name));
  const silent = names.filter((name) => {
    const { widget, answers: isAsked } = properties[name]!.schema;
    return widget !== 'path' && isAsked === true && !Object.hasOwn(answers, name);
  });
  const unasked = names.filter((name) => Object.hasOwn(answers, name) && properties[name]!.schema.answers !== true);
  return [
    ...strays.map((name) => ({ at: `answers.${name}`, says: `names no property.${meant(name, names)}` })),
    ...silent.map((name) => ({
      at: `properties.${name}.answers`,
      says: `is true, and the type has no answers.${name}.`,
    })),
    ...unasked.map((name) => ({
      at: `answers.${name}`,
      says: `is never asked: properties.${name} has no \`answers: true\`.`,
    })),
  ];
}
