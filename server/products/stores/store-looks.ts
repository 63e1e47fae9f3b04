import { isClockOff } from '../../base/clock-words.ts';
import type { Background } from '../../base/background.ts';
import type { Store } from '../../memcache/store.ts';
import { Saying } from '../../manage/saying.ts';
import type { Database } from '../../objects/database.ts';
import type { TreeObject } from '../../objects/object.ts';
import type { Look, Tell } from '../../channels/channels.ts';
import { Changes } from '../../channels/changes.ts';
import { MOST_LOOKED_AT } from './all-providing.ts';
import { askServers, type Asked } from './servers.ts';
import { STORE, storeOf } from './store.ts';

/** How the servers of each store stand, and which warnings come and go without a change of the tree. */
export function storeLooks(database: Database, background: Background): readonly Look[] {
  const warnings = new Changes();
  const areWarningsNews = async () => warnings.areIn(await warningsIn(database));
  const lookAt = async (object: TreeObject, tell: Tell) => {
    if (await isNewsOf(await storeOf(object))) tell('proxy', 'warnings');
  };
  return [
    {
      task: 'look at stores',
      // Each by itself: the deadline of one is nothing to the others.
      run: async (tell) => {
        for (const object of await objectsOf(database, database.types.providing(STORE)))
          background.do(`look at the servers of ${object.path}`, () => lookAt(object, tell));
      },
    },
    { task: 'look for new warnings', every: 2, run: async (tell) => (await areWarningsNews()) && tell('warnings') },
  ];
}

const seen = new WeakMap<Store, Changes>();

async function isNewsOf(store: Store): Promise<boolean> {
  const changes = seen.get(store) ?? new Changes();
  seen.set(store, changes);
  return changes.areIn(factsOf(await askServers(store)));
}

/** What pages show of servers apart from figures. */
function factsOf({ statuses, former }: Asked): unknown {
  return [
    statuses.map(
      ({ address, up, error, version, restartedAt, isSeveral, sameAs, refusesNow, evicts, clockDifferenceS }) => {
        const isOff = isClockOff(clockDifferenceS);
        return [address, up, error, version, restartedAt, isSeveral, sameAs, refusesNow, evicts, isOff];
      },
    ),
    former.map(({ address, state }) => [address, state]),
  ];
}

/** Their texts count seconds. */
async function warningsIn(database: Database): Promise<unknown> {
  const types = database.types.all().filter(({ ui }) => ui?.warnings !== undefined);
  const objects = await objectsOf(
    database,
    types.map(({ type }) => type),
  );
  return Promise.all(
    objects.map(async (object) => {
      const said = await new Saying(object).warnings();
      return [object.path, said.map(({ severity, short }) => [severity, short])];
    }),
  );
}

/** Found once for each state of the tree. */
async function objectsOf(database: Database, types: readonly string[]): Promise<readonly TreeObject[]> {
  const tree = await database.read(null);
  const oids = await tree.remembered(`objects of types ${types.join()}`, async () => {
    return (await tree.ofTypes(types, MOST_LOOKED_AT)).map(({ oid }) => oid);
  });
  const objects = await Promise.all(oids.map((oid) => tree.findByOid(oid)));
  return objects.filter((object) => object !== undefined);
}
