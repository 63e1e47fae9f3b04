import { Observable } from './observable.ts';

/** Where the interface is: the object, its tab, and what the tab keeps in the address. */
export interface Place {
  readonly path: string;
  /** `undefined`: the object's first tab. */
  readonly tab: string | undefined;
  readonly query: URLSearchParams;
}

type Guard = () => boolean;

const BASE = '/manage';
const LEAVE = 'Your changes here are not saved. Leave without them?';

const guards = new Set<Guard>();
let index = Number(history.state?.index ?? 0);
let isReturning = false;

export const place = new Observable<Place>(parsePlace(location.href));

/** `/manage/a/b/@properties?x=1` is the object /a/b, its tab "properties", and x. */
export function parsePlace(href: string): Place {
  const url = new URL(href, location.origin);
  const names = url.pathname.slice(BASE.length).split('/').filter(Boolean).map(decode);
  const tab = names.at(-1)?.startsWith('@') ? names.pop()?.slice(1) : undefined;
  return { path: `/${names.join('/')}`, tab, query: url.searchParams };
}

/** The address of an object's tab, for links. */
export function addressOf(path: string, tab?: string, query?: Readonly<Record<string, string>>): string {
  const names = path.split('/').filter(Boolean).map(encodeURIComponent);
  const search = query && Object.keys(query).length > 0 ? `?${new URLSearchParams(query)}` : '';
  return [BASE, ...names, ...(tab ? [`@${tab}`] : [])].join('/') + search;
}

/** Goes to another address of the interface, if no form with unsaved changes holds it back. */
export function go(href: string, how: 'push' | 'replace' = 'push'): boolean {
  if (!mayLeave()) return false;
  if (how === 'push') index += 1;
  history[how === 'push' ? 'pushState' : 'replaceState']({ index }, '', href);
  place.set(parsePlace(href));
  return true;
}

/** Keeps a tab's own state (filter, sort order) in the address, without a step in the history. */
export function setQuery(values: Readonly<Record<string, string | undefined>>): void {
  const { path, tab, query } = place.get();
  const next = new URLSearchParams(query);
  for (const [name, value] of Object.entries(values)) {
    if (value) next.set(name, value);
    else next.delete(name);
  }
  const href = addressOf(path, tab, Object.fromEntries(next));
  history.replaceState({ index }, '', href);
  place.set(parsePlace(href));
}

/** While `isDirty` says so, leaving asks first. Gives the way to stop asking. */
export function guardLeaving(isDirty: Guard): () => void {
  guards.add(isDirty);
  return () => guards.delete(isDirty);
}

/** Makes links within the interface change the place instead of loading the page, and the back button too. */
export function listenToBrowser(): void {
  history.replaceState({ index }, '');
  addEventListener('click', onClick);
  addEventListener('popstate', onPopState);
  addEventListener('beforeunload', (event) => {
    if (isDirty()) event.preventDefault();
  });
}

function onClick(event: MouseEvent): void {
  if (
    event.defaultPrevented ||
    event.button !== 0 ||
    event.ctrlKey ||
    event.metaKey ||
    event.shiftKey ||
    event.altKey
  ) {
    return;
  }
  const link = event.composedPath().find((node) => node instanceof HTMLAnchorElement);
  if (!link || link.target || link.origin !== location.origin || !isOurs(link.pathname)) return;
  event.preventDefault();
  go(link.href);
}

function onPopState(event: PopStateEvent): void {
  if (isReturning) {
    isReturning = false;
    return;
  }
  const to = Number(event.state?.index ?? 0);
  if (!mayLeave()) {
    isReturning = true;
    history.go(index - to);
    return;
  }
  index = to;
  place.set(parsePlace(location.href));
}

function isOurs(pathname: string): boolean {
  return pathname === BASE || pathname.startsWith(`${BASE}/`);
}

function isDirty(): boolean {
  return [...guards].some((guard) => guard());
}

function mayLeave(): boolean {
  return !isDirty() || confirm(LEAVE);
}

function decode(segment: string): string {
  try {
    return decodeURIComponent(segment);
  } catch {
    return segment;
  }
}
