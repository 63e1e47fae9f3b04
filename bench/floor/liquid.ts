import Koa from 'koa';
import { Liquid } from 'liquidjs';
import type { AddressInfo } from 'node:net';

// The same page in Koa with liquidjs, as its users write it: the template is parsed once, the objects are in memory.
const liquid = new Liquid({ outputEscape: 'escape' });
const template = liquid.parse(process.env['TEMPLATE'] ?? '');
const names = JSON.parse(process.env['NAMES'] ?? '{}') as object;
const app = new Koa();
app.use(async (context) => {
  context.type = 'html';
  context.body = (await liquid.render(template, names)) as string;
});
const server = app.listen(0, '127.0.0.1', () => console.log((server.address() as AddressInfo).port));
