import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Socket } from 'node:net';

/** One address in front of several servers. */
export interface ConnectionDealer extends AsyncDisposable {
  readonly port: number;
  /** As a `servers` line. */
  readonly address: string;
  /** How many connections were dealt out so far. */
  readonly connections: number;
}

/** Deals connections out to the ports of 127.0.0.1 that are there at that moment, in turn; while there are none, resets. */
export async function startDealer(ports: () => readonly number[]): Promise<ConnectionDealer> {
  const sockets = new Set<Socket>();
  let connections = 0;
  const server = createServer({ noDelay: true }, (client) => {
    const all = ports();
    const port = all[connections++ % all.length];
    if (port === undefined) return void client.resetAndDestroy();
    const upstream = connect({ host: '127.0.0.1', port, noDelay: true });
    for (const [from, to] of [
      [client, upstream],
      [upstream, client],
    ] as const) {
      sockets.add(from);
      from.pipe(to);
      from.on('error', () => to.destroy());
      from.on('close', () => sockets.delete(from) && to.destroy());
    }
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return {
    port,
    address: `127.0.0.1:${port}`,
    get connections() {
      return connections;
    },
    async [Symbol.asyncDispose]() {
      for (const socket of sockets) socket.destroy();
      server.close();
      await once(server, 'close');
    },
  };
}
