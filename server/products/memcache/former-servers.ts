import { parseServers, type Address } from '../../memcache/server/addresses.ts';
import type { ClusterOptions, FormerServer } from '../../memcache/cluster/cluster.ts';
import type { TreeObject } from '../../objects/object.ts';
import { CACHE_MANAGER } from '../../publisher/invoke-cached.ts';
import { keepSeconds } from '../../sessions/record/lifetime.ts';
import { siteOf } from '../../site/site.ts';
import { settingsOf } from '../sessions/container/containers.ts';
import { replicasOf } from '../stores/store.ts';
import { SESSION_CONTAINER } from '../stores/session-container.ts';

const REVISIONS_LOOKED_AT = 1_000;
/** For a product that keeps values by itself, and says nowhere for how long. */
const UNKNOWN_S = 24 * 60 * 60;

/** A server as the revisions of a proxy tell of it: which transaction named it first, and which took it out. */
interface Named {
  readonly address: Address;
  namedIn: number;
  readonly takenOutIn: number;
  readonly removedAt: number;
}

/** What all keys of a proxy begin with. */
export function prefixOf(proxy: TreeObject, properties: Readonly<Record<string, unknown>> = proxy.properties): string {
  const { prefix = '' } = properties;
  return `${prefix === '' ? siteOf(proxy).installation.slice(0, 8) : String(prefix)}:`;
}

/** The keys of a proxy, as they are noted: with another prefix, nothing that was stored before is found. */
export function scopeOf(proxy: TreeObject): string {
  return `${proxy.oid} ${prefixOf(proxy)}`;
}

/**
 * Which servers a proxy named before, and when they, or how many of them keep a copy, were last changed: from its own
 * revisions. Of those that were named since notes are kept, only the ones where something was stored may hold anything.
 */
export async function formerServers(
  proxy: TreeObject,
  current: readonly Address[],
): Promise<Pick<ClusterOptions, 'former' | 'changedAt'>> {
  const named = new Map<string, Named>();
  const isCurrent = new Set(current.map(({ text }) => text));
  const revisions = await proxy.tree.revisions(proxy, REVISIONS_LOOKED_AT);
  let changedAt: number | undefined;
  let next = { serial: proxy.basis ?? 0, time: proxy.state.modified };
  for (const { serial, time, state } of revisions) {
    const properties = state?.properties ?? {};
    const isSameKeys = state === null || prefixOf(proxy, properties) === prefixOf(proxy);
    const { addresses } = parseServers(isSameKeys ? ((properties['servers'] ?? []) as readonly string[]) : []);
    const isSamePlaces = textsOf(addresses) === textsOf(current) && replicasOf({ properties }) === replicasOf(proxy);
    if (isSameKeys && !isSamePlaces) changedAt ??= next.time;
    for (const address of addresses.filter(({ text }) => !isCurrent.has(text))) {
      const known = named.get(address.text);
      if (known !== undefined) known.namedIn = serial;
      else named.set(address.text, { address, namedIn: serial, takenOutIn: next.serial, removedAt: next.time });
    }
    next = { serial, time };
  }
  if (changedAt === undefined) return {};
  const isWhole = revisions.length < REVISIONS_LOOKED_AT;
  return { changedAt, former: [...named.values()].map((each) => asFormer(proxy, each, isWhole)) };
}

function asFormer(proxy: TreeObject, { address, removedAt, namedIn, takenOutIn }: Named, isWhole: boolean) {
  const { serverNotes } = siteOf(proxy);
  const scope = scopeOf(proxy);
  const mayHold = (): boolean =>
    serverNotes.mayHold(scope, address.text, isWhole ? namedIn : -1) &&
    !serverNotes.isForgotten(scope, address.text, takenOutIn);
  return { address, removedAt, mayHold } satisfies FormerServer;
}

/**
 * How long something that counts may live behind a proxy, in seconds, as its users are set now: a session is judged by
 * the settings of today, so one that was stored under longer ones does not live longer. Pages that are kept do not count:
 * who misses one makes it anew.
 */
export async function longestLifetimeS(proxy: TreeObject): Promise<number> {
  const { serverNotes, clock } = siteOf(proxy);
  const now = clock();
  const lifetimes = (await proxy.tree.pointingTo(proxy.path)).map(({ object: user }) => {
    if (user.doesProvide(CACHE_MANAGER)) return 0;
    const kept = serverNotes.keptFor(user.oid);
    if (!user.doesProvide(SESSION_CONTAINER)) return kept ?? UNKNOWN_S;
    return Math.max(kept ?? 0, keepSeconds(now, settingsOf(user), now));
  });
  return Math.max(0, ...lifetimes);
}

function textsOf(addresses: readonly Address[]): string {
  return addresses
    .map(({ text }) => text)
    .sort()
    .join(' ');
}
