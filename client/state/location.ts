import type { ReactiveController, ReactiveControllerHost } from 'lit';
import { Observable } from './observable.ts';
import { BASE, addressOf, parseRoute, type Route } from './route.ts';

type Guard = () => boolean;

const LEAVE = 'Your changes here are not saved. Leave without them?';

const guards = new Set<Guard>();
let index = Number(history.state?.index ?? 0);
let isReturning = false;

export const route = new Observable<Route>(here());

/** Goes to another address of the interface, if no form with unsaved changes holds it back. */
export function go(href: string, how: 'push' | 'replace' = 'push'): boolean {
  if (!mayLeave()) return false;
  if (how === 'push') index += 1;
  history[how === 'push' ? 'pushState' : 'replaceState']({ index }, '', href);
  route.set(here());
  return true;
}

/** Keeps a tab's own state (filter, sort order) in the address, without a step in the history. */
export function setQuery(values: Readonly<Record<string, string | undefined>>): void {
  const { path, tab, query } = route.get();
  const next = new URLSearchParams(query);
  for (const [name, value] of Object.entries(values)) {
    if (value) next.set(name, value);
    else next.delete(name);
  }
  const href = addressOf(path, tab, Object.fromEntries(next));
  history.replaceState({ index }, '', href);
  route.set(here());
}

/** While an element is shown and has changes that are not saved, leaving asks first. */
export class GuardedLeaving implements ReactiveController {
  readonly #hasChanges: Guard;

  constructor(host: ReactiveControllerHost, hasChanges: Guard) {
    this.#hasChanges = hasChanges;
    host.addController(this);
  }

  hostConnected(): void {
    guards.add(this.#hasChanges);
  }

  hostDisconnected(): void {
    guards.delete(this.#hasChanges);
  }
}

/** Makes links within the interface change the route instead of loading the page, and the back button too. */
export function listenToBrowser(): void {
  history.replaceState({ index }, '');
  addEventListener('click', onClick);
  addEventListener('popstate', onPopState);
  addEventListener('beforeunload', (event) => {
    if (isDirty()) event.preventDefault();
  });
}

function here(): Route {
  return parseRoute(new URL(location.href));
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
  route.set(here());
}

function isOurs(pathname: string): boolean {
  return pathname === BASE || pathname.startsWith(`${BASE}/`);
}

/** Whether some form has changes that are not saved. */
export function isDirty(): boolean {
  return [...guards].some((guard) => guard());
}

function mayLeave(): boolean {
  return !isDirty() || confirm(LEAVE);
}
