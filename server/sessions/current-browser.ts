import { Invalid } from '../base/errors.ts';
import type { SessionTransaction } from './session-transaction.ts';

/** Where the id of a browser is from: its cookie, or this request, which gives it one with the answer. */
export interface BrowserId {
  readonly id: string;
  readonly source: 'cookie' | 'new';
}

type KnowsBrowser = Pick<SessionTransaction, 'knownAs' | 'giveId' | 'flushCookie'>;

/** The browser that asks, as code may know it: which id it has, from where, and that it is to forget it. */
export class CurrentBrowser {
  readonly #request: KnowsBrowser;

  constructor(request: KnowsBrowser) {
    this.#request = request;
  }

  get hasId(): boolean {
    return this.#request.knownAs !== undefined;
  }

  /** Its id. One that has none is given one with the answer, whether or not anything is stored for it. */
  getId(): string {
    return (this.#request.knownAs ?? this.#request.giveId()).id;
  }

  /** Throws where it has no id. */
  get source(): BrowserId['source'] {
    const { knownAs } = this.#request;
    if (knownAs === undefined) throw new Invalid('There is no current browser id.');
    return knownAs.source;
  }

  /** Has it forget its id with the answer. What is stored under it stays, and nobody comes to it any more. */
  flushCookie(): void {
    this.#request.flushCookie();
  }
}
