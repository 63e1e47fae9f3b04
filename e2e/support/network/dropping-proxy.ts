import { once } from 'node:events';
import { createServer, request } from 'node:http';
import type { AddressInfo } from 'node:net';
import { putAway } from '../chromium/put-away.ts';

/** Between a browser and a server, it takes Secure cookies out of answers: the browser is then one that keeps none. */
export async function startDroppingProxy({
  port,
}: {
  readonly port: number;
}): Promise<AsyncDisposable & { url: string }> {
  const proxy = createServer((incoming, outgoing) => {
    const { method, url, headers } = incoming;
    const asking = request({ host: '127.0.0.1', port, path: url, method, headers }, (answer) => {
      const kept = answer.headers['set-cookie']?.filter((line) => !/; secure(;|$)/i.test(line)) ?? [];
      const { 'set-cookie': _, ...others } = answer.headers;
      outgoing.writeHead(answer.statusCode ?? 502, kept.length === 0 ? others : { ...others, 'set-cookie': kept });
      answer.pipe(outgoing);
    });
    asking.on('error', () => outgoing.destroy());
    incoming.pipe(asking);
  }).listen(0, '127.0.0.1');
  await once(proxy, 'listening');
  const { port: own } = proxy.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${own}`,
    async [Symbol.asyncDispose]() {
      putAway(own);
      proxy.closeAllConnections();
      await new Promise((resolve) => proxy.close(resolve));
    },
  };
}
