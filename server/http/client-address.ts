import { isIP, type BlockList } from 'node:net';
import type { IncomingMessage } from 'node:http';

/** Who is at the other end: address and origin, believing X-Forwarded-* only from trusted proxies. */
export class ClientAddresses {
  readonly #trusted: BlockList;
  readonly #origin: string | undefined;

  constructor(trusted: BlockList, origin: string | undefined) {
    this.#trusted = trusted;
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
    return forwarded.findLast((address) => isIP(address) > 0 && !this.#isTrusted(address)) ?? direct;
  }

  /** The origin by which the browser reached us, or `undefined` where the Host header makes no sense. */
  originOf(message: IncomingMessage): string | undefined {
    const isProxied = this.#isTrusted(plain(message.socket.remoteAddress ?? ''));
    const host = (isProxied ? header(message, 'x-forwarded-host') : undefined) ?? message.headers.host ?? '';
    if (!/^(\[[0-9a-f:.]+\]|[a-z0-9._-]+)(:\d{1,5})?$/i.test(host)) return undefined;
    if (this.#origin !== undefined && !isLoopbackHost(host)) return this.#origin;
    const protocol = isProxied && header(message, 'x-forwarded-proto') === 'https' ? 'https' : 'http';
    return parseOrigin(`${protocol}://${host}`);
  }

  #isTrusted(address: string): boolean {
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
