/** Values of one thing over time, one for each of the times they come with; `null` where it could not be known. */
export type Series = readonly (number | null)[];

/** When something was looked at over the last minutes. It begins with the first look and rests a while after the last. */
export interface HistoryTimes {
  /** How far back it goes, and how far its times are apart. */
  readonly spanS: number;
  readonly everyS: number;
  readonly now: string;
  /** Oldest first. */
  readonly times: readonly string[];
}

/** GET /api/<mcproxy>/@history */
export interface ServersHistoryMessage extends HistoryTimes {
  readonly servers: readonly ServerHistory[];
}

/** What is counted is told as a rate, a second. */
export interface ServerHistory {
  readonly address: string;
  readonly gets: Series;
  readonly misses: Series;
  readonly evictions: Series;
  readonly refusals: Series;
  /** Of memory, as it was. */
  readonly bytes: Series;
}
