import { p, type ValuesOf } from '../../../schema/fields.ts';
import type { CacheSettings } from '../../caching/page-cache.ts';
import type { TreeObject } from '../../objects/object.ts';

/** What every cache manager lets one set, wherever it keeps pages: which query values tell them apart, and their age. */
export function cacheFields(requestNames: readonly string[] = []) {
  return {
    request_names: p.lines({
      title: 'Request values',
      help: 'Names of query values that tell answers apart, one on each line; AUTHENTICATED_USER for who is signed in. A page that depends on another value is not kept.',
      placeholder: 'page',
      maxLines: 50,
      default: requestNames,
    }),
    max_age_seconds: p.integer({
      title: 'Maximum age',
      help: 'An older answer is made anew, though nothing has changed that it was made from.',
      default: 3600,
      minimum: 1,
      maximum: 31_536_000,
      unit: 'seconds',
    }),
  };
}

export function cacheSettings({ properties }: TreeObject): CacheSettings {
  const { request_names, max_age_seconds } = properties as unknown as ValuesOf<ReturnType<typeof cacheFields>>;
  return { requestNames: request_names.map((name) => name.trim()).filter(Boolean), maxAgeSeconds: max_age_seconds };
}
