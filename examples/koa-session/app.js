import cluster from 'node:cluster';
import { Server } from 'node:net';
import Koa from 'koa';
import session from 'koa-session';
import { koaSessionStore, openSessions } from 'trellis-sessions/koa-session';

const { TRELLIS_DATA = '../../var', SESSION_MANAGER = '/session_data_manager', PORT = '3000' } = process.env;

const sessions = await openSessions({ data: TRELLIS_DATA, manager: SESSION_MANAGER });
const app = new Koa();
app.keys = [process.env.APP_KEY ?? 'a key that only this application knows'];
const withSession = session(
  { store: koaSessionStore(sessions), maxAge: Number(process.env.MAX_AGE ?? 86_400_000) },
  app,
);

// koa-session reads the session of every request that comes through it, so what needs none is answered before.
app.use(async (ctx, next) => {
  if (ctx.path === '/about') ctx.body = 'A shop with sessions in Trellis.\n';
  else await next();
});
app.use(withSession);

app.use((ctx) => {
  if (ctx.path === '/sign-out') ctx.session = null;
  else ctx.session.visits = (ctx.session.visits ?? 0) + 1;
  ctx.body = `Visits: ${ctx.session?.visits ?? 0}\n`;
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
