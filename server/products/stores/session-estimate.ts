import { nothingIfUnavailable } from '../../base/errors.ts';
import { recorded, seriesOf, type RecentSpan } from '../../manage/recent-times.ts';
import type { TreeObject } from '../../objects/object.ts';
import { subjectOf } from '../../recent/meter.ts';
import { siteOf } from '../../site/site.ts';
import { SESSION_CONTAINER } from './session-container.ts';

/** Whoever reports late is waited for; what is older is not told as if it were so now. */
const LATELY_S = 3 * 60;
const LATELY = Symbol('what was recorded lately');

/**
 * About how many sessions a container keeps: as last recorded, and at least those that this process has seen since; where
 * all were ended, as before until that is recorded. No server is asked. `undefined`: nobody knows.
 */
export async function estimatedSessions(object: TreeObject): Promise<number | undefined> {
  const counts = seriesOf(await lately(object), ({ sessions }) => sessions[subjectOf(object)] ?? null);
  const recordedLast = counts.findLast((count) => count !== null) ?? undefined;
  const seen = (await object.provide(SESSION_CONTAINER).catch(nothingIfUnavailable))?.seen ?? 0;
  return seen > (recordedLast ?? 0) ? seen : recordedLast;
}

/** Empty where nobody knows. */
export function estimateLabel(count: number | undefined): string {
  if (count === undefined) return '';
  return count === 1 ? 'about 1 session' : `about ${count.toLocaleString('en')} sessions`;
}

/** Once a request, however many containers are in a list. */
function lately({ tree }: TreeObject): Promise<RecentSpan> {
  const known = tree.scope?.get(LATELY) as Promise<RecentSpan> | undefined;
  if (known !== undefined) return known;
  const now = Math.floor(siteOf({ tree }).clock() / 1000);
  const made = recorded({ tree }, { from: now - LATELY_S, to: now });
  tree.scope?.set(LATELY, made);
  return made;
}
