import { isIP, type BlockList } from 'node:net';
import type { IncomingMessage } from 'node:http';
import { BoundedMap } from '../base/limits.ts';

const HOST = /^(\[[0-9a-f:.]+\]|[a-z0-9._-]+)(:\d{1,5})?$/i;
const HOSTS_REMEMBERED = 100;

/** The way by which a browser reached this server. */
export interface Reached {
  readonly origin: string;
  /** What an Origin header may say: also the configured origin, where a proxy passes another Host on. */
  readonly ours: readonly string[];
  /** Whether the browser keeps Secure cookies there: by https, and on this machine itself. */
  readonly acceptsSecureCookies: boolean;
}

/** Who is at the other end: address and origin, believing X-Forwarded-* only from trusted proxies. */
export class ClientAddresses {
  readonly #trusted: BlockList;
  readonly #trustsAny: boolean;
  readonly #origin: string | undefined;
  readonly #reached = new BoundedMap<string, Reached>(HOSTS_REMEMBERED);

  constructor(trusted: BlockList, origin: string | undefined) {
    this.#trusted = trusted;
    this.#trustsAny = trusted.rules.length > 0;
    this.#origin = origin;
  }

  addressOf(message: IncomingMessage): string {
    const direct = plain(message.socket.remoteAddress ?? '');
    if (!this.#isTrusted(direct)) return direct;
    // From the right: the first address that is not one of our own proxies sent the request.
    const forwarded = [message.headers['x-forwarded-for'] ?? []]
      .flat()
      .join(',')
      .split(',')
      .map((part) => plain(part.trim()));
    // What stands left of something that is no address was not written by our proxies.
    const sender = forwarded.findLast((address) => !this.#isTrusted(address)) ?? '';
    return isIP(sender) > 0 ? sender : direct;
  }

  /** By which address the browser reached us, or `undefined` where the Host header makes no sense. */
  reachedBy(message: IncomingMessage): Reached | undefined {
    const isProxied = this.#isTrusted(plain(message.socket.remoteAddress ?? ''));
    const host = (isProxied ? header(message, 'x-forwarded-host') : undefined) ?? message.headers.host ?? '';
    const protocol = isProxied && header(message, 'x-forwarded-proto') === 'https' ? 'https' : 'http';
    const address = `${protocol}://${host}`;
    const known = this.#reached.get(address);
    if (known !== undefined) return known;
    const reached = HOST.test(host) ? this.#judge(address, host) : undefined;
    if (reached !== undefined) this.#reached.set(address, reached);
    return reached;
  }

  #judge(address: string, host: string): Reached | undefined {
    const direct = parseOrigin(address);
    if (direct === undefined) return undefined;
    const isLoopback = isLoopbackHost(host);
    const origin = isLoopback ? direct : (this.#origin ?? direct);
    const ours = this.#origin === undefined ? [origin] : [this.#origin, origin];
    return { origin, ours, acceptsSecureCookies: isLoopback || origin.startsWith('https:') };
  }

  #isTrusted(address: string): boolean {
    if (!this.#trustsAny) return false;
    const version = isIP(address);
    return version > 0 && this.#trusted.check(address, version === 6 ? 'ipv6' : 'ipv4');
  }
}

/** An origin in its one spelling, or `undefined`. */
export function parseOrigin(text: string): string | undefined {
  if (!URL.canParse(text)) return undefined;
  const { origin } = new URL(text);
  return origin === 'null' ? undefined : origin;
}

/** Whether a host[:port] is this machine itself; browsers accept Secure cookies there without https. */
export function isLoopbackHost(host: string): boolean {
  return /^(localhost|127(\.\d{1,3}){3}|\[::1\])(:\d+)?$/i.test(host);
}

function plain(address: string): string {
  return address.replace(/^::ffff:(?=\d+\.)/i, '');
}

function header(message: IncomingMessage, name: string): string | undefined {
  const value = message.headers[name];
  return Array.isArray(value) ? value[0] : value?.split(',')[0]?.trim();
}
