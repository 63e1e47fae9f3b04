import { Invalid } from '../../base/errors.ts';
import type { TreeObject } from '../../objects/object.ts';
import type { Call } from '../../publisher/call.ts';
import type { SessionContainer } from '../../sessions/container.ts';
import { Session } from '../../sessions/session.ts';
import type { Written } from '../../sessions/session-writer.ts';
import { SESSION_CONTAINER } from '../stores/session-container.ts';

const KEYED = Symbol('the sessions by key of this request');

/** The sessions that code keeps in a session data container under keys of its own, beside those of browsers. */
export async function sessionsIn(call: Call, object: TreeObject): Promise<KeyedSessions> {
  const known = (call.scope.get(KEYED) ?? new Map()) as Map<number, KeyedSessions>;
  call.scope.set(KEYED, known);
  const sessions = known.get(object.oid) ?? new KeyedSessions(call, await object.provide(SESSION_CONTAINER));
  known.set(object.oid, sessions);
  return sessions;
}

/**
 * One request's view of them. What is changed in a session that it gave is stored when the request commits, with the tree
 * and the caller's own session, or not at all. One in which nothing was ever set is not stored.
 */
export class KeyedSessions {
  readonly #call: Call;
  readonly #container: SessionContainer;
  readonly #given = new Map<string, Session>();

  constructor(call: Call, container: SessionContainer) {
    this.#call = call;
    this.#container = container;
  }

  /** Whether there is a session under the key. To ask is no use of it: it lives no longer for that. */
  async has(key: string): Promise<boolean> {
    const session = this.#given.get(key) ?? (await this.#load(key));
    return session !== undefined && isThere(session);
  }

  /** The session under the key; `undefined`: there is none. */
  async get(key: string): Promise<Session | undefined> {
    const session = this.#given.get(key) ?? (await this.#load(key));
    return session === undefined || !isThere(session) ? undefined : this.#give(key, session);
  }

  /** The session under the key, or a new one where there is none. */
  async newOrExisting(key: string): Promise<Session> {
    const session = (await this.get(key)) ?? this.#given.get(key) ?? (await this.#begin(key));
    return this.#give(key, session);
  }

  /** A new session under the key, where there must be none. */
  async new(key: string): Promise<Session> {
    if (await this.has(key)) throw new Invalid(`cannot duplicate key: there is a session under '${key}'.`);
    return this.newOrExisting(key);
  }

  #load(key: string): Promise<Session | undefined> {
    return this.#container.load(idOf(key));
  }

  /** Also after one of that key was ended. */
  async #begin(key: string): Promise<Session> {
    const begun = await this.#container.beginAgain(idOf(key));
    return begun ?? this.#container.begin(idOf(key));
  }

  /** From now on the session is part of the request's transaction, the same one however often it is asked for. */
  #give(key: string, session: Session): Session {
    const known = this.#given.get(key);
    if (known !== undefined) return known;
    this.#given.set(key, session);
    const { transaction } = this.#call;
    // An answer that streams asks for it: it is there to be looked at.
    if (transaction.isOver) Session.discard(session);
    else transaction.join(this.#participantFor(session));
    return session;
  }

  #participantFor(session: Session) {
    const container = this.#container;
    let written: Written | undefined;
    return {
      async commit() {
        Session.close(session);
        written = await container.save(session, { mayRerun: true });
      },
      async undo() {
        if (written !== undefined) await container.undo(written);
      },
      committed: () => container.announce(written, null),
      abort: () => Session.discard(session),
    };
  }
}

function isThere(session: Session): boolean {
  return session.isValid && (!session.isNew || session.size > 0);
}

/** No browser has such an id: theirs have no blank in them. */
function idOf(key: string): string {
  if (typeof key !== 'string') throw new TypeError(`key is not a string type: ${typeof key}`);
  if (key === '') throw new Invalid('The key of a session is empty. Give a text.');
  return `key ${key}`;
}
