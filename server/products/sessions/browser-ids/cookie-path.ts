import { encodeUrlPath } from '../../../../schema/paths.ts';
import type { TreeObject } from '../../../objects/object.ts';
import { BROWSER_IDS } from './browser-ids.ts';

/** Whether browsers send a cookie of a path to an address (RFC 6265, 5.1.4). */
export function isSentTo(address: string, cookiePath: string): boolean {
  if (!address.startsWith(cookiePath)) return false;
  return address === cookiePath || cookiePath.endsWith('/') || address[cookiePath.length] === '/';
}

/** What a cookie path leaves without sessions of the pages that a manager serves: those in its folder. Empty: nothing. */
export function missedBy(cookiePath: string, manager: TreeObject): string {
  const folder = manager.parent?.path ?? '/';
  const address = encodeUrlPath(folder);
  if (isSentTo(address, cookiePath)) return '';
  const pages = isSentTo(cookiePath, address) ? `pages elsewhere in ${folder}` : `pages in ${folder}`;
  const remedy = address === '/' ? 'Use "/"' : `Use "${address}" or "/"`;
  return `Browsers send the id to addresses below ${cookiePath} alone: ${pages} begin a new session at every visit. ${remedy}, unless only an application at ${cookiePath} reads it.`;
}

/** Why the interface, whose addresses begin with /api, does not see the session of whoever uses it. Empty: it does. */
export async function unseenAt(object: TreeObject): Promise<string> {
  const browserIds = await object.findService(BROWSER_IDS);
  if (browserIds === undefined) return '';
  const path = String(browserIds.properties['cookie_path']);
  if (isSentTo(`/api${encodeUrlPath(object.path)}/@test`, path)) return '';
  return `Browsers send the id to addresses below ${path} alone, and this tab asks below /api. Each item that is added begins another session. The cookie path of ${browserIds.path} says so.`;
}
