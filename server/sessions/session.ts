import { inspect } from 'node:util';
import { ChangedTooLate } from '../base/errors.ts';
import { refuseAssignments } from './assignments.ts';
import { decode } from '../codec/decode.ts';
import { encode } from '../codec/encode.ts';
import { obscured } from '../base/obscured.ts';
import { nameIn } from './record/user-label.ts';
import { idIn, sameBytes, encodedOf } from './record/record.ts';
import type { EncodedValue, EncodedData } from './record/record-format.ts';
import type { Basis } from './record/session-finder.ts';

/** Makes the new value of a key from the one that is there; may be called again with a newer one. */
type Updater = (value: unknown) => unknown;

/**
 * What a request did to one key. `update` is done again to whatever value is there; `override` replaces it, and no value
 * deletes it.
 */
export type Change =
  | { readonly kind: 'set'; readonly encoded: EncodedValue }
  | { readonly kind: 'delete' }
  | { readonly kind: 'override'; readonly encoded: EncodedValue | undefined }
  | { readonly kind: 'update'; readonly encoded: EncodedValue; readonly updaters: readonly Updater[] };

export type Changes = ReadonlyMap<string, Change>;

/** Where a session came from, kept in its record for lists of sessions. */
export interface Origin {
  /** Who is signed in; `null` keeps the user that the record names. */
  readonly user: string | null;
  readonly address: string;
  readonly browser: string;
}

/** A value that this request has in its hands. */
interface Local {
  value: unknown;
  /** As it was when it was set, or last updated; `undefined` for one that was only read. */
  encoded: EncodedValue | undefined;
  updaters: Updater[] | undefined;
}

const NO_CHANGES: Changes = new Map();

/** A change of a session that comes too late to be stored. */
export class SessionAlreadyWritten extends ChangedTooLate {
  constructor() {
    super(
      500,
      'session-already-written',
      'This request is over for its session: what is changed now would not be stored. Change it before the handler ' +
        'returns: before it gives a stream as the answer, and not in work that goes on without it. Nothing was changed.',
    );
  }
}

/**
 * One request's own copy of a session: a mapping of texts to values. What it does reaches the store when the request
 * commits, key by key, and nothing of it does when the request fails. Changes inside a value count as changes of its key.
 */
export class Session implements Iterable<[string, unknown]> {
  readonly #created: number;
  readonly #basis: Basis;
  readonly #base: EncodedData;
  readonly #local = new Map<string, Local>();
  readonly #deleted = new Set<string>();
  readonly #overridden = new Set<string>();
  #wish: 'stay' | 'rotate' | 'end' = 'stay';
  /** What was changed when the session was closed. */
  #closed: Changes | undefined;

  constructor(basis: Basis, now: number) {
    this.#created = basis.header?.created ?? now;
    this.#basis = basis;
    this.#base = basis.entries;
  }

  /** What a container has to know, and the code that uses a session has not. */
  static basisOf(session: Session): Basis {
    return session.#basis;
  }

  /** From here on the session can be read and not be changed, because nobody would store it. */
  static close(session: Session): void {
    session.#closed ??= session.changes();
  }

  /** As `close`, where nothing of it is to be stored. */
  static discard(session: Session): void {
    session.#closed ??= NO_CHANGES;
  }

  /** Keys whose values somebody who has them in hand has changed since the session was closed: that cannot be refused. */
  static changedSinceClosed(session: Session): readonly string[] {
    const closed = session.#closed;
    if (closed === undefined) return [];
    const changed: string[] = [];
    for (const [key, local] of session.#local) {
      const change = closed.get(key);
      const left = change === undefined || change.kind === 'delete' ? session.#base.get(key) : change.encoded;
      if (typeof local.value === 'object' && !isStill(key, local, left)) changed.push(key);
    }
    return changed;
  }

  get created(): number {
    return this.#created;
  }

  /** The store's key for this session: a hash, good for logs. */
  get containerKey(): string {
    return this.#basis.key;
  }

  /** When this session was used before, to within the container's resolution; `null` for a new one. */
  get lastAccess(): number | null {
    return this.#basis.header?.lastAccess ?? null;
  }

  get lastModified(): number | null {
    return this.#basis.header?.lastChange ?? null;
  }

  /** Who was signed in when something was stored here last. */
  get user(): string | null {
    return nameIn(this.#basis.header?.user ?? null);
  }

  /** Names the session in lists without giving away the browser id. */
  get id(): string {
    return idIn(this.containerKey);
  }

  /** What people call it: its id. */
  get name(): string {
    return this.id;
  }

  /** Nothing is stored for this browser id yet. */
  get isNew(): boolean {
    return this.#basis.header === null;
  }

  get isValid(): boolean {
    return this.#wish !== 'end';
  }

  /** Whether the session is to move to a new browser id when the request commits. */
  get isRotating(): boolean {
    return this.#wish === 'rotate';
  }

  get size(): number {
    let size = this.#base.size - this.#deleted.size;
    for (const key of this.#local.keys()) if (!this.#base.has(key)) size++;
    return size;
  }

  has(key: string): boolean {
    return this.#local.has(key) || (this.#base.has(key) && !this.#deleted.has(key));
  }

  get<Value = unknown>(key: string, fallback: Value): Value;
  get<Value = unknown>(key: string, fallback?: undefined): Value | undefined;
  get(key: string, fallback?: unknown): unknown {
    const local = this.#local.get(key);
    if (local !== undefined) return local.value;
    const encoded = this.#base.get(key);
    return encoded === undefined || this.#deleted.has(key) ? fallback : this.#takeOut(key, encoded);
  }

  set(key: string, value: unknown): this {
    this.#mustBeValid();
    if (typeof key !== 'string') throw new TypeError(`A session's keys are texts; ${typeof key} is none.`);
    this.#local.set(key, { value, encoded: encodedOf(encode(value, key)), updaters: undefined });
    this.#deleted.delete(key);
    return this;
  }

  delete(key: string): boolean {
    this.#mustBeValid();
    const had = this.has(key);
    this.#local.delete(key);
    if (this.#base.has(key)) this.#deleted.add(key);
    return had;
  }

  /** Deletes the keys that this request sees; one that another request adds meanwhile stays. */
  clear(): void {
    this.#mustBeOpen();
    for (const key of this.keys()) this.delete(key);
  }

  /**
   * Sets a key to what `updater` makes of its value (`undefined` where there is none) and gives the result. Where
   * another request changed the key meanwhile, `updater` is called again with the newer value, so nothing is lost.
   */
  update<Value>(key: string, updater: (value: Value | undefined) => Value): Value {
    this.#mustBeValid();
    const updaters = this.#updatersOf(key);
    const value = applied(key, updater as Updater, this.get(key));
    this.set(key, value);
    updaters?.push(updater as Updater);
    this.#local.get(key)!.updaters = updaters;
    return value as Value;
  }

  /** Sets a key, or deletes it by `undefined`, whatever another request does to it meanwhile: it never conflicts. */
  override(key: string, value: unknown): void {
    if (value === undefined) this.delete(key);
    else this.set(key, value);
    this.#overridden.add(key);
  }

  /** The key's value; where it has none, `value`, which is set. */
  setdefault<Value>(key: string, value: Value): Value {
    if (!this.has(key)) this.set(key, value);
    return this.get(key) as Value;
  }

  /** The key's value, which is deleted. */
  pop<Value = unknown>(key: string, fallback: Value): Value;
  pop<Value = unknown>(key: string, fallback?: undefined): Value | undefined;
  pop(key: string, fallback?: unknown): unknown {
    this.#mustBeValid();
    const value = this.get(key, fallback);
    this.delete(key);
    return value;
  }

  *keys(): IterableIterator<string> {
    for (const key of this.#base.keys()) if (!this.#deleted.has(key)) yield key;
    for (const key of this.#local.keys()) if (!this.#base.has(key)) yield key;
  }

  *values(): IterableIterator<unknown> {
    for (const key of this.keys()) yield this.get(key);
  }

  *entries(): IterableIterator<[string, unknown]> {
    for (const key of this.keys()) yield [key, this.get(key)];
  }

  [Symbol.iterator](): IterableIterator<[string, unknown]> {
    return this.entries();
  }

  /** A plain object without a prototype, for templates. */
  toObject(): Record<string, unknown> {
    const object = Object.create(null) as Record<string, unknown>;
    for (const [key, value] of this) object[key] = value;
    return object;
  }

  /** Ends the session when the request commits. Its browser id is never used again. */
  invalidate(): void {
    this.#mustBeOpen();
    this.#local.clear();
    this.#overridden.clear();
    for (const key of this.#base.keys()) this.#deleted.add(key);
    this.#wish = 'end';
  }

  /** Moves the session to a new browser id when the request commits: what somebody knew of the old one is worth nothing. */
  rotate(): void {
    this.#mustBeValid();
    this.#wish = 'rotate';
  }

  /** What this request did, against what it loaded. Empty where it only looked. */
  changes(): Changes {
    if (this.#closed !== undefined) return this.#closed;
    if (this.#local.size + this.#deleted.size + this.#overridden.size === 0) return NO_CHANGES;
    const changes = new Map<string, Change>();
    for (const key of this.#deleted) changes.set(key, { kind: 'delete' });
    for (const [key, local] of this.#local) {
      const change = changeOf(key, local, this.#base.get(key));
      if (change !== undefined) changes.set(key, change);
      else changes.delete(key);
    }
    for (const key of this.#overridden) {
      const local = this.#local.get(key);
      changes.set(key, { kind: 'override', encoded: local === undefined ? undefined : encodedNow(key, local) });
    }
    return changes;
  }

  /** For logs: secrets obscured. */
  [inspect.custom](): unknown {
    return { session: this.id, ...this.toJSON() };
  }

  /** For logs: secrets obscured. */
  toJSON(): Record<string, unknown> {
    const shown = Array.from(this.entries(), ([key, value]) => [key, obscured(key, value)]);
    return Object.fromEntries(shown) as Record<string, unknown>;
  }

  /** Objects are kept, because whoever got one may change it; what cannot change is decoded whenever it is asked for. */
  #takeOut(key: string, encoded: EncodedValue): unknown {
    const value = decode(encoded.bytes, encoded.start, encoded.end);
    if (typeof value === 'object' && value !== null)
      this.#local.set(key, { value, encoded: undefined, updaters: undefined });
    return value;
  }

  /** The updates that, done to what was loaded, make the value at hand; `undefined` where something else had a part. */
  #updatersOf(key: string): Updater[] | undefined {
    const local = this.#local.get(key);
    if (local === undefined) return this.#deleted.has(key) ? undefined : [];
    if (local.encoded !== undefined && local.updaters === undefined) return undefined;
    const isAsLeft = sameBytes(encodedNow(key, local), local.encoded ?? this.#base.get(key));
    return isAsLeft ? (local.updaters ?? []) : undefined;
  }

  #mustBeOpen(): void {
    if (this.#closed !== undefined) throw new SessionAlreadyWritten();
  }

  #mustBeValid(): void {
    this.#mustBeOpen();
    if (this.#wish === 'end') throw new Error('This session was ended by this request; nothing can be stored in it.');
  }
}

refuseAssignments(
  Session.prototype,
  (name) =>
    `A session keeps what is given to set: session.set(${JSON.stringify(name)}, value). ` +
    'A property that is assigned would be lost, so this one was refused.',
);

/** What an updater makes of a value. */
export function applied(key: string, updater: Updater, value: unknown): unknown {
  const made = updater(value);
  if (made === undefined || made instanceof Promise) {
    const what = made === undefined ? 'nothing' : 'a promise';
    throw new TypeError(
      `The function given to update(${JSON.stringify(key)}) returned ${what}; it must return the new value.`,
    );
  }
  return made;
}

function changeOf(key: string, local: Local, base: EncodedValue | undefined): Change | undefined {
  const encoded = encodedNow(key, local);
  if (sameBytes(encoded, base)) return undefined;
  const isUpdateOnly = local.updaters !== undefined && local.encoded !== undefined && sameBytes(encoded, local.encoded);
  return isUpdateOnly ? { kind: 'update', encoded, updaters: local.updaters! } : { kind: 'set', encoded };
}

function isStill(key: string, local: Local, left: EncodedValue | undefined): boolean {
  try {
    return sameBytes(encodedNow(key, local), left);
  } catch {
    // Something is in it now that a session cannot hold.
    return false;
  }
}

function encodedNow(key: string, local: Local): EncodedValue {
  const mayHaveChanged = typeof local.value === 'object' && local.value !== null;
  return local.encoded !== undefined && !mayHaveChanged ? local.encoded : encodedOf(encode(local.value, key));
}
