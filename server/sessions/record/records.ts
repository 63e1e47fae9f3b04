import { hash } from 'node:crypto';
import { Problem, Unavailable } from '../../base/errors.ts';
import { BoundedMap } from '../../base/bounded-map.ts';
import type { KeyRing } from '../../base/key-ring.ts';
import { ValueTooLarge } from '../../memcache/errors.ts';
import type { Cas, Check, Item, Store, Worth } from '../../memcache/store.ts';
import { nextVersion, VERSION_BYTES } from '../../memcache/version.ts';
import { formatUpTo, newestFormat, RECORD_FORMATS, type RecordFormat, type SessionRecord } from './record-format.ts';
import { RecordSeal, encodedLength, UnreadableRecord } from './record.ts';

/** What tells a container's sessions from all others in the same servers. */
interface Scope {
  readonly installation: string;
  /** The container's stable object id. */
  readonly container: string;
  /** How often all its sessions were ended: each time they get other keys. */
  readonly generation: () => number;
}

/** What was found under a session's key, with what it takes to write there. */
export interface SessionSlot {
  readonly browserId: string;
  readonly seal: RecordSeal;
  /** `undefined`: nothing is there. */
  readonly record: SessionRecord | undefined;
  readonly cas: Cas | undefined;
  readonly version: Buffer | undefined;
  /** How long the record is, as it is stored. */
  readonly bytes: number;
}

/** A write that was tried, and whether it was made. */
export interface Put {
  readonly version: Buffer;
  readonly isStored: boolean;
}

export interface RecordsOptions {
  readonly store: Store;
  /** `null` where the store is this process's memory. */
  readonly keyRing: KeyRing | null;
  readonly scope: Scope;
  /** The newest format of records that all who share the sessions read; the newest that this program knows unless said. */
  readonly newestRecordFormat?: () => number;
  /** Told of every record that cannot be opened. */
  readonly onFault: (fault: UnreadableRecord) => void;
}

const PURPOSE = 'session';
const SEALS_REMEMBERED = 2_000;

/** The records of one container: under which keys they are, and what is in them. Knows nothing of time. */
export class SessionRecords {
  readonly #options: RecordsOptions;
  readonly #newestRecordFormat: () => number;
  readonly #seals = new BoundedMap<string, RecordSeal>(SEALS_REMEMBERED);
  #generation = NaN;
  #prefix = '';

  constructor(options: RecordsOptions) {
    this.#options = options;
    this.#newestRecordFormat = options.newestRecordFormat ?? newestFormat;
  }

  /** What all keys of the container begin with. Changes when all its sessions are ended. */
  get prefix(): string {
    this.#noticeGeneration();
    return this.#prefix;
  }

  keyOf(browserId: string): string {
    return this.#sealOf(browserId).key;
  }

  /** The slot of a session that nobody can have stored yet. Its seal is remembered once somebody comes back to it. */
  empty(browserId: string): SessionSlot {
    this.#noticeGeneration();
    return emptySlot(browserId, this.#newSealOf(browserId));
  }

  read(browserId: string): Promise<SessionSlot> {
    return this.#readSealed(browserId, this.#sealOf(browserId));
  }

  /**
   * For whoever knows a session by its key, and may end it whatever its record looks like: one that cannot be judged here,
   * or only by a server that is out of reach, is given as unreadable.
   */
  async readKey(key: string): Promise<SessionSlot> {
    const seal = this.#newSeal(key);
    try {
      return await this.#readSealed('', seal);
    } catch (error) {
      if (!(error instanceof Unavailable)) throw error;
      const item = await this.#options.store.get(key);
      return item === undefined ? emptySlot('', seal) : slotOf('', seal, item, UNREADABLE);
    }
  }

  /** The check of a list for one of its keys. */
  readonly checkFor = (key: string): Check => this.#newSeal(key).isSound;

  /** A record as a list found it, or why it cannot be opened; nobody else is told. */
  peek(key: string, value: Buffer): SessionRecord | Problem {
    try {
      return this.#newSeal(key).open(value);
    } catch (error) {
      if (error instanceof Problem) return error;
      throw error;
    }
  }

  /** Writes if nothing has changed since `slot` was read. */
  async put(slot: SessionSlot, record: SessionRecord, keepS: number, maxBytes: number, worth?: Worth): Promise<Put> {
    const { seal, cas } = slot;
    const version = nextVersion(slot.version);
    const value = seal.seal(record, version, this.#format);
    checkSize(value.length, Math.min(maxBytes, this.#options.store.maxValueBytes), record);
    const outcome =
      cas === undefined
        ? await this.#options.store.add(seal.key, value, keepS, worth, seal.isSound)
        : await this.#options.store.set(seal.key, value, keepS, cas, worth);
    const isStored = outcome === 'stored';
    if (isStored) seal.remember(value);
    return { version, isStored };
  }

  /** Takes away what was read at `slot`, if it is still there. */
  async remove(slot: SessionSlot): Promise<boolean> {
    return (await this.#options.store.delete(slot.seal.key, slot.cas)) === 'stored';
  }

  async #readSealed(browserId: string, seal: RecordSeal): Promise<SessionSlot> {
    const item = await this.#options.store.get(seal.key, seal.isSound);
    if (item === undefined) return emptySlot(browserId, seal);
    return slotOf(browserId, seal, item, this.#open(seal, item.value) ?? UNREADABLE);
  }

  /** Nobody is asked while there is no choice. */
  get #format(): RecordFormat {
    return formatUpTo(RECORD_FORMATS.length > 1 ? this.#newestRecordFormat() : newestFormat());
  }

  #open(seal: RecordSeal, value: Buffer): SessionRecord | undefined {
    try {
      return seal.open(value);
    } catch (error) {
      if (!(error instanceof UnreadableRecord)) throw error;
      this.#options.onFault(error);
      return undefined;
    }
  }

  #sealOf(browserId: string): RecordSeal {
    this.#noticeGeneration();
    const known = this.#seals.get(browserId);
    if (known !== undefined) return known;
    const seal = this.#newSealOf(browserId);
    this.#seals.set(browserId, seal);
    return seal;
  }

  #newSealOf(browserId: string): RecordSeal {
    return this.#newSeal(`${this.#prefix}:${this.#hash(browserId)}`);
  }

  #newSeal(key: string): RecordSeal {
    return new RecordSeal(key, this.#options.keyRing?.sealer(PURPOSE, key) ?? null);
  }

  #noticeGeneration(): void {
    const generation = this.#options.scope.generation();
    if (generation === this.#generation) return;
    if (this.#prefix !== '') this.#options.store.forget?.(`${this.#prefix}:`);
    this.#generation = generation;
    this.#seals.clear();
    this.#prefix = `s-${this.#hash('').slice(0, 12)}`;
  }

  /** A browser id opens a session, so no key may give one away. */
  #hash(browserId: string): string {
    const { installation, container } = this.#options.scope;
    return hash('sha256', JSON.stringify([installation, container, this.#generation, browserId]), 'base64url');
  }
}

function emptySlot(browserId: string, seal: RecordSeal): SessionSlot {
  return { browserId, seal, record: undefined, cas: undefined, version: undefined, bytes: 0 };
}

function slotOf(browserId: string, seal: RecordSeal, { value, cas }: Item, record: SessionRecord): SessionSlot {
  return { browserId, seal, record, cas, version: value.subarray(0, VERSION_BYTES), bytes: value.length };
}

/** What the header of a record without data says of whoever used the session. */
export const OF_NOBODY = { lastChange: null, user: null, userGeneration: 0, address: '', browser: '' };

/**
 * What cannot be opened was forged or damaged. It is treated as a session that was ended: nothing in it is believed, its
 * browser id is given up, and the browser gets another as soon as something is stored.
 */
export const UNREADABLE: SessionRecord = {
  kind: 'ended',
  header: { ...OF_NOBODY, created: 0, lastAccess: 0, written: 0, keptUntil: 0 },
};

function checkSize(size: number, limit: number, record: SessionRecord): void {
  if (size <= limit) return;
  const entries = record.kind === 'session' ? [...record.entries] : [];
  const [key, encoded] = entries.reduce((a, b) => (encodedLength(b[1]) > encodedLength(a[1]) ? b : a));
  const name = JSON.stringify(key.length > 60 ? `${key.slice(0, 60)}…` : key);
  throw new ValueTooLarge(
    size,
    limit,
    `The session would take ${inKiB(size)}; the limit is ${inKiB(limit)}. Its largest key is ${name} with ` +
      `${inKiB(encodedLength(encoded))}. Nothing was stored, and the session is as it was.`,
  );
}

function inKiB(bytes: number): string {
  return `${Math.ceil((bytes / 1_024) * 10) / 10} KiB`;
}
