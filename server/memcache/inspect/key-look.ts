import type { NetConnectOpts } from 'node:net';
import { plainReason } from '../errors.ts';
import { TextExchange, type ExchangeOptions } from './text-exchange.ts';

/** What one server holds under a key. */
interface LookedAt {
  /** `null` where it is larger than what was asked for. */
  readonly value: Buffer | null;
  readonly bytes: number;
  /** Seconds until it ends; `null`: it never does. */
  readonly remainingS: number | null;
  /** Seconds since it was last read or written. */
  readonly unusedS: number;
}

interface LookOptions extends ExchangeOptions {
  /** Its bytes, one for each character. */
  readonly key: string;
  readonly maxBytes: number;
}

/** What the text protocol takes as it is. memcached counts a key in base64 by its length in base64. */
const PLAIN = /^[\x21-\x7e\x80-\xff]+$/;
const HEAD = /^VA (\d+) s\d+ t(-?\d+) l(\d+)$/;
const LONGEST_HEAD = 100;

/** Looks at one key of one memcached, without counting as use. `undefined`: the server has no such key. */
export function lookAt(target: NetConnectOpts, options: LookOptions): Promise<LookedAt | undefined> {
  return new KeyLook(target, options).result;
}

class KeyLook extends TextExchange<LookedAt | undefined> {
  protected readonly longest: number;
  readonly #key: string;
  readonly #maxBytes: number;

  constructor(target: NetConnectOpts, options: LookOptions) {
    super(target, options);
    const { key } = options;
    this.#key = PLAIN.test(key) ? key : `${Buffer.from(key, 'latin1').toString('base64')} b`;
    this.#maxBytes = options.maxBytes;
    this.longest = options.maxBytes + LONGEST_HEAD;
  }

  /** A key that could end the line goes in base64; `u`: the order of use stays as it is. */
  protected begin(): void {
    this.say(`mg ${this.#key} s t l u v\r\n`);
  }

  protected take(text: string): string {
    const end = text.indexOf('\r\n');
    if (end === -1) return text;
    const line = text.slice(0, end);
    if (line === 'EN') this.end(undefined);
    else this.#read(line, text.slice(end + 2));
    return text;
  }

  #read(line: string, data: string): void {
    const [, length, remaining, unused] = HEAD.exec(line) ?? [];
    if (length === undefined) return this.failAs(TOO_OLD);
    const bytes = Number(length);
    if (bytes <= this.#maxBytes && data.length < bytes) return;
    this.end({
      value: bytes > this.#maxBytes ? null : Buffer.from(data.slice(0, bytes), 'latin1'),
      bytes,
      remainingS: Number(remaining) < 0 ? null : Number(remaining),
      unusedS: Number(unused),
    });
  }
}

const TOO_OLD = plainReason('is older than memcached 1.6');
