import type { CheckMessage, CheckRequest } from '../../schema/endpoints/forms.ts';
import type {
  AddRequest,
  ChangeOfPlace,
  ChangedMessage,
  ChangeRequest,
  ChildrenMessage,
  ConsequencesMessage,
  ObjectMessage,
  RenamedMessage,
  RenameRequest,
  SearchMessage,
  TypeInfo,
} from '../../schema/endpoints/objects.ts';
import type { CopiedMessage, CopyRequest, MovedMessage, MoveRequest } from '../../schema/endpoints/clipboard.ts';
import { request, viewOf } from './request.ts';

export interface ChildrenQuery {
  readonly offset?: number;
  readonly limit?: number;
  readonly sort?: string;
  readonly order?: 'asc' | 'desc';
  readonly filter?: string;
}

export function getObject(path: string, signal?: AbortSignal): Promise<ObjectMessage> {
  return request('GET', path, { ...(signal && { signal }) });
}

export function addObject(folder: string, body: AddRequest): Promise<ObjectMessage> {
  return request('POST', folder, { body });
}

/** Changes only the fields named. With a revision, a change that somebody made meanwhile is answered with 412. */
export function changeObject(path: string, body: ChangeRequest, revision?: number): Promise<ChangedMessage> {
  return request('PATCH', path, { body, ...(revision !== undefined && { revision }) });
}

export function deleteObject(path: string): Promise<void> {
  return request('DELETE', path);
}

export function renameObject(folder: string, body: RenameRequest): Promise<RenamedMessage> {
  return request('POST', viewOf(folder, 'rename'), { body });
}

/** Copies objects into a folder, with what is in them. */
export function copyObjects(folder: string, body: CopyRequest): Promise<CopiedMessage> {
  return request('POST', viewOf(folder, 'copy'), { body });
}

/** Moves objects into a folder: all of them, or none. */
export function moveObjects(folder: string, body: MoveRequest): Promise<MovedMessage> {
  return request('POST', viewOf(folder, 'move'), { body });
}

export function getChildren(folder: string, query: ChildrenQuery = {}, signal?: AbortSignal): Promise<ChildrenMessage> {
  return request('GET', viewOf(folder, 'children'), { query: { ...query }, ...(signal && { signal }) });
}

export function getTypes(folder: string, signal?: AbortSignal): Promise<readonly TypeInfo[]> {
  return request('GET', viewOf(folder, 'types'), { ...(signal && { signal }) });
}

/** How values would stand if they were saved. Looks, changes nothing. */
export function checkProperties(path: string, body: CheckRequest, signal?: AbortSignal): Promise<CheckMessage> {
  return request('POST', viewOf(path, 'check'), { body, ...(signal && { signal }) });
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
  return request('GET', viewOf(folder, 'consequences'), { query, ...(signal && { signal }) });
}

export function search(text: string, signal?: AbortSignal): Promise<SearchMessage> {
  return request('GET', '/@search', { query: { text }, ...(signal && { signal }) });
}
