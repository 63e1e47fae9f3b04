import type { BodyOf, QueryOf } from '../../schema/endpoint.ts';
import {
  CHILD_PAGES,
  changeObject as change,
  listChildren,
  readObject,
  type ChangedMessage,
  type ChildrenMessage,
  type ObjectMessage,
} from '../../schema/endpoints/objects.ts';
import { call } from './call.ts';

// The first three are given to the tabs of products, too, which know no endpoints.

export function getObject(path: string, signal?: AbortSignal): Promise<ObjectMessage> {
  return call(readObject, path, { ...(signal && { signal }) });
}

/** Changes only the fields named. With a revision, a change that somebody made meanwhile is answered with 412. */
export function changeObject(path: string, body: BodyOf<typeof change>, revision?: number): Promise<ChangedMessage> {
  return call(change, path, body, { revision });
}

export function getChildren(
  folder: string,
  query: QueryOf<typeof listChildren> = {},
  signal?: AbortSignal,
): Promise<ChildrenMessage> {
  return call(listChildren, folder, { query, ...(signal && { signal }) });
}

/** The ids of all children that the filter leaves, in their order: as many pages as there are. */
export async function getChildIds(
  folder: string,
  { sort, order, filter }: QueryOf<typeof listChildren>,
): Promise<readonly string[]> {
  const ids = new Set<string>();
  for (let offset = 0, total = 1; offset < total; offset += CHILD_PAGES.largest) {
    const page = await getChildren(folder, { sort, order, filter, offset, limit: CHILD_PAGES.largest });
    total = page.total;
    for (const { id } of page.items) ids.add(id);
  }
  return [...ids];
}
