import { parseServers, type Address } from '../../memcache/addresses.ts';
import type { ClusterOptions, FormerServer } from '../../memcache/cluster.ts';
import type { TreeObject } from '../../objects/object.ts';
import { keepSeconds } from '../../sessions/lifetime.ts';
import { siteOf } from '../../site.ts';
import { settingsOf } from '../sessions/containers.ts';

const REVISIONS_LOOKED_AT = 50;
const DAY_S = 24 * 60 * 60;

/** Which servers a proxy named before, until when, and when that was last changed: from its own revisions. */
export async function formerServers(
  proxy: TreeObject,
  current: readonly Address[],
): Promise<Pick<ClusterOptions, 'former' | 'changedAt'>> {
  const seen = new Set(current.map(({ text }) => text));
  const former: FormerServer[] = [];
  let changedAt: number | undefined;
  let until = proxy.state.modified;
  for (const { time, state } of await proxy.connection.revisions(proxy, REVISIONS_LOOKED_AT)) {
    const { addresses } = parseServers((state?.properties['servers'] ?? []) as readonly string[]);
    if (textsOf(addresses) !== textsOf(current)) changedAt ??= until;
    for (const address of addresses) {
      if (!seen.has(address.text)) former.push({ address, removedAt: until });
      seen.add(address.text);
    }
    until = time;
  }
  return changedAt === undefined ? {} : { former, changedAt };
}

/** How long the sessions behind a proxy may live: a day at least, for applications whose cookies say how long. */
export async function longestLifetimeS(proxy: TreeObject): Promise<number> {
  const users = await proxy.connection.pointingTo(proxy.path);
  const containers = users.map(({ object }) => object).filter((user) => user.doesProvide('session.container'));
  const now = siteOf(proxy).clock();
  const lifetimes = containers.map((container) => keepSeconds(now, settingsOf(container), now));
  return Math.max(DAY_S, ...lifetimes.filter(Number.isFinite));
}

function textsOf(addresses: readonly Address[]): string {
  return addresses.map(({ text }) => text).join(' ');
}
