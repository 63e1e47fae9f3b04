import type { RecentMark } from '../../../schema/endpoints/recent.ts';
import { SEE, timeText } from '../../manage/describe.ts';
import type { RecentSpan } from '../../manage/recent-times.ts';
import type { TreeObject } from '../../objects/object.ts';
import type { Call } from '../../publisher/call.ts';
import type { RecentEvent } from '../../recent/events.ts';
import { splitServer } from '../../recent/figures.ts';
import { subjectOf } from '../../recent/meter.ts';
import type { RecentScope } from './recent-scope.ts';

/** Of one object no more changes are told. */
const MOST_CHANGES = 50;
const MOST_MARKS = 500;

/** What happened in a span to servers, processes and settings, oldest first; of very much the newest. */
export async function marksIn(
  span: RecentSpan,
  scope: RecentScope,
  call: Pick<Call, 'may'>,
): Promise<readonly RecentMark[]> {
  const stores = new Map(scope.stores.map((store) => [subjectOf(store), store]));
  const happened = span.events.flatMap((event) => marksOf(event, stores, span));
  const marks = [...happened, ...(await changesIn(span, scope, call))];
  return marks.toSorted((one, other) => (one.at < other.at ? -1 : 1)).slice(-MOST_MARKS);
}

function marksOf(event: RecentEvent, stores: ReadonlyMap<string, TreeObject>, span: RecentSpan): readonly RecentMark[] {
  const times = {
    at: timeText(event.at * 1000),
    until: event.until === undefined ? null : timeText(event.until * 1000),
  };
  if (event.kind === 'down' || event.kind === 'restarted') {
    const { subject, address } = splitServer(event.server);
    if (!stores.has(subject)) return [];
    const text = event.kind === 'down' ? `${address} did not answer` : `${address} was restarted`;
    return [{ ...times, kind: event.kind, text, about: address, by: null }];
  }
  return event.kind === 'process' ? marksOfProcess(event, span) : [];
}

/** A process that ran all the time is no news. */
function marksOfProcess(
  event: RecentEvent & { readonly kind: 'process' },
  { from, to }: RecentSpan,
): readonly RecentMark[] {
  const { pid, isServing, at, until, isLost = false } = event;
  const who = `${isServing ? 'Process' : 'The application in process'} ${pid}`;
  const rest = { until: null, about: String(pid), by: null };
  const marks: RecentMark[] = [];
  if (at >= from) marks.push({ ...rest, kind: 'started', at: timeText(at * 1000), text: `${who} started` });
  if (until === undefined || until < from || until >= to) return marks;
  const end = isLost
    ? ({ kind: 'lost', text: `${who} ended without a word` } as const)
    : ({ kind: 'ended', text: `${who} ended` } as const);
  return [...marks, { ...rest, ...end, at: timeText(until * 1000) }];
}

/** Who changed what of the objects, and of those that lead to them. */
async function changesIn(
  { from, to }: RecentSpan,
  { containers, stores }: RecentScope,
  { may }: Pick<Call, 'may'>,
): Promise<readonly RecentMark[]> {
  const own = [...containers, ...stores];
  const objects = new Map(own.map((object) => [object.oid, object]));
  for (const object of own) {
    const users = await object.tree.pointingTo(object.path);
    for (const { object: user } of users) if (may(SEE, user)) objects.set(user.oid, user);
  }
  const marks = await Promise.all(
    Array.from(objects.values(), async (object) => {
      const revisions = await object.tree.revisions(object, MOST_CHANGES);
      const within = revisions.filter(({ time }) => time >= from * 1000 && time < to * 1000);
      return within.map(({ time, user, description }): RecentMark => {
        return { kind: 'changed', at: timeText(time), until: null, text: description, about: object.path, by: user };
      });
    }),
  );
  return marks.flat();
}
