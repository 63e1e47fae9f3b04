import cluster from 'node:cluster';
import { Server } from 'node:net';
import express from 'express';
import session from 'express-session';
import { ExpressSessionStore, openSessions } from 'trellis-sessions/express-session';

const { TRELLIS_DATA = '../../var', SESSION_MANAGER = '/session_data_manager', PORT = '3000' } = process.env;

const sessions = await openSessions({ data: TRELLIS_DATA, manager: SESSION_MANAGER });
const store = new ExpressSessionStore(sessions);
const app = express();
app.use(
  session({
    store,
    secret: process.env.APP_KEY ?? 'a key that only this application knows',
    resave: false,
    saveUninitialized: false,
    cookie: { maxAge: Number(process.env.MAX_AGE ?? 86_400_000) },
  }),
);
// While memcached is out of reach, a page that asks for req.session gets 503, and no other page notices.
app.use(store.guard());

app.get('/about', (req, res) => {
  res.type('text').send('A shop with sessions in Trellis.\n');
});

app.get('/sign-out', (req, res, next) => {
  req.session.destroy((error) => (error ? next(error) : res.type('text').send('Visits: 0\n')));
});

app.get('/', (req, res, next) => {
  req.session.visits = (req.session.visits ?? 0) + 1;
  // Saved before the answer begins: express-session alone would send the headers first, and find out later.
  req.session.save((error) => (error ? next(error) : res.type('text').send(`Visits: ${req.session.visits}\n`)));
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
