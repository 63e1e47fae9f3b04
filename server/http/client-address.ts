import { isIP, type BlockList } from 'node:net';
import type { IncomingMessage } from 'node:http';
import { Malformed, Misdirected } from '../base/errors.ts';
import { BoundedMap } from '../base/bounded-map.ts';
import { keepsSecureCookies, mayDropSecureCookies, originOfHost, parseOrigin } from '../base/origins.ts';
import type { OwnHosts } from './own-hosts.ts';

const HOST = /^(\[[0-9a-f:.]+\]|[a-z0-9._-]+)(:\d{1,5})?$/i;
const HOSTS_REMEMBERED = 100;
const LONGEST_SHOWN = 100;

/** The way by which a browser reached this server. */
export interface Reached {
  /** The configured origin of that host; where there is none, the address that was asked. */
  readonly origin: string;
  /** What an Origin header may say: also the configured origins, where a proxy passes another Host on. */
  readonly ours: readonly string[];
  readonly acceptsSecureCookies: boolean;
  /** Some browsers keep them there, and Safari does not. */
  readonly mayDropSecureCookies: boolean;
  /** Whether browsers may be asked never to use anything but https for that host. */
  readonly isHttpsOnly: boolean;
}

interface ClientAddressesOptions {
  /** Whose X-Forwarded-* is believed. */
  readonly trusted: BlockList;
  /** What was configured, the canonical one first. */
  readonly origins: readonly string[];
  readonly hosts: OwnHosts;
}

/** Who is at the other end: address and origin, believing X-Forwarded-* only from trusted proxies. */
export class ClientAddresses {
  readonly #options: ClientAddressesOptions;
  readonly #trustsAny: boolean;
  readonly #reached = new BoundedMap<string, Reached>(HOSTS_REMEMBERED);

  constructor(options: ClientAddressesOptions) {
    this.#options = options;
    this.#trustsAny = options.trusted.rules.length > 0;
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

  /** By which address the browser reached us. Throws where the request names no host, or one that is not ours. */
  reachedBy(message: IncomingMessage, mayBeForeign = false): Reached {
    const address = this.#askedBy(message);
    const known = this.#reached.get(address);
    if (known !== undefined) return known;
    const asked = parseOrigin(address);
    if (asked === undefined) throw noHost();
    const isOurs = this.#options.hosts.has(new URL(asked).hostname);
    if (!isOurs && !mayBeForeign) throw this.#misdirected(asked);
    const reached = this.#judge(asked);
    if (isOurs) this.#reached.set(address, reached);
    return reached;
  }

  #askedBy(message: IncomingMessage): string {
    if (hasSeveralHosts(message.rawHeaders)) throw new Malformed('The request has several Host headers.');
    const isProxied = this.#isTrusted(plain(message.socket.remoteAddress ?? ''));
    const forwarded = isProxied ? header(message, 'x-forwarded-host') : undefined;
    const host = forwarded || (message.headers.host ?? '');
    if (!HOST.test(host)) throw noHost();
    return `${isProxied && header(message, 'x-forwarded-proto') === 'https' ? 'https' : 'http'}://${host}`;
  }

  #judge(asked: string): Reached {
    const { origins } = this.#options;
    const configured = originOfHost(asked, origins);
    const isHttps = (configured ?? origins[0])?.startsWith('https:') === true;
    return {
      origin: configured ?? asked,
      // At a configured host its own scheme and port count, and no other.
      ours: configured === undefined ? [...origins, asked] : origins,
      acceptsSecureCookies: keepsSecureCookies(asked, origins),
      mayDropSecureCookies: mayDropSecureCookies(asked, origins),
      isHttpsOnly: isHttps && !this.#hasPlain(new URL(configured ?? origins[0]!).hostname),
    };
  }

  #hasPlain(hostname: string): boolean {
    return this.#options.origins.some((origin) => origin.startsWith('http:') && new URL(origin).hostname === hostname);
  }

  #misdirected(asked: string): Misdirected {
    const { host } = new URL(asked);
    const shown = host.length > LONGEST_SHOWN ? `${host.slice(0, LONGEST_SHOWN)}…` : host;
    const what = `This server does not answer as '${shown}'.`;
    if (shown !== host) return new Misdirected(what);
    const setting =
      this.#options.origins.length === 0 ? `set TRELLIS_ORIGIN=${asked}` : `add ${asked} to TRELLIS_ORIGIN`;
    const https = asked.startsWith('https:') ? '' : `, with https:// where browsers use that,`;
    return new Misdirected(`${what} If that is an address of this site, ${setting}${https} and start it again.`);
  }

  #isTrusted(address: string): boolean {
    if (!this.#trustsAny) return false;
    const version = isIP(address);
    return version > 0 && this.#options.trusted.check(address, version === 6 ? 'ipv6' : 'ipv4');
  }
}

function noHost(): Malformed {
  return new Malformed('The Host header names no host.');
}

/** Node takes the first; what stands before us may have taken another. */
function hasSeveralHosts(rawHeaders: readonly string[]): boolean {
  let hosts = 0;
  for (let at = 0; at < rawHeaders.length; at += 2) {
    if (rawHeaders[at]?.length === 4 && rawHeaders[at]?.toLowerCase() === 'host') hosts += 1;
  }
  return hosts > 1;
}

function plain(address: string): string {
  return address.replace(/^::ffff:(?=\d+\.)/i, '');
}

function header(message: IncomingMessage, name: string): string | undefined {
  const value = message.headers[name];
  return Array.isArray(value) ? value[0] : value?.split(',')[0]?.trim();
}
