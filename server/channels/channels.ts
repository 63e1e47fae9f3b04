import type { Kind } from '../../schema/live.ts';
import type { Background } from '../base/background.ts';
import { Problem, TooManyRequests, Unavailable } from '../base/errors.ts';
import type { RequestHead } from '../publisher/request.ts';
import { Channel } from './channel.ts';

/** Looks whether something is not as it was, and tells of which kinds that is. Asked as long as somebody listens. */
export interface Look {
  /** Completes "could not": 'look for changes of the tree'. */
  readonly task: string;
  /** At which looks it is asked: each, unless said. */
  readonly every?: number;
  readonly run: (tell: Tell) => unknown;
}

export type Tell = (...kinds: readonly Kind[]) => void;

interface ChannelsOptions {
  readonly background: Background;
  readonly looks: readonly Look[];
  /** Refuses whoever may not listen (any more). */
  readonly requireListener: (head: RequestHead) => Promise<void>;
  readonly most?: number;
  readonly mostOfUser?: number;
}

const MOST = 2_000;
const MOST_OF_USER = 50;
const LOOK_MS = 1_000;
/** What is told meanwhile goes out together. */
const GATHER_MS = 100;
/** In looks. What is in between often ends a connection that was silent for half a minute. */
const COMMENT_EVERY = 25;
/** So many listeners are asked for their right at each look; more, until it was all, once the users changed. */
const CHECKED_AT_ONCE = 17;
const HURRIED_AT_ONCE = 200;
const AGAIN_S = 10;
const NOT_ALLOWED = [401, 403, 404];

/**
 * The channels that are open. One timer of the process serves all of them: it looks, comments, and closes those whose login
 * or right is over. While nobody listens, nothing is asked.
 */
export class Channels {
  readonly #options: ChannelsOptions;
  /** With the look at which each began; who was asked for their right longest ago stands first. */
  readonly #channels = new Map<Channel, number>();
  readonly #told = new Set<Kind>();
  #timer: NodeJS.Timeout | undefined;
  #delivery: NodeJS.Timeout | undefined;
  #looks = 0;
  /** How many are to be asked soon. */
  #hurried = 0;
  #isClosed = false;

  constructor(options: ChannelsOptions) {
    this.#options = options;
  }

  get open(): number {
    return this.#channels.size;
  }

  /** A channel for somebody who may listen. It is open once it is read: an answer that is not sent leaves none behind. */
  begin(head: RequestHead, user: string): Channel {
    const refusal = this.#refusalOf(user);
    if (refusal !== undefined) throw refusal;
    return new Channel({
      head,
      user,
      onBegin: (channel) => this.#open(channel),
      onEnd: (channel) => this.#forget(channel),
    });
  }

  /** Ends all of them, and begins no more. */
  close(): void {
    this.#isClosed = true;
    for (const channel of this.#channels.keys()) channel.end();
  }

  #refusalOf(user: string): Problem | undefined {
    const { most = MOST, mostOfUser = MOST_OF_USER } = this.#options;
    if (this.#isClosed) return new Unavailable('This server is ending. Listen again in a moment.');
    if (this.#channels.size >= most) {
      const detail = `${most} windows listen for changes here, and no more can. Close one, or reload this one where you need it.`;
      return new Unavailable(detail, { retryAfterS: AGAIN_S });
    }
    if (this.#channels.keys().reduce((count, channel) => count + Number(channel.user === user), 0) >= mostOfUser) {
      const detail = `${mostOfUser} windows of '${user}' listen for changes, and no more can. Close one, or reload this one where you need it.`;
      return new TooManyRequests(detail, AGAIN_S);
    }
    return undefined;
  }

  /** Others may have begun since it was made: then it ends, and whoever listens is told why when it comes again. */
  #open(channel: Channel): void {
    if (this.#refusalOf(channel.user) !== undefined) return channel.end();
    this.#channels.set(channel, this.#looks);
    if (this.#timer === undefined) {
      this.#timer = setInterval(() => this.#look(), LOOK_MS).unref();
      this.#look();
    }
  }

  #forget(channel: Channel): void {
    this.#channels.delete(channel);
    if (this.#channels.size > 0) return;
    clearInterval(this.#timer);
    this.#timer = undefined;
  }

  #look(): void {
    const { background, looks } = this.#options;
    this.#looks += 1;
    for (const { task, every = 1, run } of looks)
      if (this.#looks % every === 0) background.do(task, () => run((...kinds) => this.#tell(kinds)));
    background.do('ask who may still listen for changes', () => this.#checkListeners());
    for (const [channel, begun] of this.#channels) if ((this.#looks - begun) % COMMENT_EVERY === 0) channel.comment();
  }

  #tell(kinds: readonly Kind[]): void {
    if (kinds.includes('users')) this.#hurried = this.#channels.size;
    for (const kind of kinds) this.#told.add(kind);
    if (this.#told.size === 0 || this.#delivery !== undefined) return;
    this.#delivery = setTimeout(() => this.#deliver(), GATHER_MS).unref();
  }

  #deliver(): void {
    this.#delivery = undefined;
    for (const channel of this.#channels.keys()) channel.tell(this.#told);
    this.#told.clear();
  }

  async #checkListeners(): Promise<void> {
    const count = Math.max(CHECKED_AT_ONCE, Math.min(HURRIED_AT_ONCE, this.#hurried));
    this.#hurried -= count;
    for (const [channel, begun] of this.#channels.entries().take(count).toArray()) {
      if (!(await this.#mayListen(channel))) channel.end();
      else if (this.#channels.delete(channel)) this.#channels.set(channel, begun);
    }
  }

  /** What cannot be found out changes nothing: whoever then asks for anything is told why. */
  async #mayListen({ head }: Channel): Promise<boolean> {
    try {
      await this.#options.requireListener(head);
      return true;
    } catch (error) {
      return !(error instanceof Problem && NOT_ALLOWED.includes(error.status));
    }
  }
}
