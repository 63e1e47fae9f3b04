import { composed } from '../../schema/composed.ts';

/** Where the interface is: the object, its tab, and what the tab keeps in the address. */
export interface Route {
  readonly path: string;
  /** `undefined`: the object's first tab. */
  readonly tab: string | undefined;
  readonly query: URLSearchParams;
}

/** Under which the whole interface lives. */
export const BASE = '/manage';

/** `/manage/a/b/@properties?x=1` is the object /a/b, its tab "properties", and x. */
export function parseRoute(url: URL): Route {
  const names = url.pathname.slice(BASE.length).split('/').filter(Boolean).map(decode);
  const tab = names.at(-1)?.startsWith('@') ? names.pop()?.slice(1) : undefined;
  return { path: `/${names.join('/')}`, tab, query: url.searchParams };
}

/** The address of an object's tab, for links. */
export function addressOf(path: string, tab?: string, query: Readonly<Record<string, string>> = {}): string {
  const names = path.split('/').filter(Boolean).map(encodeURIComponent);
  const search = new URLSearchParams(query);
  return [BASE, ...names, ...(tab ? [`@${tab}`] : [])].join('/') + (search.size > 0 ? `?${search}` : '');
}

function decode(segment: string): string {
  try {
    return composed(decodeURIComponent(segment));
  } catch {
    return segment;
  }
}
