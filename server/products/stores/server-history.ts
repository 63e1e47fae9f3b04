import type { ServerHistory, ServersHistoryMessage } from '../../../schema/endpoints/history.ts';
import type { Sample } from '../../base/history.ts';
import { historyOf, rateSeries, timesOf } from '../../manage/recent-history.ts';
import type { ServerStatus, Store } from '../../memcache/store.ts';

type Statuses = readonly ServerStatus[];

/** How the servers of a store were over the last minutes, as far as somebody looked. */
export async function recentServers(store: Store, now: number): Promise<ServersHistoryMessage> {
  const samples = await historyOf<Statuses>(store, () => store.servers()).look();
  const addresses = samples.at(-1)?.value.map(({ address }) => address) ?? [];
  return { ...timesOf(samples, now), servers: addresses.map((address) => historyAt(address, samples)) };
}

function historyAt(address: string, samples: readonly Sample<Statuses>[]): ServerHistory {
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
