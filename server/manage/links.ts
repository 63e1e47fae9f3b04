import type { PathProperty } from '../../schema/endpoints/clipboard.ts';
import type { TreeObject } from '../objects/object.ts';
import type { TreeTransaction } from '../objects/transaction.ts';
import {
  CHOSEN_CACHE_MANAGER,
  CHANGE_CACHE_SETTINGS,
  chosenCacheManager,
  findCacheManager,
  CACHE_MANAGER,
} from '../publisher/invoke-cached.ts';
import type { Call, ChangingCall } from '../publisher/call.ts';
import type { PathLink } from '../storage/storage.ts';
import { changePermission, SEE } from './describe.ts';
import { cachedPages } from './services.ts';

/** A path property that leads to an object, or into it. */
export interface LinkOf {
  readonly object: TreeObject;
  readonly link: PathLink;
}

/** What became of the paths that led to an object's old place, as far as the caller may see whose they are. */
export interface Followed {
  readonly updated: readonly PathProperty[];
  /** They lead nowhere now: the caller may not change them, or did not want to. */
  readonly dangling: readonly PathProperty[];
}

export const NOTHING_FOLLOWED: Followed = { updated: [], dangling: [] };

/**
 * Sets the paths that led to an object's old place, or into it, to where it is now: those that the caller may change.
 * `isWanted`: false leaves all of them as they are.
 */
export async function followTo(
  moved: TreeObject,
  oldPath: string,
  call: ChangingCall,
  isWanted: boolean,
): Promise<Followed> {
  const links = await call.tree.pointingTo(oldPath);
  const followed = isWanted ? links.filter(({ object }) => mayFollow(object, call)) : [];
  for (const { object, link } of followed) {
    const path = moved.path + link.path.slice(oldPath.length);
    call.tree.change(object, { properties: { [link.property]: path } });
  }
  const left = links.filter((link) => !followed.includes(link) && call.may(SEE, link.object));
  return { updated: nameLinks(followed), dangling: nameLinks(left) };
}

/** The pages that a cache manager keeps know it by its id. To be asked before it has another one. */
export async function pagesOf(manager: TreeObject): Promise<readonly TreeObject[]> {
  if (!manager.doesProvide(CACHE_MANAGER)) return [];
  const pages = await cachedPages(manager.tree);
  const named = pages.filter((page) => chosenCacheManager(page) === manager.id);
  const found = await Promise.all(named.map(findCacheManager));
  return named.filter((_, index) => found[index] === manager);
}

/** Lets pages choose a cache manager by the id that it has now. */
export function chooseAgain(
  pages: readonly TreeObject[],
  manager: TreeObject,
  tree: TreeTransaction,
  { may }: Call,
): Followed {
  const followed = pages.filter((page) => may(CHANGE_CACHE_SETTINGS, page));
  for (const page of followed) tree.change(page, { properties: { [CHOSEN_CACHE_MANAGER]: manager.id } });
  const named = (object: TreeObject): PathProperty => ({ path: object.path, property: 'the cache manager' });
  const left = pages.filter((page) => !followed.includes(page) && may(SEE, page));
  return { updated: followed.map(named), dangling: left.map(named) };
}

export function together(all: readonly Followed[]): Followed {
  return { updated: all.flatMap(({ updated }) => updated), dangling: all.flatMap(({ dangling }) => dangling) };
}

export function mayFollow(object: TreeObject, call: Call): boolean {
  return call.may(changePermission(object.definition), object);
}

function nameLinks(links: readonly LinkOf[]): readonly PathProperty[] {
  return links.map(({ object, link: { property } }) => ({ path: object.path, property }));
}
