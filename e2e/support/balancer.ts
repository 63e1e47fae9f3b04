import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { ask } from './visitor.ts';

const PROBE_MS = 20;

interface Place {
  readonly port: number;
  isReady: boolean;
}

/** Hands each connection to one of several servers by turns: to those that say at /readyz that they are ready. */
export class Balancer implements AsyncDisposable {
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();
  readonly #places: readonly Place[];
  readonly #timer: NodeJS.Timeout;
  #turn = 0;

  static async start(ports: readonly number[]): Promise<Balancer> {
    const balancer = new Balancer(ports);
    balancer.#server.listen(0, '127.0.0.1');
    await once(balancer.#server, 'listening');
    await balancer.#probe();
    return balancer;
  }

  constructor(ports: readonly number[]) {
    this.#places = ports.map((port) => ({ port, isReady: false }));
    this.#server = createServer((client) => this.#hand(client));
    this.#timer = setInterval(() => void this.#probe(), PROBE_MS);
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port;
  }

  isReady(port: number): boolean {
    return this.#places.some((place) => place.port === port && place.isReady);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    clearInterval(this.#timer);
    this.#server.close();
    for (const socket of this.#sockets) socket.destroy();
    await once(this.#server, 'close');
  }

  async #probe(): Promise<void> {
    const look = async (place: Place) => {
      const answer = await ask(place.port, '/readyz', { headers: { connection: 'close' } }).catch(() => undefined);
      place.isReady = answer?.status === 200;
    };
    await Promise.all(this.#places.map(look));
  }

  #hand(client: Socket): void {
    const ready = this.#places.filter(({ isReady }) => isReady);
    const place = ready[this.#turn++ % ready.length];
    if (place === undefined) return void client.resetAndDestroy();
    const upstream = connect(place.port, '127.0.0.1');
    for (const [from, to] of [
      [client, upstream],
      [upstream, client],
    ] as const) {
      this.#sockets.add(from.setNoDelay());
      from.pipe(to);
      from.on('error', () => to.destroy());
      from.on('close', () => this.#sockets.delete(from));
    }
  }
}
