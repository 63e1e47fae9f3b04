import type { MemcachedCluster } from '../e2e/support/memcached/memcached-cluster.ts';
import { startServer, type TestServer } from '../e2e/support/server.ts';
import { SITE_ENVIRONMENT } from './contestants.ts';

/** Something that goes wrong, and is made good again. */
export interface Fault {
  readonly what: string;
  begin(): Promise<unknown>;
  end(): Promise<unknown>;
}

/** A second process on the data folder of a site, which may come and go on its port. */
export class SecondProcess implements AsyncDisposable {
  readonly #data: string;
  #server: TestServer;

  static async start(data: string): Promise<SecondProcess> {
    return new SecondProcess(data, await startServer({ data, environment: SITE_ENVIRONMENT }));
  }

  constructor(data: string, server: TestServer) {
    this.#data = data;
    this.#server = server;
  }

  get port(): number {
    return this.#server.port;
  }

  stop(): Promise<unknown> {
    return this.#server.stop();
  }

  kill(): Promise<unknown> {
    return this.#server.kill();
  }

  async bringBack(): Promise<void> {
    this.#server = await startServer({ data: this.#data, port: this.port, environment: SITE_ENVIRONMENT });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#server.kill();
  }
}

/** The fault of each cycle: memcached killed, memcached frozen, a process of Trellis restarted, always another one. */
export function faultOf(cycle: number, servers: MemcachedCluster, second: SecondProcess): Fault {
  const turn = Math.floor(cycle / 3);
  const killed = turn % servers.all.length;
  const frozen = (turn + 1) % servers.all.length;
  const faults: readonly Fault[] = [
    {
      what: `memcached ${killed + 1} killed, back empty`,
      begin: () => servers.kill(killed),
      end: () => servers.bringBack(killed),
    },
    {
      what: `memcached ${frozen + 1} frozen`,
      begin: () => servers.freeze(frozen),
      end: () => servers.wake(frozen),
    },
    {
      what: turn % 2 === 0 ? 'second process restarted' : 'second process killed',
      begin: () => (turn % 2 === 0 ? second.stop() : second.kill()),
      end: () => second.bringBack(),
    },
  ];
  return faults[cycle % faults.length] as Fault;
}
