import { inTime } from '../../base/in-time.ts';
import type { ServerStatus } from '../../memcache/store.ts';
import type { Database } from '../../objects/database.ts';
import type { TreeObject } from '../../objects/object.ts';
import type { CountedContainer } from '../../recent/live-sessions.ts';
import { subjectOf } from '../../recent/meter.ts';
import type { Sights } from '../../recent/recorder.ts';
import { allProviding } from './all-providing.ts';
import { askServers } from './servers.ts';
import { SESSION_CONTAINER } from './session-container.ts';
import { STORE, storeOf } from './store.ts';

/** What takes longer to answer is not waited for: the next look comes 10 s after the last. */
const LONGEST_LOOK_MS = 7_000;

/** What of a tree is recorded beside what requests count. What cannot be asked now is left out, and so a gap. */
export function sightsOf(database: Database): Sights {
  return {
    async servers() {
      const stores = await allProviding(await database.read(null), STORE);
      return new Map(
        await Promise.all(stores.map(async (store) => [subjectOf(store), await soon(statusesOf(store))] as const)),
      );
    },
    async containers() {
      const containers = await allProviding(await database.read(null), SESSION_CONTAINER);
      return (await Promise.all(containers.map((object) => soon(countedOf(object))))).filter(
        (each) => each !== undefined,
      );
    },
  };
}

async function statusesOf(object: TreeObject): Promise<readonly ServerStatus[]> {
  const { statuses } = await askServers(await storeOf(object));
  return statuses;
}

async function countedOf(object: TreeObject): Promise<CountedContainer> {
  const { keyPrefix, settings } = await object.provide(SESSION_CONTAINER);
  return { subject: subjectOf(object), prefix: keyPrefix, timeoutMinutes: settings.timeoutMinutes };
}

/** One that fails, of whatever product, keeps nobody from looking at the others. */
function soon<T>(asked: Promise<T>): Promise<T | undefined> {
  return inTime(asked, LONGEST_LOOK_MS, '').catch(() => undefined);
}
