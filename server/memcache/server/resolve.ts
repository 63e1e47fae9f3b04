import { lookup, type LookupAddress } from 'node:dns';
import { setTimeout as wait } from 'node:timers/promises';
import type { NetConnectOpts } from 'node:net';
import type { Address } from './addresses.ts';
import type { Allowlist } from './allowlist.ts';
import { REASONS, ServerUnreachable } from '../errors.ts';
import { parseIp } from './ip.ts';

/** When one of a name's addresses does not answer, how long until the next is tried as well. */
const NEXT_ADDRESS_MS = 100;

/**
 * Where to connect to for an address. A name is resolved anew for each connection, every address it has is checked
 * against the allowlist, and only what was checked is connected to: a name cannot lead elsewhere a moment later.
 */
export function resolve(address: Address, allowlist: Allowlist): NetConnectOpts {
  if (!allowlist.mayName(address)) throw new ServerUnreachable(address.text, REASONS.notAllowed);
  if (address.kind === 'socket') return { path: address.path };
  return {
    host: address.host,
    port: address.port,
    autoSelectFamily: true,
    autoSelectFamilyAttemptTimeout: NEXT_ADDRESS_MS,
    lookup(host, _options, callback) {
      lookup(host, { all: true, order: 'verbatim' }, (error, found) => {
        if (error !== null) callback(new ServerUnreachable(address.text, REASONS.unresolved, { cause: error }), []);
        else if (found.every(isAllowed)) callback(null, found);
        else callback(new ServerUnreachable(address.text, REASONS.notAllowed), []);
      });
    },
  };

  function isAllowed(found: LookupAddress): boolean {
    const ip = parseIp(found.address);
    return ip !== undefined && address.kind === 'tcp' && allowlist.allows(ip, address.port, address.host);
  }
}

/** How long a question about a name may take that nobody waits for to connect. */
const LOOK_MS = 500;

/** The IP addresses that lead to a server now; none for a socket, or a name that does not resolve in time. */
export async function ipsOf(address: Address): Promise<readonly string[]> {
  if (address.kind === 'socket') return [];
  if (parseIp(address.host) !== undefined) return [address.host];
  const found = new Promise<readonly string[]>((settle) => {
    lookup(address.host, { all: true }, (error, all) => settle(error === null ? all.map((each) => each.address) : []));
  });
  return await Promise.race([found, wait(LOOK_MS, [], { ref: false })]);
}

/** The same way to a server, by one of the IP addresses of its name alone. */
export function only(target: NetConnectOpts, ip: string): NetConnectOpts {
  if (!('host' in target) || target.lookup === undefined || target.host === ip) return target;
  const { lookup: all } = target;
  return {
    ...target,
    lookup: (host, options, callback) =>
      all(host, options, (error, found) => {
        const left = (found as LookupAddress[]).filter(({ address }) => address === ip);
        // The name may lead elsewhere by now; and where a look finds nothing, Node throws with nobody to catch it.
        if (error === null && left.length === 0) callback(new ServerUnreachable(host, REASONS.unresolved), []);
        else callback(error, left);
      }),
  };
}
