import { startDealer, type ConnectionDealer } from './connection-dealer.ts';
import { ask } from '../applications/visitor.ts';

const PROBE_MS = 20;

/** Hands each connection to one of several servers by turns: to those that say at /readyz that they are ready. */
export class Balancer implements AsyncDisposable {
  readonly #ports: readonly number[];
  readonly #dealer: ConnectionDealer;
  readonly #timer: NodeJS.Timeout;
  readonly #ready = new Set<number>();

  static async start(ports: readonly number[]): Promise<Balancer> {
    const dealer = await startDealer(() => ports.filter((port) => balancer.isReady(port)));
    const balancer = new Balancer(ports, dealer);
    await balancer.#probe();
    return balancer;
  }

  private constructor(ports: readonly number[], dealer: ConnectionDealer) {
    this.#ports = ports;
    this.#dealer = dealer;
    this.#timer = setInterval(() => void this.#probe(), PROBE_MS);
  }

  get port(): number {
    return this.#dealer.port;
  }

  isReady(port: number): boolean {
    return this.#ready.has(port);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    clearInterval(this.#timer);
    await this.#dealer[Symbol.asyncDispose]();
  }

  async #probe(): Promise<void> {
    const look = async (port: number) => {
      const answer = await ask(port, '/readyz', { headers: { connection: 'close' } }).catch(() => undefined);
      if (answer?.status === 200) this.#ready.add(port);
      else this.#ready.delete(port);
    };
    await Promise.all(this.#ports.map(look));
  }
}
