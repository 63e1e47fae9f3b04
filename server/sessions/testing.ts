import { ConflictError } from '../base/errors.ts';
import { KeyRing } from '../base/key-ring.ts';
import { LocalStore } from '../memcache/local-store.ts';
import type { Store } from '../memcache/store.ts';
import { BrowserIds, type CookieSettings } from './browser-id.ts';
import { DEFAULT_SETTINGS, SessionContainer } from './container.ts';
import { SessionTransaction } from './session-transaction.ts';
import type { UnreadableRecord } from './record/record.ts';
import { Session } from './session.ts';
import type { SessionSettings } from './session-writer.ts';

export const DEFAULT_COOKIE: CookieSettings = {
  name: 'browser_id',
  path: '/',
  domain: undefined,
  lifetimeDays: 0,
  sameSite: 'Lax',
  isSecure: true,
  hasTwin: false,
  isHttpOnly: true,
  isPartitioned: false,
};

/** What tests of sessions stand on: a container over a store, a clock that is moved by hand, and browsers. */
export class SessionWorld {
  readonly store: Store;
  readonly keyRing: KeyRing;
  readonly browserIds: BrowserIds;
  readonly container: SessionContainer;
  readonly faults: UnreadableRecord[] = [];
  readonly cookie: CookieSettings = DEFAULT_COOKIE;
  settings: SessionSettings = DEFAULT_SETTINGS;
  generation = 0;
  userGeneration = 0;
  now = 1_700_000_000_000;

  constructor(store?: Store, keyRing = KeyRing.random()) {
    this.keyRing = keyRing;
    this.store = store ?? new LocalStore({ clock: () => this.now });
    this.browserIds = new BrowserIds(keyRing);
    this.container = this.containerOf('7');
  }

  /** Another process would have a container of its own, over the same store. */
  containerOf(container: string, keyRing: KeyRing | null = this.keyRing): SessionContainer {
    return new SessionContainer({
      store: this.store,
      keyRing,
      scope: { installation: 'here', container, generation: () => this.generation },
      settings: () => this.settings,
      userGeneration: () => this.userGeneration,
      clock: () => this.now,
      onFault: (fault) => this.faults.push(fault),
    });
  }

  /** What a browser sends that was given this session's id. */
  cookieHeaderFor(session: Session): string {
    const { browserId } = Session.basisOf(session);
    return this.browserIds.setCookies(browserId, this.cookie, undefined)[0]!.split('; ')[0]!;
  }

  browser(): Browser {
    return new Browser(this);
  }
}

export type View<Result> = (session: Session, transaction: SessionTransaction) => Result | Promise<Result>;

/** Keeps a cookie, and makes requests as the publisher does: run, commit, run again on a conflict. */
export class Browser {
  readonly #world: SessionWorld;
  cookieHeader: string | undefined;

  constructor(world: SessionWorld) {
    this.#world = world;
  }

  async request<Result>(view: View<Result>, container = this.#world.container): Promise<Result> {
    for (let reruns = 0; ; reruns++) {
      const transaction = this.transaction(reruns);
      try {
        const result = await view(await transaction.open(container), transaction);
        await transaction.commit();
        transaction.announce();
        this.accept(transaction.setCookies[0]);
        return result;
      } catch (error) {
        transaction.abort();
        if (!(error instanceof ConflictError) || reruns === 3) throw error;
      }
    }
  }

  /** One run of a request, to be committed by hand. */
  transaction(reruns = 0): SessionTransaction {
    return this.transactionWith(this.cookieHeader, reruns);
  }

  /** The same with a Cookie header of another time or place. */
  transactionWith(cookieHeader: string | undefined, reruns = 0): SessionTransaction {
    const { browserIds, cookie } = this.#world;
    const origin = { user: null, address: '127.0.0.1', browser: 'Test' };
    return new SessionTransaction({ browserIds, cookie, cookieHeader, origin, mayRerun: true, reruns });
  }

  accept(setCookie: string | undefined): void {
    if (setCookie === undefined) return;
    const [pair] = setCookie.split('; ');
    this.cookieHeader = pair!.endsWith('=') ? undefined : pair;
  }

  get browserId(): string | undefined {
    return this.#world.browserIds.read(this.cookieHeader, this.#world.cookie)?.id;
  }
}
