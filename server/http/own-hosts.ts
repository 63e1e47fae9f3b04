import { isIP } from 'node:net';
import { hostname as machineName } from 'node:os';
import { isLoopbackHost, withoutDot } from '../base/origins.ts';

interface OwnHostsOptions {
  /** What was configured. */
  readonly origins: readonly string[];
  /** Where the server listens: a name there is one of its own. */
  readonly listensAt: string;
  /** The name of this machine, which may change while it runs. */
  readonly machine?: () => string;
}

/**
 * Which hosts are this server. A page of another site can have its own name lead to our address (DNS rebinding), and is then
 * of the same origin to browsers: what asks for a name that is not ours is not for us. Nobody can give an address another
 * owner, nor what is looked up on the machine itself.
 */
export class OwnHosts {
  readonly #configured: ReadonlySet<string>;
  readonly #machine: () => string;

  constructor({ origins, listensAt, machine = machineName }: OwnHostsOptions) {
    this.#configured = new Set([...origins.map((origin) => new URL(origin).hostname), listensAt.toLowerCase()]);
    this.#machine = machine;
  }

  /** `hostname` as URLs print it: in small letters, an IPv6 address in brackets. */
  has(hostname: string): boolean {
    const name = withoutDot(hostname);
    if (this.#configured.has(name) || isLoopbackHost(name) || isIP(name.replace(/^\[|\]$/g, '')) > 0) return true;
    return namesOf(this.#machine().toLowerCase()).includes(name);
  }
}

/** A machine is also called by the first part of its name, and by that in its own network (mDNS). */
function namesOf(machine: string): readonly string[] {
  const [first = machine] = machine.split('.');
  return [machine, first, `${first}.local`];
}
