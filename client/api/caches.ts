import type {
  AssociationsMessage,
  CacheAnswer,
  CacheMessage,
  CacheStatisticsMessage,
} from '../../schema/messages/caches.ts';
import { request, viewOf } from './request.ts';

/** Which cache manager an object has chosen, and which ones it could. */
export function getCache(path: string, signal?: AbortSignal): Promise<CacheMessage> {
  return request('GET', viewOf(path, 'cache'), { ...(signal && { signal }) });
}

/** Chooses a cache manager by its id; empty: none. */
export function chooseCache(path: string, manager: string): Promise<CacheAnswer> {
  return request('POST', viewOf(path, 'cache'), { body: { manager } });
}

export function invalidate(path: string): Promise<CacheAnswer> {
  return request('POST', viewOf(path, 'invalidate'), { body: {} });
}

export interface AssociationsQuery {
  readonly show?: string;
  readonly type?: string;
  readonly deep?: string;
}

/** What a cache manager keeps, or could. */
export function getAssociations(
  manager: string,
  query: AssociationsQuery,
  signal?: AbortSignal,
): Promise<AssociationsMessage> {
  return request('GET', viewOf(manager, 'associations'), { query: { ...query }, ...(signal && { signal }) });
}

export function changeAssociations(
  manager: string,
  body: { readonly add: readonly string[]; readonly remove: readonly string[] },
): Promise<CacheAnswer> {
  return request('POST', viewOf(manager, 'associations'), { body });
}

export function getCacheStatistics(manager: string, signal?: AbortSignal): Promise<CacheStatisticsMessage> {
  return request('GET', viewOf(manager, 'statistics'), { ...(signal && { signal }) });
}

export function removeEntries(manager: string, paths: readonly string[]): Promise<CacheAnswer> {
  return request('POST', viewOf(manager, 'statistics'), { body: { paths } });
}
