import { encodeUrlPath } from '../../schema/paths.ts';
import type { Clock } from '../base/clock.ts';
import { BoundedMap } from '../base/bounded-map.ts';
import type { Log } from '../base/log.ts';
import type { TreeObject } from '../objects/object.ts';
import type { Render } from '../publisher/invoke-cached.ts';
import type { Call } from '../publisher/call.ts';
import type { Response, WholeResponse } from '../publisher/request.ts';
import { responseOf } from '../publisher/views.ts';
import { keyOf } from './key.ts';
import { MemoryBackend, type MemoryBackendLimits } from './memory-backend.ts';
import { RecordedReads } from './recorded-reads.ts';
import type { CacheUsage, UsageByObject, CachedPage, CacheBackend } from './cache-backend.ts';
import type { Statistics } from './statistics.ts';

/** What a cache manager lets one set. */
export interface CacheSettings {
  /** Names of query values that tell answers apart. */
  readonly requestNames: readonly string[];
  readonly maxAgeSeconds: number;
}

/** Among the names of request values: who is signed in. */
export const USER_NAME = 'AUTHENTICATED_USER';

interface PageCacheOptions {
  readonly backend: CacheBackend;
  readonly statistics: Statistics;
  /** Answers under another one are not found: the version of the program that makes them. */
  readonly scope: string;
  /** How often an object, or something that it is in, was invalidated. */
  readonly generationOf: (object: TreeObject) => number;
  readonly clock: Clock;
  readonly log: Pick<Log, 'info' | 'warn'>;
}

/** How much longer than its age allows an answer is kept, to be given while another one is made. */
const GRACE_SECONDS = 60;
const LONGEST_WAIT_MS = 10_000;
const MOST_TRIES = 3;
const ENDED_REMEMBERED = 1_000;
/** What is remembered of answers that may not be kept: visitors can make up any number of them. */
const REFUSED: MemoryBackendLimits = { maxEntries: 10_000, maxBytes: 8 * 1024 * 1024, cleanupMs: 60_000 };

/**
 * Keeps the answers of views. What is kept is given only where the caller has the same roles, asks for the same, and
 * sees a tree in which nothing that the answer was made from has changed. Of several who ask for one that is missing,
 * one makes it.
 */
export class PageCache {
  readonly statistics: Statistics;
  readonly #options: PageCacheOptions;
  /** Answers that are being made. */
  readonly #making = new Map<string, Promise<CachedPage | undefined>>();
  /** Which of them ended last, in their order: whoever looked meanwhile may have looked too early. */
  readonly #ended = new BoundedMap<string, number>(ENDED_REMEMBERED);
  #endings = 0;
  /** Answers that may not be kept: so that nobody waits for one. */
  readonly #refused: MemoryBackend;
  #isFailing = false;

  constructor(options: PageCacheOptions) {
    this.#options = options;
    this.statistics = options.statistics;
    this.#refused = new MemoryBackend(REFUSED, options.clock);
  }

  async answer(call: Call, render: Render, settings: CacheSettings): Promise<unknown> {
    if (!mayBeAsked(call)) return render(call);
    const lookup = this.#lookup(call, settings);
    for (let tries = 0; tries < MOST_TRIES; tries += 1) {
      const before = this.#endings;
      const { key, kept, isRefused } = await this.#find(lookup);
      if (isRefused) break;
      if (kept !== undefined && this.#isFresh(kept, settings)) return this.#hit(lookup, kept);
      const making = this.#making.get(key);
      if (making === undefined && tries === 0 && (this.#ended.get(key) ?? 0) > before) continue;
      if (making === undefined) return this.#make(lookup, key, render);
      if (kept !== undefined) return this.#hit(lookup, kept);
      const made = await withinDeadline(making);
      if (made?.response && (await this.#holdsFor(lookup, made))) return this.#hit(lookup, made);
    }
    this.statistics.miss(call.object.oid, lookup.generation, call.request.path);
    return render(call);
  }

  /** What is kept, by object; `generationOf` tells of each how often it was invalidated. What was made before that is dropped. */
  async usage(generationOf: (oid: number) => Promise<number | undefined>): Promise<UsageByObject> {
    const { entries, trouble } = await this.#options.backend.list();
    const oids = [...new Set(entries.map(({ oid }) => oid))];
    const now = new Map(await Promise.all(oids.map(async (oid) => [oid, await generationOf(oid)] as const)));
    const isCurrent = ({ oid, generation }: (typeof entries)[number]) => now.get(oid) === generation;
    await this.#options.backend.drop(entries.filter((entry) => !isCurrent(entry)).map(({ name }) => name));
    const byOid = new Map<number, CacheUsage>();
    for (const { oid, bytes } of entries.filter(isCurrent)) {
      const held = byOid.get(oid) ?? { entries: 0, bytes: 0 };
      byOid.set(oid, { entries: held.entries + 1, bytes: held.bytes + bytes });
    }
    return { byOid, trouble };
  }

  #lookup(call: Call, settings: CacheSettings): PageLookup {
    const { object, request, user } = call;
    const values = settings.requestNames.flatMap((name) => {
      const given = name === USER_NAME ? [user.name ?? ''] : request.query.getAll(name);
      return [name, String(given.length), ...given];
    });
    const parts = [
      this.#options.scope,
      String(object.oid),
      request.path,
      request.origin,
      languageOf(request.headers['accept-language']),
      String(values.length),
      ...values,
      user.name === null ? 'Anonymous' : 'Authenticated',
      ...user.roles.toSorted(),
    ];
    return {
      call,
      settings,
      generation: this.#options.generationOf(object),
      key: keyOf(...parts),
      ownKey: () => keyOf('', user.name ?? '', ...parts),
    };
  }

  /** What is kept for this caller, fresh or not, and the key under which it is or would be. */
  async #find(lookup: PageLookup): Promise<LookupResult> {
    const shared = await this.#look(lookup, lookup.key);
    if (shared.isRefused || shared.kept === undefined) return shared;
    const { name } = lookup.call.user;
    const isForOthers = name !== null && shared.kept.owners.has(name);
    return shared.kept.response === null || isForOthers ? this.#look(lookup, lookup.ownKey()) : shared;
  }

  async #look(lookup: PageLookup, key: string): Promise<LookupResult> {
    const { oid } = lookup.call.object;
    const refused = this.#refused.get(oid, key);
    if (refused !== undefined && this.#isFresh(refused, lookup.settings) && (await this.#holds(lookup, refused)))
      return { key, kept: undefined, isRefused: true };
    const kept = await this.#get(oid, key, lookup.generation);
    const isHolding = kept !== undefined && (await this.#holds(lookup, kept));
    return { key, kept: isHolding ? kept : undefined, isRefused: false };
  }

  async #holds({ call, generation }: PageLookup, kept: CachedPage): Promise<boolean> {
    return kept.generation === generation && call.tree.stillSees(kept.seen);
  }

  /** Also where it was made for somebody else. */
  async #holdsFor(lookup: PageLookup, kept: CachedPage): Promise<boolean> {
    const { name } = lookup.call.user;
    return !(name !== null && kept.owners.has(name)) && this.#holds(lookup, kept);
  }

  #isFresh({ madeAt }: CachedPage, { maxAgeSeconds }: CacheSettings): boolean {
    return this.#options.clock() < madeAt + maxAgeSeconds * 1000;
  }

  #hit({ call, generation }: PageLookup, { response, isPrivate }: CachedPage): Response | null {
    this.statistics.hit(call.object.oid, generation, call.request.path);
    if (isPrivate) call.keepPrivate();
    return response;
  }

  /** Others who ask for the same wait from here on, without anything in between. */
  #make(lookup: PageLookup, key: string, render: Render): Promise<unknown> {
    this.statistics.miss(lookup.call.object.oid, lookup.generation, lookup.call.request.path);
    const reads = new RecordedReads(lookup.call);
    const rendering = render(reads.call);
    const keeping = rendering.then((answered) => this.#keep(lookup, key, reads, answered));
    const ended = () => {
      this.#making.delete(key);
      this.#ended.set(key, (this.#endings += 1));
    };
    const making = keeping.then(({ kept }) => kept);
    this.#making.set(
      key,
      making.catch(() => undefined),
    );
    keeping.then(({ written }) => written).then(ended, ended);
    return rendering;
  }

  /** Puts an answer away, if it may be: `written` is when that is done. */
  #keep(
    lookup: PageLookup,
    key: string,
    reads: RecordedReads,
    answered: unknown,
  ): { kept?: CachedPage; written: Promise<void> } {
    const { call, generation, settings } = lookup;
    const { oid } = call.object;
    const { seen, isPrivate } = reads;
    const base = { oid, madeAt: this.#options.clock(), generation, seen, isPrivate };
    const marker: CachedPage = { ...base, response: null, owners: NOBODY };
    const response = typeof answered === 'function' ? undefined : responseOf(answered);
    const isOfThisProcess = seen.memory !== undefined && this.#options.backend.isShared;
    const mayBeKept = reads.mayBeKept(settings.requestNames) && !isOfThisProcess;
    if (response === undefined || !isKeepable(response) || !mayBeKept) {
      this.#refused.put(oid, key, marker, settings.maxAgeSeconds);
      return { written: Promise.resolve() };
    }
    const kept: CachedPage = { ...base, response, owners: reads.owners };
    if (!reads.isPersonal) return { kept, written: this.#put(oid, key, kept, settings) };
    const own = this.#put(oid, lookup.ownKey(), kept, settings);
    if (key !== lookup.key) return { kept, written: own };
    const written = Promise.all([own, this.#put(oid, key, marker, settings)]).then(() => {});
    return { kept: marker, written };
  }

  async #get(oid: number, key: string, generation: number): Promise<CachedPage | undefined> {
    try {
      const kept = await this.#options.backend.get(oid, key, generation);
      if (this.#isFailing) this.#recover();
      return kept;
    } catch (error) {
      this.#fail(error);
      return undefined;
    }
  }

  async #put(oid: number, key: string, kept: CachedPage, { maxAgeSeconds }: CacheSettings): Promise<void> {
    try {
      await this.#options.backend.put(oid, key, kept, maxAgeSeconds + GRACE_SECONDS);
    } catch (error) {
      this.#fail(error);
    }
  }

  /** A cache that fails breaks no page. The log says so once, and once more when it works again. */
  #fail(error: unknown): void {
    if (!this.#isFailing) this.#options.log.warn({ err: error }, 'A cache cannot be reached: pages are made anew');
    this.#isFailing = true;
  }

  #recover(): void {
    this.#isFailing = false;
    this.#options.log.warn('A cache can be reached again');
  }
}

/** One caller's wish, and the names under which it may have been fulfilled. */
interface PageLookup {
  readonly call: Call;
  readonly settings: CacheSettings;
  /** The object's when the request began: what is made from here on is no newer. */
  readonly generation: number;
  /** Shared by all who have the same roles. */
  readonly key: string;
  /** The caller's alone. */
  readonly ownKey: () => string;
}

interface LookupResult {
  readonly key: string;
  readonly kept: CachedPage | undefined;
  readonly isRefused: boolean;
}

const NOBODY: ReadonlySet<string> = new Set();

/** Only plain questions to the object's own address: there are few of them, whatever visitors make up. */
function mayBeAsked({ object, request }: Call): boolean {
  const { headers, method } = request;
  if (method !== 'GET' || headers.range !== undefined || headers['if-none-match'] !== undefined) return false;
  if (headers['if-modified-since'] !== undefined) return false;
  return isAddressOf(request.path, object) || (object.parent !== null && isAddressOf(request.path, object.parent));
}

function isAddressOf(asked: string, { path }: TreeObject): boolean {
  const bare = asked.length > 1 && asked.endsWith('/') ? asked.slice(0, -1) : asked;
  return bare === path || bare === encodeUrlPath(path);
}

function isKeepable(response: Response): response is WholeResponse {
  const { status, headers, body, cookies = [] } = response;
  if (status >= 400 || cookies.length > 0 || headers['set-cookie'] !== undefined) return false;
  if (/\b(no-store|private)\b/.test(headers['cache-control'] ?? '')) return false;
  return typeof body === 'string' || Buffer.isBuffer(body);
}

/** The language that a browser would like best, without its region. */
function languageOf(accepted: string | undefined): string {
  return /^[a-z]{2,3}\b/i.exec(accepted ?? '')?.[0].toLowerCase() ?? '';
}

/** What somebody else makes; `undefined` where that takes too long. */
async function withinDeadline<T>(making: Promise<T>): Promise<T | undefined> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<undefined>((resolve) => {
    timer = setTimeout(resolve, LONGEST_WAIT_MS, undefined);
  });
  return Promise.race([making, late]).finally(() => clearTimeout(timer));
}
