import type { NetConnectOpts } from 'node:net';
import { plainReason, ServerUnreachable } from '../errors.ts';
import type { InspectedKey } from '../store-inspector.ts';
import { TextExchange, type ExchangeOptions } from './text-exchange.ts';

/** A key as one server's dump lists it. */
type DumpedKey = Omit<InspectedKey, 'servers'>;

export interface Dump {
  readonly keys: readonly DumpedKey[];
  /** There are more than were asked for. */
  readonly hasMore: boolean;
}

interface DumpOptions extends ExchangeOptions {
  /** Keys that begin otherwise are passed over. */
  readonly prefix: string;
  readonly limit: number;
}

/** The server is dumping for somebody else: it does one at a time. */
export class DumpBusy extends ServerUnreachable {
  constructor(address: string) {
    super(address, { short: 'is being listed already', clause: 'is listing its keys for somebody else' });
  }
}

const LINE = /^key=(\S+) exp=(-?\d+) (?:la=(\d+) )?.*\bsize=(\d+)/;

/** Lists the keys of one memcached by `lru_crawler metadump`. */
export function dumpKeys(target: NetConnectOpts, options: DumpOptions): Promise<Dump> {
  return new KeyDump(target, options).result;
}

class KeyDump extends TextExchange<Dump> {
  /** A line is a key of at most 250 bytes, three characters for each, and some figures. */
  protected readonly longest = 2_048;
  readonly #limit: number;
  readonly #beginning: string;
  readonly #keys: DumpedKey[] = [];
  /** Older servers walk only over the order of use, where an item that is used meanwhile may be passed over. */
  #mayAskOtherwise = true;

  constructor(target: NetConnectOpts, options: DumpOptions) {
    super(target, options);
    this.#limit = options.limit;
    this.#beginning = `key=${encodeURIComponent(options.prefix)}`;
  }

  protected begin(): void {
    this.say('lru_crawler metadump hash\r\n');
  }

  protected take(text: string): string {
    const lines = text.split('\n');
    const rest = lines.pop() ?? '';
    for (const line of lines) this.#list(line.trimEnd());
    return rest;
  }

  #list(line: string): void {
    if (line.startsWith(this.#beginning)) return this.#keep(line);
    if (line.startsWith('key=')) return;
    if (line === 'END') return this.end({ keys: this.#keys, hasMore: false });
    if (line.startsWith('BUSY')) return this.fail(new DumpBusy(this.address));
    if (this.#mayAskOtherwise) {
      this.#mayAskOtherwise = false;
      this.say('lru_crawler metadump all\r\n');
    } else this.failAs(REFUSES_LISTING);
  }

  #keep(line: string): void {
    const [, encoded, expires = '', lastAccess, size = ''] = LINE.exec(line) ?? [];
    if (encoded === undefined) return;
    if (this.#keys.length === this.#limit) return this.end({ keys: this.#keys, hasMore: true });
    this.#keys.push({
      key: decodeKey(encoded),
      bytes: Number(size),
      expires: Number(expires) < 0 ? null : Number(expires) * 1_000,
      lastAccess: lastAccess === undefined ? null : Number(lastAccess) * 1_000,
    });
  }
}

function decodeKey(encoded: string): string {
  const plain = encoded.replaceAll('%3A', ':');
  if (!plain.includes('%')) return plain;
  return plain.replaceAll(/%([0-9A-F]{2})/g, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)));
}

const REFUSES_LISTING = plainReason('refuses to list its keys');
