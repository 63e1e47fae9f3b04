import cluster from 'node:cluster';
import { Server } from 'node:net';
import Koa from 'koa';
import { koaSessions, openSessions } from 'trellis-sessions/koa';

const { TRELLIS_DATA = '../../var', SESSION_MANAGER = '/session_data_manager', PORT = '3000' } = process.env;

const sessions = await openSessions({ data: TRELLIS_DATA, manager: SESSION_MANAGER });
const app = new Koa();
app.use(koaSessions(sessions));

app.use(async (ctx) => {
  // A page that asks for no session costs nothing, and is answered also while memcached is out of reach.
  if (ctx.path === '/about') {
    ctx.body = 'A shop with sessions in Trellis.\n';
    return;
  }
  const session = await ctx.session();
  if (ctx.path === '/sign-in') session.rotate();
  if (ctx.path === '/sign-out') session.invalidate();
  else session.update('visits', (visits = 0) => visits + 1);
  if (ctx.path === '/fail') throw new Error('What this request did to the session is not stored.');
  ctx.body = `Visits: ${session.get('visits', 0)}\n`;
});

const server = app.listen(Number(PORT), '127.0.0.1', () => {
  console.log(`http://127.0.0.1:${server.address().port}/`);
});

function end() {
  server.prependListener('request', (_, response) => response.setHeader('connection', 'close'));
  // The port alone: server.close() would end idle connections, too, over which a request may be on its way.
  Server.prototype.close.call(server, leave);
  setInterval(() => server.closeIdleConnections(), 1_500).unref();
  setTimeout(() => server.closeAllConnections(), 10_000).unref();
}

async function leave() {
  await sessions.close();
  // A worker of a cluster has a channel to its primary, which keeps it, and over which requests may be on their way.
  cluster.worker?.disconnect();
}

process.once('SIGTERM', end);
process.once('SIGINT', end);
