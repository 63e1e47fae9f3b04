import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net';

/** What is done with one chunk, on its way from the server to the client or from the client to the server. */
export type Fate =
  | 'pass'
  /** Swallowed; the connection stays open. */
  | 'drop'
  /** Both sides are closed cleanly, without the chunk. */
  | 'fin'
  /** Both sides are reset, without the chunk. */
  | 'rst'
  /** The first bytes pass, then the client's side is closed cleanly. */
  | { readonly cutAfter: number }
  /** Byte for byte, each in a packet of its own. */
  | 'drip'
  | { readonly delayMs: number }
  /** Other bytes pass in its place. */
  | { readonly become: Buffer };

/** A TCP proxy that does to a connection what networks and dying servers do. */
export interface ChaosProxy extends AsyncDisposable {
  readonly port: number;
  /** `127.0.0.1:port`. */
  readonly address: string;
  /** Decides about every chunk from the server; 'pass' until it is set. */
  onAnswer: (chunk: Buffer) => Fate;
  /** Decides about every chunk from the client; 'pass' until it is set. */
  onRequest: (chunk: Buffer) => Fate;
  /** How many connections were accepted so far. */
  readonly connections: number;
  /** Resets every open connection. */
  cutAll(): void;
}

/** Starts a proxy in front of a port of 127.0.0.1. */
export async function startChaosProxy(targetPort: number): Promise<ChaosProxy> {
  const server = createServer({ noDelay: true });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return new RunningProxy(server, targetPort);
}

class RunningProxy implements ChaosProxy {
  readonly port: number;
  readonly address: string;
  onAnswer: (chunk: Buffer) => Fate = () => 'pass';
  onRequest: (chunk: Buffer) => Fate = () => 'pass';
  connections = 0;
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();

  constructor(server: Server, targetPort: number) {
    this.#server = server;
    this.port = (server.address() as AddressInfo).port;
    this.address = `127.0.0.1:${this.port}`;
    server.on('connection', (client) => {
      this.connections++;
      const upstream = connect({ port: targetPort, host: '127.0.0.1', noDelay: true });
      this.#pipe(client, upstream, (chunk) => this.onRequest(chunk));
      this.#pipe(upstream, client, (chunk) => this.onAnswer(chunk));
    });
  }

  cutAll(): void {
    for (const socket of this.#sockets) socket.resetAndDestroy();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.cutAll();
    this.#server.close();
    await once(this.#server, 'close');
  }

  /** Chunks keep their order: each waits for the fate of the one before it. */
  #pipe(from: Socket, to: Socket, decide: (chunk: Buffer) => Fate): void {
    this.#sockets.add(from);
    let previous = Promise.resolve();
    from.on('data', (chunk: Buffer) => (previous = previous.then(() => meet(decide(chunk), chunk, from, to))));
    from.on('error', () => to.destroy());
    from.on('close', () => {
      this.#sockets.delete(from);
      void previous.then(() => to.end());
    });
  }
}

async function meet(fate: Fate, chunk: Buffer, from: Socket, to: Socket): Promise<void> {
  if (to.destroyed || to.writableEnded) return;
  if (fate === 'pass') to.write(chunk);
  else if (fate === 'drip') await drip(chunk, to);
  else if (fate === 'fin') end(from, to);
  else if (fate === 'rst') for (const socket of [from, to]) socket.resetAndDestroy();
  else if (fate !== 'drop' && 'become' in fate) to.write(fate.become);
  else if (fate !== 'drop' && 'cutAfter' in fate) end(from, to, chunk.subarray(0, fate.cutAfter));
  else if (fate !== 'drop') {
    await new Promise((resolve) => setTimeout(resolve, fate.delayMs));
    if (!to.destroyed && !to.writableEnded) to.write(chunk);
  }
}

function end(from: Socket, to: Socket, last: Buffer = Buffer.alloc(0)): void {
  to.end(last);
  from.end();
}

async function drip(chunk: Buffer, to: Socket): Promise<void> {
  for (let at = 0; at < chunk.length && !to.destroyed; at++) {
    to.write(chunk.subarray(at, at + 1));
    await new Promise((resolve) => setImmediate(resolve));
  }
}
