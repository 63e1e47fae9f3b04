import { isHostName, type Address } from './addresses.ts';
import { meant } from '../../base/shape.ts';
import { isInNetwork, parseIp, type Ip, type Network } from './ip.ts';

/** Lowest and highest port. */
type Ports = readonly [from: number, to: number];

type Rule =
  | { readonly kind: 'network'; readonly network: Network; readonly ports: Ports }
  | { readonly kind: 'name'; readonly name: string; readonly ports: Ports }
  | { readonly kind: 'socket'; readonly path: string };

/** What elsewhere stands for many addresses. */
const OTHER_WORDS = ['all', 'any', 'loopback', 'none', 'private'];

const UNPRIVILEGED: Ports = [1024, 65535];
const LOOPBACK_AND_PRIVATE = ['127.0.0.0/8', '[::1]', '10.0.0.0/8', '172.16.0.0/12', '192.168.0.0/16', '[fc00::/7]'];
const LINK_LOCAL = ['169.254.0.0/16', '[fe80::/10]'].map((text) => parseNetwork(text.replace(/[[\]]/g, '')));

/** Which memcached servers may be named: set by who runs the server, out of reach of who uses the interface. */
export class Allowlist {
  readonly #rules: readonly Rule[];
  readonly #anyMemcachedSocket: boolean;

  private constructor(rules: readonly Rule[], anyMemcachedSocket: boolean) {
    this.#rules = rules;
    this.#anyMemcachedSocket = anyMemcachedSocket;
  }

  /**
   * Reads TRELLIS_MEMCACHED_ALLOW: networks (`10.0.0.0/8`, `[fd00::/8]`), addresses, names, each with `:port` or
   * `:from-to` if wanted (otherwise ports from 1024 up), paths of sockets or of folders of them (`/run/memcached/`), and
   * the word `default`; all parted by commas. Without a text: `default`, which is loopback and private networks, and
   * sockets whose path speaks of memcached. Link-local addresses are never allowed.
   */
  static parse(text = 'default'): { readonly allowlist: Allowlist; readonly problems: readonly string[] } {
    const rules: Rule[] = [];
    const problems: string[] = [];
    const entries = text.split(',').map((entry) => entry.trim());
    const hasDefault = entries.includes('default');
    if (hasDefault) entries.push(...LOOPBACK_AND_PRIVATE);
    for (const entry of entries.filter((each) => each !== '' && each !== 'default')) {
      const rule = parseRule(entry);
      if (typeof rule === 'string') problems.push(rule);
      else rules.push(rule);
    }
    return { allowlist: new Allowlist(rules, hasDefault), problems };
  }

  /** Whether the address may be named at all. A name may, if it could lead to an allowed address. */
  mayName(address: Address): boolean {
    if (address.kind === 'socket') return this.#allowsSocket(address.path);
    const ip = parseIp(address.host);
    if (ip !== undefined) return this.allows(ip, address.port, address.host);
    return this.#rules.some((rule) => rule.kind !== 'socket' && isWithin(address.port, rule.ports));
  }

  /** Whether a connection may be made to this IP address, which `host` (a name, or the address itself) led to. */
  allows(ip: Ip, port: number, host: string): boolean {
    if (LINK_LOCAL.some((network) => network !== undefined && isInNetwork(ip, network))) return false;
    return this.#rules.some((rule) => {
      if (rule.kind === 'socket' || !isWithin(port, rule.ports)) return false;
      return rule.kind === 'network' ? isInNetwork(ip, rule.network) : rule.name === host;
    });
  }

  #allowsSocket(path: string): boolean {
    if (this.#anyMemcachedSocket && path.includes('memcached') && path.endsWith('.sock')) return true;
    return this.#rules.some(
      (rule) => rule.kind === 'socket' && (rule.path.endsWith('/') ? path.startsWith(rule.path) : path === rule.path),
    );
  }
}

function isWithin(port: number, [from, to]: Ports): boolean {
  return port >= from && port <= to;
}

function parseRule(entry: string): Rule | string {
  if (entry.startsWith('/')) return { kind: 'socket', path: entry };
  const parts = /^(?:\[([^\]]*)\]|([^:]*))(?::(.*))?$/s.exec(entry);
  const ports = parsePorts(parts?.[3]);
  const target = parts?.[1] ?? parts?.[2] ?? '';
  if (parts !== null && ports !== undefined) {
    const network = parseNetwork(target);
    if (network !== undefined && (parts[1] !== undefined) === target.includes(':'))
      return { kind: 'network', network, ports };
    if (OTHER_WORDS.includes(entry.toLowerCase()) || (entry === target && meant(entry, ['default']) !== '')) {
      return `'${entry}' in TRELLIS_MEMCACHED_ALLOW would be the name of a server. Write 'default' for this machine and private networks, networks such as 127.0.0.0/8, or '${entry}:1024-65535' for a server of that name.`;
    }
    if (parts[1] === undefined && isHostName(target)) return { kind: 'name', name: target.toLowerCase(), ports };
  }
  return `'${entry}' in TRELLIS_MEMCACHED_ALLOW is not a network (10.0.0.0/8, [fd00::/8]), an address, a name (each with :port or :from-to if wanted), a socket's path or 'default'.`;
}

function parsePorts(text: string | undefined): Ports | undefined {
  if (text === undefined) return UNPRIVILEGED;
  const match = /^(\d{1,5})(?:-(\d{1,5}))?$/.exec(text);
  if (match === null) return undefined;
  const from = Number(match[1]);
  const to = Number(match[2] ?? match[1]);
  return from >= 1 && from <= to && to <= 65535 ? [from, to] : undefined;
}

function parseNetwork(text: string): Network | undefined {
  const [address = '', bits, ...rest] = text.split('/');
  const base = parseIp(address);
  if (base === undefined || rest.length > 0) return undefined;
  if (bits === undefined) return { base, bits: base.length * 8 };
  if (!/^\d{1,3}$/.test(bits) || Number(bits) > base.length * 8) return undefined;
  return { base, bits: Number(bits) };
}
