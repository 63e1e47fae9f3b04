import type { ServerHistory, ServersHistoryMessage } from '../../../schema/endpoints/history.ts';
import { History, type Sample } from '../../base/history.ts';
import { RECENTLY, rateSeries, timesOf } from '../../manage/recent-history.ts';
import type { ServerStatus, Store } from '../../memcache/store.ts';

type Statuses = readonly ServerStatus[];

const histories = new WeakMap<Store, History<Statuses>>();

/** How the servers of a store were over the last minutes, as far as somebody looked. */
export async function recentServers(store: Store, now: number): Promise<ServersHistoryMessage> {
  const history = histories.get(store) ?? new History({ ...RECENTLY, take: () => store.servers() });
  histories.set(store, history);
  const samples = await history.look();
  const addresses = samples.at(-1)?.value.map(({ address }) => address) ?? [];
  return { ...timesOf(samples, now), servers: addresses.map((address) => historyOf(address, samples)) };
}

/** The store is about to be closed. */
export function endHistory(store: Store): void {
  histories.get(store)?.end();
}

function historyOf(address: string, samples: readonly Sample<Statuses>[]): ServerHistory {
  const own = samples.flatMap(({ at, value }) => {
    const status = value.find((each) => each.address === address);
    return status === undefined ? [] : [{ at, value: status }];
  });
  return {
    address,
    gets: rateSeries(own, ({ hits, misses }) => (hits === null || misses === null ? null : hits + misses)),
    misses: rateSeries(own, ({ misses }) => misses),
    evictions: rateSeries(own, ({ evictions }) => evictions),
    refusals: rateSeries(own, ({ refusals }) => refusals),
    bytes: own.map(({ value }) => value.bytes),
  };
}
