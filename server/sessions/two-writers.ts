import { randomUUID } from 'node:crypto';
import { Problem, Unavailable } from '../base/errors.ts';
import type { SessionContainer } from './container.ts';
import type { Origin, Session } from './session.ts';
import type { Written } from './session-writer.ts';

/** Whose session two writers change: the browser's own, or one that begins for them and is ended again. */
export interface WritersSession {
  readonly browserId: string;
  readonly isThere: boolean;
  readonly origin: Origin;
}

/** What came of two writers at once. */
export interface TwoWriters {
  /** Of two keys, those that were in the store afterwards. */
  readonly survived: number;
  /** How often a change was made again because the other one was faster. */
  readonly retries: number;
}

/**
 * Has two writers change one session at once: both load it before either stores, so the change that comes second was made
 * from what is not there any more. Each sets a key of its own; both are counted in what is read anew, and taken out again:
 * where that fails, the error says so.
 */
export async function twoWriters(container: SessionContainer, of: WritersSession): Promise<TwoWriters> {
  const keys = [newKey(), newKey()];
  const writers = await Promise.all(keys.map(() => open(container, of)));
  const [came] = await Promise.allSettled([writeAll(container, of, keys, writers)]);
  const [takenOut] = await Promise.allSettled([takeOut(container, of, keys)]);
  if (came.status === 'fulfilled' && takenOut.status === 'fulfilled') return came.value;
  const error: unknown = came.status === 'rejected' ? came.reason : (takenOut as PromiseRejectedResult).reason;
  if (takenOut.status === 'fulfilled' || !(error instanceof Problem)) throw error;
  throw new Unavailable(`${error.message} ${of.isThere ? KEYS_LEFT : SESSION_LEFT}`, { cause: error });
}

const KEY = 'two-writers-';
const KEYS_LEFT = `What was written may still be in the session: remove the keys that begin with '${KEY}'.`;
const SESSION_LEFT = 'The session that was begun for this may still be there: it ends by its timeout.';

async function writeAll(
  container: SessionContainer,
  of: WritersSession,
  keys: readonly string[],
  writers: readonly (Session | undefined)[],
): Promise<TwoWriters> {
  const change = async (session: Session | undefined, index: number) =>
    session && save(container, session.set(keys[index]!, true), of);
  // What is still being written while keys are taken out would stay.
  const changes = writers.map(change);
  await Promise.allSettled(changes);
  const written = await Promise.all(changes);
  const found = await container.load(of.browserId);
  return {
    survived: keys.filter((key) => found?.has(key)).length,
    retries: written.reduce((sum, each) => sum + (each?.retries ?? 0), 0),
  };
}

/** No key that anybody has chosen. */
function newKey(): string {
  return `${KEY}${randomUUID()}`;
}

/** As a request does that ends well: a session that begins for the writers is counted, as its end is. */
async function save(container: SessionContainer, session: Session, of: WritersSession): Promise<Written | undefined> {
  const written = await container.save(session, of);
  container.announce(written, of.origin.user);
  return written;
}

/** As a request has it: what is stored, or what nobody has stored yet. */
async function open(container: SessionContainer, { browserId, isThere }: WritersSession): Promise<Session | undefined> {
  return isThere ? container.load(browserId) : container.begin(browserId);
}

async function takeOut(container: SessionContainer, of: WritersSession, keys: readonly string[]): Promise<void> {
  const session = await container.load(of.browserId);
  if (session === undefined) return;
  if (of.isThere) for (const key of keys) session.delete(key);
  else session.invalidate();
  await save(container, session, of);
}
