import { once } from 'node:events';
import { createServer, request } from 'node:http';
import type { AddressInfo } from 'node:net';
import { putAway } from '../chromium/put-away.ts';

export interface ReverseProxy extends AsyncDisposable {
  readonly port: number;
}

/** Stands in front of a server as nginx does by default: by plain http, with the server's own address as Host. */
export async function startReverseProxy(upstream: () => number): Promise<ReverseProxy> {
  const proxy = createServer((asked, answer) => {
    const port = upstream();
    const headers = { ...asked.headers, host: `127.0.0.1:${port}`, connection: 'close' };
    const passed = request({ host: '127.0.0.1', port, path: asked.url, method: asked.method, headers });
    passed.on('error', () => answer.destroy());
    passed.on('response', (given) => {
      answer.writeHead(given.statusCode ?? 502, given.rawHeaders);
      given.pipe(answer);
    });
    asked.pipe(passed);
  });
  await once(proxy.listen(0, '127.0.0.1'), 'listening');
  const { port } = proxy.address() as AddressInfo;
  return {
    port,
    async [Symbol.asyncDispose]() {
      putAway(port);
      proxy.closeAllConnections();
      proxy.close();
      await once(proxy, 'close');
    },
  };
}
