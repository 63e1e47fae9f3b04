import type { BodyOf, QueryOf } from '../../schema/endpoint.ts';
import {
  changeObject as change,
  consequencesOf,
  listChildren,
  readObject,
  type ChangedMessage,
  type ChangeOfPlace,
  type ChildrenMessage,
  type ConsequencesMessage,
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

export interface ConsequencesQuery {
  readonly ids: readonly string[];
  /** Delete unless said. */
  readonly action?: ChangeOfPlace;
  /** For a move or a copy: the folder. */
  readonly to?: string;
}

/** What deleting, renaming, moving or copying these children would cost. */
export function getConsequences(
  folder: string,
  { ids, action, to }: ConsequencesQuery,
  signal?: AbortSignal,
): Promise<ConsequencesMessage> {
  const query = { ids: ids.map(encodeURIComponent).join(','), action, to };
  return call(consequencesOf, folder, { query, ...(signal && { signal }) });
}
