import { p } from '../../../schema/fields.ts';
import type { Warning } from '../../../schema/endpoints/objects.ts';
import { Unavailable } from '../../base/errors.ts';
import { follow, type Destination } from '../../manage/paths.ts';
import { Saying } from '../../manage/saying.ts';
import type { Store } from '../../memcache/store.ts';
import type { TreeObject } from '../../objects/object.ts';
import { clockWarnings } from '../sessions/clock-warnings.ts';
import { sharingWarnings } from './sharing.ts';
import { knownServers, sessionWarnings } from '../stores/servers.ts';
import { STORE, storeOf } from '../stores/store.ts';
import { SESSION_CONTAINER } from '../stores/session-container.ts';

/** What is said where there is no way to a store, before the reason. */
export const NO_PROXY = 'No proxy defined.';
const UNSET = `${NO_PROXY} Set 'proxy_path' on the Properties tab.`;

/** The property `proxy_path`: where what an object keeps is kept. */
export function proxyField(help: string) {
  return p.path({ to: STORE, title: 'Proxy path', help, whenAdding: true });
}

/** The property `prefix`: what keys begin with. */
export function prefixField(help: string) {
  return p.string({
    title: 'Key prefix',
    help,
    maxLength: 40,
    rule: (prefix) => (/^[A-Za-z0-9_-]*$/.test(prefix) ? undefined : 'Use letters, digits, "-" and "_".'),
  });
}

/** The store that an object's `proxy_path` leads to, or a refusal that says what is missing. */
export async function storeBehind(object: TreeObject): Promise<Store> {
  if (pathOf(object) === '') throw new Unavailable(UNSET);
  const { object: proxy, problem } = await proxyOf(object);
  if (proxy === undefined || problem !== undefined) throw new Unavailable(`${NO_PROXY} ${problem ?? ''}`);
  return storeOf(proxy);
}

/** What keeps the proxy from working keeps from it whoever uses it, too. */
export async function proxyWarnings(object: TreeObject): Promise<readonly Warning[]> {
  if (pathOf(object) === '') {
    const link = { label: 'Set the proxy path', path: object.path, tab: 'properties' };
    return [{ severity: 'danger', text: UNSET, short: 'No proxy defined', link }];
  }
  const { object: proxy } = await proxyOf(object);
  if (proxy === undefined) return [];
  const warnings = await new Saying(proxy).warnings();
  const grave = warnings.filter(({ severity }) => severity === 'danger');
  const forSessions = object.doesProvide(SESSION_CONTAINER) ? await warningsForSessions(proxy) : [];
  return [...grave, ...forSessions, ...(await sharingWarnings(proxy))];
}

async function warningsForSessions(proxy: TreeObject): Promise<readonly Warning[]> {
  const asked = await knownServers(await storeOf(proxy));
  return [...(await clockWarnings(proxy)), ...sessionWarnings(asked, proxy)];
}

function proxyOf(object: TreeObject): Promise<Destination> {
  return follow(object, STORE, pathOf(object));
}

function pathOf(object: TreeObject): string {
  return String(object.properties['proxy_path']);
}
