import { lookup, type LookupAddress } from 'node:dns';
import type { NetConnectOpts } from 'node:net';
import type { Address } from './addresses.ts';
import type { Allowlist } from './allowlist.ts';
import { REASONS, ServerUnreachable } from './errors.ts';
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
