import Koa from 'koa';
import type { AddressInfo } from 'node:net';

// The machine's floor for a page: Koa that answers every time with the one that is finished.
const page = process.env['PAGE'] ?? '';
const app = new Koa();
app.use((context) => {
  context.type = 'html';
  context.body = page;
});
const server = app.listen(0, '127.0.0.1', () => console.log((server.address() as AddressInfo).port));
