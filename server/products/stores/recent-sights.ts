import { nothingIfUnavailable } from '../../base/errors.ts';
import { inTime } from '../../base/in-time.ts';
import type { ServerStatus } from '../../memcache/store.ts';
import type { Database } from '../../objects/database.ts';
import type { TreeObject } from '../../objects/object.ts';
import type { CountedContainer } from '../../recent/live-sessions.ts';
import { subjectOf } from '../../recent/meter.ts';
import type { Sights } from '../../recent/recorder.ts';
import { allProviding } from './recent-scope.ts';
import { askServers } from './servers.ts';
import { SESSION_CONTAINER } from './session-container.ts';
import { STORE, storeOf } from './store.ts';

/** A store that takes longer to answer is not waited for: the next look comes 10 s after the last. */
const LONGEST_LOOK_MS = 7_000;

/** What of a tree is recorded beside what requests count. What cannot be asked now is left out, and so a gap. */
export function sightsOf(database: Database): Sights {
  return {
    async servers() {
      const stores = await allProviding(await database.read(null), STORE);
      const asked = await Promise.all(
        stores.map(async (store) => [subjectOf(store), await statusesOf(store)] as const),
      );
      return new Map(asked.filter(([, statuses]) => statuses.length > 0));
    },
    async containers() {
      const containers = await allProviding(await database.read(null), SESSION_CONTAINER);
      return (await Promise.all(containers.map(countedOf))).filter((each) => each !== undefined);
    },
  };
}

async function statusesOf(object: TreeObject): Promise<readonly ServerStatus[]> {
  const asking = storeOf(object).then(askServers);
  const asked = await inTime(asking, LONGEST_LOOK_MS, '').catch(() => undefined);
  return asked?.statuses ?? [];
}

async function countedOf(object: TreeObject): Promise<CountedContainer | undefined> {
  const container = await object.provide(SESSION_CONTAINER).catch(nothingIfUnavailable);
  if (container === undefined) return undefined;
  const { timeoutMinutes } = container.settings;
  return { subject: subjectOf(object), prefix: container.keyPrefix, timeoutMinutes };
}
