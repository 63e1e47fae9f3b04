import type { Traffic } from '../base/traffic.ts';
import type { ServerUnreachable } from './errors.ts';

/**
 * Proof of having read exactly this value, to be handed back with a change. Opaque: with several copies it holds one
 * number for each.
 */
export type Cas = { readonly brand: 'cas' };

export interface Item {
  readonly value: Buffer;
  readonly cas: Cas;
}

/** `exists`: another value is there than the one read. `missing`: nothing is there. Both mean that nothing was written. */
export type Outcome = 'stored' | 'exists' | 'missing';

/**
 * Whether a value is what was stored under its key, for whoever seals values: of several copies a damaged one is then
 * never believed, and a good one is put back over it. Asked only where copies differ. Throws what is to be thrown where it
 * cannot be judged here: nothing is then given, written or repaired.
 */
export type Check = (value: Buffer) => boolean;

/** One server as it answered just now. Numbers are `null` where it did not. Names as in memcached's `stats`. */
export interface ServerStatus {
  readonly address: string;
  readonly up: boolean;
  readonly latencyMs: number | null;
  readonly version: string | null;
  readonly uptimeS: number | null;
  /** When it was last restarted, as this process saw it, in milliseconds since 1970; left out, or `null`, for never. */
  readonly restartedAt?: number | null;
  readonly items: number | null;
  readonly bytes: number | null;
  readonly limitBytes: number | null;
  readonly hits: number | null;
  readonly misses: number | null;
  readonly evictions: number | null;
  /** Values that it refused because its memory was full. */
  readonly refusals: number | null;
  /** Whether it refused one to this process within the last minutes; left out, or `null`, where nobody looks. */
  readonly refusesNow?: boolean | null;
  /** Whether it pushes out items when its memory is full; `false`: it was started with -M, and refuses new ones. */
  readonly evicts: boolean | null;
  readonly connections: number | null;
  /** How far its clock is ahead of ours, in seconds. */
  readonly clockDifferenceS: number | null;
  /** Whether connections to its address lead to several servers; left out, or `null`, where nobody looked. */
  readonly isSeveral?: boolean | null;
  /** The address named before it that leads to the same server; left out, or `null`, where there is none known. */
  readonly sameAs?: string | null;
  /** Why it is down: "refused", "did not answer within 250 ms", "speaks TLS, which is not supported yet". */
  readonly error: string | null;
  /** Since when it has been down, as this process saw it. Milliseconds since 1970. */
  readonly downSince: number | null;
}

/**
 * What a store that has no room left takes a value for; memcached knows no difference. `spare`: it can be made anew, so it
 * leaves first, and is not kept where only others could leave. `owed`: what moves, ends or is put back, for which a little
 * is held in reserve. Without either: it leaves while nobody has asked for it since it was first stored, the largest first;
 * from then on it stays, and what has no room to come or to grow is refused (MemoryFull).
 */
export type Worth = 'spare' | 'owed';

/** How full the memory is that a store keeps values in. What is spare is not in it: it leaves for anything else. */
export interface MemoryUse {
  readonly usedBytes: number;
  readonly limitBytes: number;
  /** What of it would leave to make room. */
  readonly newBytes: number;
  /** How many values have left before their time, and how many were refused, since this process has the store. */
  readonly evictions: number;
  readonly refusals: number;
  readonly state: 'ok' | 'filling' | 'evicting' | 'refusing';
}

/** A server that was taken out, while it is still asked for what is found nowhere else. */
export interface FormerStatus {
  readonly address: string;
  /** `silent`: whoever may have something there is refused. `gone`: nobody listens there, so it holds nothing. */
  readonly state: 'answers' | 'silent' | 'gone';
  /** Why it is not to be had; `null` where it answers. */
  readonly error: string | null;
  /** When it was taken out, and until when it is asked. Milliseconds since 1970. */
  readonly removedAt: number;
  readonly until: number;
}

/** What one server itself says of a key. */
export interface ServerCopy {
  readonly address: string;
  /** Left out: it does not have the key, or could not be asked. */
  readonly value?: Buffer;
  /** How long the value still lives there; `null`: for ever. */
  readonly ttlS?: number | null;
  readonly unreachable?: ServerUnreachable;
}

/** A key as a walk over the store found it. */
export interface KeyEntry {
  readonly key: string;
  /** What the store takes for it. */
  readonly bytes: number;
  /** Milliseconds since 1970; `null`: never. */
  readonly expires: number | null;
  /** The servers on which it was found; none for process memory. */
  readonly servers: readonly string[];
}

/** What a walk over the store found. It is no snapshot: what changes meanwhile may be in it or not. */
export interface KeyListing {
  readonly keys: readonly KeyEntry[];
  /** There are more keys than were asked for. */
  readonly hasMore: boolean;
  /** The servers that were walked over; none for process memory. */
  readonly walked: readonly string[];
  /** Why the others were not. */
  readonly unreachable: readonly ServerUnreachable[];
}

/**
 * What a MemCache Proxy gives to whoever keeps values in it (the capability `cache.store`): memcached servers, or
 * process memory where none are named. Both pass the same contract suite (contract.ts).
 *
 * Keys match `^[A-Za-z0-9:_-]{1,200}$`; anything else throws BadKey and reaches no server. Times to live are in seconds;
 * 0 or less stores nothing that could be read; fractions round up; there is no upper bound (30 days is memcached's own,
 * and handled here). Values are at most `maxValueBytes`; a larger one throws ValueTooLarge before anything is sent.
 * Every operation settles within the deadline; a server that cannot be reached throws ServerUnreachable (an
 * `Unavailable`), never looks like a missing value.
 *
 * Values carry their version in their first bytes (version.ts), so that of several copies the newest wins.
 */
export interface Store {
  get(key: string, check?: Check): Promise<Item | undefined>;
  /** Only what was found, by key. A look at many: it counts as asking for none of them. */
  getMulti(keys: readonly string[], checkFor?: (key: string) => Check): Promise<Map<string, Item>>;
  /** With a cas: compare-and-set. Without: whatever is there is replaced. */
  set(key: string, value: Buffer, ttlS: number, cas?: Cas, worth?: Worth): Promise<Outcome>;
  /** Stores only where nothing is stored. */
  add(key: string, value: Buffer, ttlS: number, worth?: Worth, check?: Check): Promise<Outcome>;
  /** Stores only where something is stored. */
  replace(key: string, value: Buffer, ttlS: number): Promise<Outcome>;
  /** Says whether something was there. With a cas: only the value that was read. */
  delete(key: string, cas?: Cas): Promise<Outcome>;
  /** Gives a value another time to live, and says whether it was there. */
  touch(key: string, ttlS: number, check?: Check): Promise<boolean>;
  /** As `touch`, and gives the value that was there. Who wants to change that reads it with `get`: there is no cas. */
  getAndTouch(key: string, ttlS: number, check?: Check): Promise<Buffer | undefined>;
  /** A counter apart from other values (no version in it). Gives its value after adding; starts at `initial`. */
  increment(key: string, by: number, initial: number, ttlS: number): Promise<number>;
  /** Asks every server now, for at most one deadline. Empty for process memory. */
  servers(): Promise<readonly ServerStatus[]>;
  /** Whether every server failed when it was last asked. Nobody is asked for that. */
  readonly isDown?: boolean;
  /** The addresses of those that did. */
  readonly down?: readonly string[];
  /** … of those whose connection broke since: how they stand is known once somebody asks. */
  readonly suspects?: readonly string[];
  /** When a server was last out of reach or restarted, as far as is known, in milliseconds since 1970; 0 for never. */
  readonly troubledAt?: number;
  /** What goes to each server, by its address. Nobody is asked for that. */
  readonly traffic?: ReadonlyMap<string, Traffic>;
  /** Asks those that were taken out and may still hold something. A store without servers has none. */
  formerServers?(): Promise<readonly FormerStatus[]>;
  /** The addresses that hold, or would hold, this key: first place first. Empty for process memory. */
  placesOf(key: string): readonly string[];
  /** At most so many of the keys that begin with this. A server that cannot be listed is named, and nothing is thrown. */
  keys(prefix: string, limit: number): Promise<KeyListing>;
  /** What each server itself says of a key, asked over a connection made for it. A store without servers has none to ask. */
  copiesOf?(key: string): Promise<readonly ServerCopy[]>;
  readonly maxValueBytes: number;
  /** Where values are in the memory of this process: how full that is. */
  readonly memory?: MemoryUse;
  /** As `memory`: drops what begins with this, which nobody will ask for again. */
  forget?(prefix: string): void;
  /** Lets operations in flight end, then closes connections. Operations begun after it throw. */
  close(): Promise<void>;
}
