import type { Expiry } from '../expiry.ts';
import type { ServerClient, ServerItem } from './server-client.ts';

/** What says on a server that it was out of reach. */
const KEY = 'trellis:back';
const NOTHING = Buffer.alloc(0);

/**
 * Tells which values a server has had since before it was last out of reach: others may have been given newer ones
 * meanwhile. Whoever sees it come back stores a mark on the server itself, for every process. memcached numbers what it
 * stores, so what has a lower number than the mark is older.
 */
export class RejoinMark {
  readonly #server: ServerClient;
  #mark: ServerItem | 'none' | 'unknown' = 'unknown';
  #learning: Promise<void> | undefined;

  constructor(server: ServerClient) {
    this.#server = server;
  }

  /** The server is back. The mark is to live as long as anything that it may have missed. */
  note(expiry: Expiry): void {
    this.#learn(this.#server.store('set', KEY, NOTHING, expiry).then(({ item }) => item ?? 'unknown'));
  }

  /** Somebody else may have seen it come back. */
  look(): void {
    this.#learn(this.#server.get(KEY).then((item) => item ?? 'none'));
  }

  /** Resolves once as much is known as can be. */
  async learned(): Promise<void> {
    if (this.#mark === 'unknown' && this.#learning === undefined) this.look();
    await this.#learning;
  }

  /** Whether somebody may have written without the server since it stored this; of nothing: within any value's life. */
  isStale(item: ServerItem | undefined): boolean {
    const mark = this.#mark;
    if (mark === 'none') return false;
    if (mark === 'unknown' || item === undefined) return true;
    return item.casHigh < mark.casHigh || (item.casHigh === mark.casHigh && item.casLow < mark.casLow);
  }

  get isKnown(): boolean {
    return this.#mark !== 'unknown';
  }

  #learn(answer: Promise<ServerItem | 'none' | 'unknown'>): void {
    this.#mark = 'unknown';
    const learning = answer
      .catch(() => 'unknown' as const)
      .then((mark) => {
        if (this.#learning !== learning) return;
        this.#mark = mark;
        this.#learning = undefined;
      });
    this.#learning = learning;
  }
}
