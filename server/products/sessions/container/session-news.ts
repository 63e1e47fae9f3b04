import { setTimeout as wait } from 'node:timers/promises';
import { ConflictError } from '../../../base/errors.ts';
import { backoffMs } from '../../../base/backoff.ts';
import type { Database } from '../../../objects/database.ts';
import { listenersTo, TreeEvent } from '../../../objects/event.ts';
import type { TreeObject } from '../../../objects/object.ts';
import type { TreeTransaction } from '../../../objects/transaction.ts';
import type { TypeDefinition } from '../../../objects/types.ts';
import type { SessionNews } from '../../../sessions/container.ts';
import { siteOf } from '../../../site/site.ts';

/** A session that began or was ended in this process. */
export interface SessionEvent {
  /** What is changed in it is committed afterwards. */
  readonly tree: TreeTransaction;
  readonly container: TreeObject;
  /** As the Sessions tab names it; `null`: all sessions of the container were ended, or all of the user. */
  readonly session: string | null;
  readonly user: string | null;
}

/** A session began in some container of this tree. */
export const SESSION_ADDED = new TreeEvent<SessionEvent>('session added');

/** A session was ended: by a request, a person or a program. Nobody is told of one that expires. */
export const SESSION_ENDED = new TreeEvent<SessionEvent>('session ended');

/** When more is waiting to be told than this, products are too slow and miss some. */
const MOST_WAITING = 10_000;
const TRIES = 4;

/** How a container tells products of its sessions; `undefined` where no type listens, so that it costs nothing. */
export function newsFrom(object: TreeObject): ((news: SessionNews) => void) | undefined {
  const { database } = object.tree;
  const listeners = database.types
    .all()
    .filter((type) => [SESSION_ADDED, SESSION_ENDED].some((event) => listenersTo(event, type).length > 0));
  if (listeners.length === 0) return undefined;
  const courier = couriers.get(database) ?? new Courier(object, listeners);
  couriers.set(database, courier);
  return (news) => courier.take(object.oid, news);
}

const couriers = new WeakMap<Database, Courier>();

/** Tells products one thing after the other, apart from the requests that it happened in. What fails there is logged here. */
class Courier {
  readonly #database: Database;
  readonly #log: ReturnType<typeof siteOf>['log'];
  readonly #listeners: readonly TypeDefinition[];
  readonly #waiting: { readonly container: number; readonly news: SessionNews }[] = [];
  #isTelling = false;
  #missed = 0;

  constructor(object: TreeObject, listeners: readonly TypeDefinition[]) {
    this.#database = object.tree.database;
    this.#log = siteOf(object).log;
    this.#listeners = listeners;
  }

  take(container: number, news: SessionNews): void {
    if (this.#waiting.length >= MOST_WAITING) this.#missed += 1;
    else this.#waiting.push({ container, news });
    if (!this.#isTelling) void this.#tellAll();
  }

  async #tellAll(): Promise<void> {
    this.#isTelling = true;
    for (let next = this.#waiting.shift(); next !== undefined; next = this.#waiting.shift()) {
      for (const listener of this.#listeners) await this.#tell(listener, next.container, next.news);
    }
    this.#isTelling = false;
    if (this.#missed > 0)
      this.#log.error({ missed: this.#missed }, 'Products were too slow and missed news of sessions');
    this.#missed = 0;
  }

  async #tell(listener: TypeDefinition, container: number, news: SessionNews): Promise<void> {
    for (let tries = 1; ; tries += 1) {
      try {
        return await this.#tellOnce(listener, container, news);
      } catch (error) {
        const what = { err: error, type: listener.type, news };
        if (!(error instanceof ConflictError) || tries >= TRIES)
          return this.#log.error(what, 'A product failed at the news of a session');
        await wait(backoffMs(tries, 1, 20));
      }
    }
  }

  async #tellOnce(listener: TypeDefinition, oid: number, { event, id, user }: SessionNews): Promise<void> {
    const hearing = listenersTo(event === 'added' ? SESSION_ADDED : SESSION_ENDED, listener);
    const tree = await this.#database.open(null);
    const container = await tree.findByOid(oid);
    if (container === undefined) return;
    for (const hear of hearing) await hear({ tree, container, session: id, user });
    if (tree.hasChanges) await tree.commit(`${listener.type} heard of a session in ${container.path}`);
  }
}
