import Koa from 'koa';
import type { AddressInfo } from 'node:net';

// The machine's floor: Koa with one middleware, and the same body that the contestants answer with.
const app = new Koa();
app.use((context) => {
  context.body = { ok: true };
});
const server = app.listen(0, '127.0.0.1', () => console.log((server.address() as AddressInfo).port));
