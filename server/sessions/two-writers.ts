import { randomUUID } from 'node:crypto';
import type { SessionContainer } from './container.ts';
import type { Origin, Session } from './session.ts';

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
 * from what is not there any more. Each sets a key of its own; both are counted in what is read anew, and taken out again.
 */
export async function twoWriters(container: SessionContainer, of: WritersSession): Promise<TwoWriters> {
  const keys = [newKey(), newKey()];
  try {
    const writers = await Promise.all(keys.map(() => open(container, of)));
    const change = async (session: Session | undefined, index: number) =>
      session && container.save(session.set(keys[index]!, true), of);
    const written = await Promise.all(writers.map(change));
    const found = await container.load(of.browserId);
    return {
      survived: keys.filter((key) => found?.has(key)).length,
      retries: written.reduce((sum, each) => sum + (each?.retries ?? 0), 0),
    };
  } finally {
    await takeOut(container, of, keys);
  }
}

/** No key that anybody has chosen. */
function newKey(): string {
  return `two-writers-${randomUUID()}`;
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
  await container.save(session, of);
}
