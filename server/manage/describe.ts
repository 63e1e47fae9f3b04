import { formSchema } from '../../schema/fields.ts';
import { RESERVED_IN_ROOT } from '../../schema/ids.ts';
import type { FormSchema } from '../../schema/form-schema.ts';
import type { ChildItem, LinkHere, ObjectMessage, TabInfo, TypeInfo, Warning } from '../../schema/endpoints/objects.ts';
import type { TreeReader } from '../objects/reader.ts';
import type { TreeObject } from '../objects/object.ts';
import type { TypeDefinition } from '../objects/types.ts';
import { CACHEABLE, chosenCacheManager, findCacheManager, CACHE_MANAGER } from '../publisher/invoke-cached.ts';
import type { Call } from '../publisher/call.ts';
import { siteOf } from '../site/site.ts';
import { follow } from './paths.ts';
import { Saying } from './saying.ts';

/** What it takes to see an object in interface and API. */
export const SEE = 'View management screens';

const CHANGES_SHOWN = 5;
const LINKS_SHOWN = 50;
const SERVICES_NAMED = 3;

/** Tabs that follow from what an object is, not from its type's own declaration. */
const CONTENTS: TabInfo = { id: 'contents', label: 'Contents', element: 'contents-tab' };
const PROPERTIES: TabInfo = { id: 'properties', label: 'Properties', element: 'properties-tab' };
/** How sessions and servers were: of the whole site at its root, and of what keeps them. */
export const OVERVIEW: TabInfo = { id: 'overview', label: 'Overview', element: 'overview-tab' };
const CACHE: TabInfo = { id: 'cache', label: 'Cache', element: 'cache-tab' };

/** An object as the API shows it. */
export async function describeObject(object: TreeObject, call: Call): Promise<ObjectMessage> {
  const { state, definition } = object;
  const said = new Saying(object);
  const [count, tabs] = [await said.count(), await countedTabs(object, said)];
  return {
    path: object.path,
    id: object.id,
    type: object.type,
    title: object.title,
    icon: iconOf(object),
    description: definition?.description ?? object.problem?.text ?? '',
    revision: state.revision,
    created: timeText(state.created),
    modified: timeText(state.modified),
    modifiedBy: state.modifiedBy,
    owner: state.owner,
    properties: object.properties,
    schema: schemaOf(definition),
    tabs,
    warnings: await warningsOf(object, said),
    addable: addableTypes(object, call).map(({ type }) => type),
    isFolder: object.isFolder,
    isTemporary: definition?.contains === 'volatile' || object.oid < 0,
    isBroken: definition === undefined,
    changePermission: changePermission(definition),
    may: {
      change: definition !== undefined && call.may(changePermission(definition), object),
      delete: object.parent !== null && call.may('Delete objects', object.parent),
      add: addableTypes(object, call).length > 0,
      deleteChildren: object.isFolder && call.may('Delete objects', object),
    },
    count: count ?? null,
    pointsHere: await linksHere(object),
    lastChanges: await lastChanges(object),
  };
}

/** An object as a row of its folder's contents. */
export async function describeChild(object: TreeObject): Promise<ChildItem> {
  const childCount = await object.tree.childCount(object);
  const said = new Saying(object);
  const ownSize = await said.size();
  return {
    id: object.id,
    ...listed(object),
    size: object.isFolder ? childCount : bytesOf(object),
    sizeLabel: ownSize ?? sizeLabel(object, childCount),
    modified: timeText(object.state.modified),
    modifiedBy: object.state.modifiedBy,
    warnings: await warningsOf(object, said),
    isFolder: object.isFolder,
  };
}

/** An entry of the add list. A path for which only one object would do is that object's from the start. */
export async function describeType(definition: TypeDefinition, tree: TreeReader): Promise<TypeInfo> {
  const { type, description, icon, group, suggestedId } = definition;
  const schema = await withPresets(schemaOf(definition), tree);
  return { type, title: type, description, icon, group, suggestedId, schema };
}

async function withPresets(schema: FormSchema, tree: TreeReader): Promise<FormSchema> {
  const fields = Object.entries(schema.properties).map(async ([name, field]) => {
    if (field.widget !== 'path' || field.default !== '') return [name, field] as const;
    const [only, another] = await tree.ofTypes(tree.database.types.providing({ name: field.provides ?? '' }), 2);
    return [name, only === undefined || another !== undefined ? field : { ...field, default: only.path }] as const;
  });
  return { ...schema, properties: Object.fromEntries(await Promise.all(fields)) };
}

/** The types that the caller may add to a folder, in the order in which products bring them. */
export function addableTypes(folder: TreeObject, call: Call): readonly TypeDefinition[] {
  if (folder.definition?.contains === undefined) return [];
  const types = folder.tree.database.types.all();
  return types.filter((definition) => definition.hidden !== true && call.may(definition.addPermission, folder));
}

/**
 * Standing conditions: a type that is missing, a path that leads nowhere, what the type itself has to say, and that it
 * failed at that, or at what it `said` before.
 */
export async function warningsOf(object: TreeObject, said = new Saying(object)): Promise<readonly Warning[]> {
  const { definition, problem } = object;
  if (definition === undefined) {
    const text = `${problem?.text ?? ''} The object can be read and deleted, and works again when the product is there that it was made with.`;
    return [{ severity: 'danger', text, short: problem?.short ?? '' }];
  }
  const own = await said.warnings();
  const missing = [...(await brokenPaths(object, definition)), ...(await missingServices(object, definition))];
  return [...reservedId(object), ...missing, ...own];
}

export function changePermission(definition: TypeDefinition | undefined): string {
  return definition?.changePermission ?? 'Manage properties';
}

/** An object as every list has it. */
export function listed(object: TreeObject) {
  const { path, type, title } = object;
  return { path, type, icon: iconOf(object), title };
}

export function iconOf(object: TreeObject): string {
  return object.definition?.icon ?? 'ban';
}

/** The objects with a path property that leads exactly here. */
async function linksHere(object: TreeObject): Promise<readonly LinkHere[]> {
  const links = await object.tree.pointingTo(object.path);
  const exact = links.filter(({ link }) => link.path === object.path).slice(0, LINKS_SHOWN);
  return Promise.all(exact.map(({ object: user, link }) => describeLink(user, link.property)));
}

export async function describeLink(user: TreeObject, property: string): Promise<LinkHere> {
  return {
    ...listed(user),
    property,
    note: (await new Saying(user).size()) ?? '',
    loss: user.definition?.loss ?? 'it will lead nowhere',
  };
}

function schemaOf(definition: TypeDefinition | undefined): FormSchema {
  return formSchema(definition?.properties ?? {});
}

/** A folder begins with its contents, everything else with its form, unless the type itself says where its form is. */
function tabsOf(object: TreeObject, childCount: number): readonly TabInfo[] {
  const own = object.definition?.ui?.tabs ?? [];
  if (object.isFolder) {
    const site = object.parent === null ? [OVERVIEW] : [];
    return [{ ...CONTENTS, count: childCount }, ...own, ...site, PROPERTIES];
  }
  return own.some(({ id }) => id === 'settings' || id === 'properties') ? own : [PROPERTIES, ...own];
}

async function countedTabs(object: TreeObject, said: Saying): Promise<readonly TabInfo[]> {
  const own = tabsOf(object, await object.tree.childCount(object));
  const tabs = (await couldBeKept(object)) ? [...own, CACHE] : own;
  const { tabModules } = siteOf(object);
  const counts = new Map(Object.entries(await said.tabCounts()));
  return tabs.map((tab) => {
    const count = counts.get(tab.id);
    const module = tabModules.get(tab.element);
    return { ...tab, ...(count === undefined ? {} : { count }), ...(module === undefined ? {} : { module }) };
  });
}

/** Whether a cache manager could keep the object's page, or is meant to. */
async function couldBeKept(object: TreeObject): Promise<boolean> {
  if (!object.doesProvide(CACHEABLE)) return false;
  return chosenCacheManager(object) !== '' || (await object.findService(CACHE_MANAGER)) !== undefined;
}

/** Of a tree that was made before its id was reserved. */
function reservedId({ id, parent, path }: TreeObject): readonly Warning[] {
  if (parent === null || parent.parent !== null || !RESERVED_IN_ROOT.includes(id)) return [];
  const text = `Not published: the server keeps the address '${path}' for itself. Rename the object to publish it again.`;
  return [{ severity: 'warning', text, short: 'Its address is reserved' }];
}

async function brokenPaths(object: TreeObject, definition: TypeDefinition): Promise<readonly Warning[]> {
  const warnings: Warning[] = [];
  for (const [name, { schema, to }] of Object.entries(definition.properties)) {
    const path = (object.properties as Readonly<Record<string, unknown>>)[name];
    if (to === undefined || typeof path !== 'string') continue;
    const { problem } = await follow(object, to, path);
    if (problem === undefined) continue;
    const tab = tabsOf(object, 0).find(({ id }) => id === 'properties' || id === 'settings')?.id ?? 'properties';
    warnings.push({
      severity: 'danger',
      text: `${definition.ui?.broken ?? `${schema.title}:`} ${problem}`,
      short: `${name} leads nowhere`,
      link: { label: `Set ${schema.title}`, path: object.path, tab },
    });
  }
  return warnings;
}

/** What it needs and does not find upward; a page that was to be kept needs its cache manager. */
async function missingServices(object: TreeObject, definition: TypeDefinition): Promise<readonly Warning[]> {
  const warnings: Warning[] = [];
  const link = { label: 'Add one', path: '/', tab: 'contents' };
  for (const { capability, text, short } of definition.needs ?? []) {
    if ((await object.findService(capability)) === undefined) warnings.push({ severity: 'danger', text, short, link });
  }
  if (object.parent === null) warnings.push(...(await unserved(object)));
  const chosen = chosenCacheManager(object);
  if (chosen !== '' && object.doesProvide(CACHEABLE) && (await findCacheManager(object)) === undefined) {
    const text = `Its page is made anew each time: no cache manager named ${chosen} could be found.`;
    const elsewhere = { label: 'Choose another', path: object.path, tab: CACHE.id };
    warnings.push({ severity: 'warning', text, short: 'No cache manager', link: elsewhere });
  }
  return warnings;
}

/** What nothing in the root is there for; what there is further down serves its own folder. */
async function unserved(root: TreeObject): Promise<readonly Warning[]> {
  const { types } = root.tree.database;
  const warnings: Warning[] = [];
  for (const { type, serves = [] } of types.all()) {
    for (const { capability, loss, remedy } of serves) {
      if ((await root.findService(capability)) !== undefined) continue;
      const below = await root.tree.ofTypes(types.providing(capability), SERVICES_NAMED);
      const folders = below.map(({ parent }) => parent?.path ?? '/').join(', ');
      const what = `${loss.charAt(0).toUpperCase()}${loss.slice(1)}`;
      const text =
        below.length === 0
          ? `${what}: no ${type} could be found.`
          : `${what} except in ${folders}: no ${type} could be found in the root.`;
      const link = { label: remedy.label, path: root.path, tab: remedy.tab };
      warnings.push({ severity: below.length === 0 ? 'warning' : 'info', text, short: what, link });
    }
  }
  return warnings;
}

function sizeLabel(object: TreeObject, childCount: number): string {
  if (object.isFolder) return childCount === 1 ? '1 item' : `${childCount.toLocaleString('en')} items`;
  return bytesLabel(bytesOf(object));
}

/** The bytes of the content; of the properties where there is none. */
function bytesOf(object: TreeObject): number {
  return object.content?.size ?? Buffer.byteLength(JSON.stringify(object.state.properties));
}

/** As Zope shows sizes: never less than 1 KiB, whole KiB, then MiB with two decimals. */
function bytesLabel(bytes: number): string {
  if (bytes < 1024 * 1024) return `${Math.max(1, Math.round(bytes / 1024))} KiB`;
  return `${(bytes / 1024 / 1024).toFixed(2)} MiB`;
}

async function lastChanges(object: TreeObject): Promise<ObjectMessage['lastChanges']> {
  const revisions = await object.tree.revisions(object, CHANGES_SHOWN);
  return revisions.map(({ time, user, description }) => ({ time: timeText(time), user, description }));
}

export function timeText(time: number): string {
  return new Date(time).toISOString();
}

export function timeOrNull(time: number | null): string | null {
  return time === null ? null : timeText(time);
}
