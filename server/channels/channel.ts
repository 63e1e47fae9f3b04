import type { Kind } from '../../schema/live.ts';
import type { RequestHead } from '../publisher/request.ts';

/** Where the channel breaks, a browser's own EventSource waits for so long. */
const OPENING = Buffer.from('retry: 1000\n\n');
const COMMENT = Buffer.from(':\n\n');

interface ChannelOptions {
  /** Who opened it, and how. */
  readonly head: RequestHead;
  readonly user: string;
  /** Somebody reads it. */
  readonly onBegin: (channel: Channel) => void;
  readonly onEnd: (channel: Channel) => void;
}

/**
 * One open answer through which a page hears that something changed. What it has not read yet is kept as the kinds alone, so
 * a page that does not read holds nothing up.
 */
export class Channel implements AsyncIterableIterator<Buffer, undefined> {
  readonly head: RequestHead;
  readonly user: string;
  readonly #onBegin: (channel: Channel) => void;
  readonly #onEnd: (channel: Channel) => void;
  readonly #kinds = new Set<Kind>();
  /** What says nothing: the opening, or a comment. */
  #silent: Buffer | undefined = OPENING;
  #reader: PromiseWithResolvers<IteratorResult<Buffer, undefined>> | undefined;
  #hasBegun = false;
  #isOver = false;

  constructor({ head, user, onBegin, onEnd }: ChannelOptions) {
    this.head = head;
    this.user = user;
    this.#onBegin = onBegin;
    this.#onEnd = onEnd;
  }

  tell(kinds: Iterable<Kind>): void {
    for (const kind of kinds) this.#kinds.add(kind);
    this.#give();
  }

  /** Says nothing: whoever is in between sees that the connection is in use, and we whether anybody is there. */
  comment(): void {
    this.#silent = COMMENT;
    this.#give();
  }

  end(): void {
    if (this.#isOver) return;
    this.#isOver = true;
    this.#onEnd(this);
    this.#give();
  }

  next(): Promise<IteratorResult<Buffer, undefined>> {
    if (!this.#hasBegun && !this.#isOver) this.#onBegin(this);
    this.#hasBegun = true;
    this.#reader = Promise.withResolvers();
    const { promise } = this.#reader;
    this.#give();
    return promise;
  }

  async return(): Promise<IteratorResult<Buffer, undefined>> {
    this.end();
    return OVER;
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  #give(): void {
    if (this.#reader === undefined) return;
    const piece = this.#isOver ? undefined : this.#piece();
    if (piece === undefined && !this.#isOver) return;
    this.#reader.resolve(piece === undefined ? OVER : { done: false, value: piece });
    this.#reader = undefined;
  }

  #piece(): Buffer | undefined {
    const silent = this.#silent;
    this.#silent = undefined;
    if (silent !== undefined || this.#kinds.size === 0) return silent;
    const event = Buffer.from(`data: ${[...this.#kinds].join(' ')}\n\n`);
    this.#kinds.clear();
    return event;
  }
}

const OVER = { done: true, value: undefined } as const;
