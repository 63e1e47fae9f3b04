import type { ServiceChange } from '../../schema/endpoints/clipboard.ts';
import { isWithin } from '../../schema/paths.ts';
import type { TreeReader } from '../objects/reader.ts';
import type { TreeObject } from '../objects/object.ts';
import type { Need } from '../objects/types.ts';
import { CACHEABLE, chosenCacheManager, findCacheManager, CACHE_MANAGER } from '../publisher/invoke-cached.ts';
import type { Call } from '../publisher/call.ts';
import { SEE } from './describe.ts';

/** So many objects of each kind are looked at: more need long to be read. */
const MOST_USERS = 1_000;
const MOST_PAGES = 100_000;
const MOST_NAMED = 3;

/** Who finds a service upward. */
interface User {
  readonly object: TreeObject;
  /** It stands for everything in it, too. */
  readonly isForAll: boolean;
  readonly loss: string;
  readonly find: () => Promise<TreeObject | undefined>;
}

interface Finding {
  readonly user: User;
  readonly before: TreeObject;
  /** Where that was. */
  readonly beforePath: string;
}

/** A finding that a change of the tree turned into another one. */
export interface Changed extends Finding {
  readonly after: TreeObject | undefined;
}

/** What objects find upward without naming it by a path: asked before a change of the tree, and compared after it. */
export class Services {
  readonly #before: readonly Finding[];

  private constructor(before: readonly Finding[]) {
    this.#before = before;
  }

  /**
   * `changed`: what goes, comes, or has another id. `places`: the folders and objects whose surroundings that may alter for
   * all that is in them.
   */
  static async before(changed: readonly TreeObject[], places: readonly TreeObject[]): Promise<Services> {
    const [first] = changed;
    const users = [
      ...new Set(places).values().flatMap((place) => servedAt(place)),
      ...(first === undefined ? [] : await needyObjects(first.tree)),
      ...(await pagesConcerned(changed)).map(cachedPage),
    ];
    const findings = users.map(async (user) => ({ user, before: await user.find() }));
    const found = (await Promise.all(findings)).flatMap(({ user, before }) =>
      before === undefined ? [] : [{ user, before, beforePath: before.path }],
    );
    return new Services(found);
  }

  /** Who finds another one now, or none. `gone`: the paths of what was taken out of the tree. */
  async changes(gone: readonly string[] = []): Promise<readonly Changed[]> {
    const there = this.#before.filter(({ user }) => !gone.some((path) => isWithin(user.object.path, path)));
    const now = await Promise.all(there.map(({ user }) => user.find()));
    return there.flatMap((finding, index) => {
      const after = now[index];
      return finding.before === after ? [] : [{ ...finding, after }];
    });
  }
}

/** Changes in words, those of one kind together, as far as the caller may see them. */
export function nameChanges(changes: readonly Changed[], call: Call): readonly ServiceChange[] {
  const seen = changes.filter(({ user, before }) => call.may(SEE, user.object) && call.may(SEE, before));
  const kinds = Map.groupBy(seen, ({ user, before, after }) => JSON.stringify([user.isForAll, before.oid, after?.oid]));
  return Array.from(kinds.values(), (alike) => describe(alike, call));
}

function describe(alike: readonly Changed[], call: Call): ServiceChange {
  const [{ user, before, beforePath, after }] = alike as [Changed, ...Changed[]];
  const paths = alike.map((each) => each.user.object.path);
  const areAll = user.isForAll && user.object.isFolder;
  const who = areAll ? `Everything in ${listOf(paths)}` : listOf(paths);
  const verb = areAll || paths.length === 1 ? 'finds' : 'find';
  const seen = after !== undefined && call.may(SEE, after) ? after.path : null;
  const found =
    after === undefined ? `no ${before.type}: ${user.loss}` : `${seen ?? 'another'} in place of ${beforePath}`;
  return {
    users: paths.slice(0, MOST_NAMED),
    count: paths.length,
    before: beforePath,
    after: seen,
    text: `${who} ${verb} ${found}`,
  };
}

/** "/a", "/a and /b", "/a, /b, /c and 4 more". */
function listOf(paths: readonly string[]): string {
  const more = paths.length - MOST_NAMED;
  const named = more > 0 ? [...paths.slice(0, MOST_NAMED), `${more} more`] : paths;
  return named.length < 2 ? named.join('') : `${named.slice(0, -1).join(', ')} and ${named.at(-1)}`;
}

/** Pages that chose a cache manager: all where one is changed, otherwise those that are changed themselves. */
async function pagesConcerned(changed: readonly TreeObject[]): Promise<readonly TreeObject[]> {
  const [first] = changed;
  if (first === undefined) return [];
  const { tree } = first;
  const managers = await tree.ofTypes(tree.database.types.providing(CACHE_MANAGER), MOST_USERS);
  if (managers.length === 0) return [];
  if (managers.some(({ path }) => changed.some((object) => isWithin(path, object.path)))) return cachedPages(tree);
  const inside = await Promise.all(changed.map((object) => tree.inside(object, MOST_USERS)));
  return [...changed, ...inside.flat()].filter((object) => chosenCacheManager(object) !== '');
}

/** The objects that chose a cache manager. */
export async function cachedPages(tree: TreeReader): Promise<readonly TreeObject[]> {
  const pages = await tree.ofTypes(tree.database.types.providing(CACHEABLE), MOST_PAGES);
  return pages.filter((page) => chosenCacheManager(page) !== '');
}

function cachedPage(object: TreeObject): User {
  return { object, isForAll: false, loss: 'made anew each time', find: () => findCacheManager(object) };
}

/** What everything at a place finds: one user for each kind of service, if visitors come there. */
function servedAt(place: TreeObject): readonly User[] {
  if (!place.isFolder && place.definition?.publish?.view === undefined) return [];
  const services = place.tree.database.types.all().flatMap(({ serves = [] }) => serves);
  const kinds = new Map(services.map((service) => [service.capability.name, service]));
  return Array.from(kinds.values(), (service) => userOf(place, true, service));
}

async function needyObjects(tree: TreeReader): Promise<readonly User[]> {
  const needy = tree.database.types.all().filter(({ needs }) => needs !== undefined);
  const names = needy.map(({ type }) => type);
  const objects = await tree.ofTypes(names, MOST_USERS);
  return objects.flatMap((object) => (object.definition?.needs ?? []).map((need) => userOf(object, false, need)));
}

function userOf(object: TreeObject, isForAll: boolean, { capability, loss }: Pick<Need, 'capability' | 'loss'>): User {
  return { object, isForAll, loss, find: () => object.findService(capability) };
}
