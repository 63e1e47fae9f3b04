import type { KeyGroup, KeyKind } from '../../../schema/endpoints/keys.ts';
import type { TreeObject } from '../../objects/object.ts';
import type { SessionContainer } from '../../sessions/container.ts';
import { SESSION_CONTAINER } from './session-container.ts';

/** The keys of Trellis: perhaps the prefixes of an installation and a cache, a letter that says what for, a hash of whose it is. */
const OURS = /^(?:[A-Za-z0-9_-]{1,40}:){0,2}([scv])-[A-Za-z0-9_-]{12}:/;
const KINDS: Readonly<Record<string, KeyKind>> = { s: 'session', c: 'cache', v: 'other' };
const NAMES: Readonly<Record<string, string>> = { s: 'Sessions', c: 'Cached values', v: 'Values of products' };
/** What other programs separate the parts of their keys with. */
const THEIRS = /^[^:/]{1,60}[:/]/;

/** The prefix of a group of keys, and what they are for. */
export type GroupName = Pick<KeyGroup, 'prefix' | 'kind'>;

/** What a key is for, and what it begins with together with others of its kind. */
export function groupOf(key: string): GroupName {
  const [ours, letter = ''] = OURS.exec(key) ?? [];
  if (ours !== undefined) return { prefix: ours, kind: KINDS[letter] ?? 'other' };
  return { prefix: THEIRS.exec(key)?.[0] ?? '', kind: 'other' };
}

/** A session data container of this tree that keeps its sessions behind a proxy. */
export interface Owner {
  readonly path: string;
  readonly container: SessionContainer;
}

/** The containers behind a proxy, by what the keys of their sessions begin with on the servers. */
export async function ownersBehind(proxy: TreeObject, installationPrefix: string): Promise<ReadonlyMap<string, Owner>> {
  const owners = new Map<string, Owner>();
  for (const { object, link } of await proxy.tree.pointingTo(proxy.path)) {
    if (link.path !== proxy.path || !object.doesProvide(SESSION_CONTAINER)) continue;
    const container = await object.provide(SESSION_CONTAINER);
    owners.set(`${installationPrefix}${container.keyPrefix}:`, { path: object.path, container });
  }
  return owners;
}

/** Whose the keys of a group are, in a few words. */
export function aboutGroup(
  { prefix, kind }: GroupName,
  owners: ReadonlyMap<string, Owner>,
  installationPrefix: string,
): string {
  const owner = owners.get(prefix);
  if (owner !== undefined) return `Sessions of ${owner.path}`;
  const name = NAMES[OURS.exec(prefix)?.[1] ?? ''];
  if (name === undefined) return '';
  if (!prefix.startsWith(installationPrefix)) return `${name} of another installation`;
  return kind === 'session' ? 'Sessions that were ended, or whose container is gone' : name;
}

/** Whether a key is one of this installation's own, for whatever it is. */
export function isOurs(key: string, installationPrefix: string): boolean {
  return key.startsWith(installationPrefix) && OURS.test(key);
}
