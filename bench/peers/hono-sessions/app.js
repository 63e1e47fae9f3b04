import { serve } from '@hono/node-server';
import { Hono } from 'hono';
import { sessionMiddleware } from 'hono-sessions';
import memjs from 'memjs';

const memcached = memjs.Client.create(process.env.MEMCACHED, { logger: { log() {} } });
const LIFE_S = 1_200;
const write = (id, data) => memcached.set(id, JSON.stringify(data), { expires: LIFE_S });
const store = {
  async getSessionById(id) {
    const { value } = await memcached.get(id);
    return value === null ? null : JSON.parse(value);
  },
  createSession: write,
  persistSessionData: write,
  deleteSession: (id) => memcached.delete(id),
};

const app = new Hono();
app.use(
  sessionMiddleware({
    store,
    encryptionKey: 'a key that only this application knows',
    expireAfterSeconds: LIFE_S,
    cookieOptions: { path: '/', httpOnly: true },
  }),
);
app.get('/none', (context) => context.json({ ok: true }));
app.get('/new', (context) => {
  const session = context.get('session');
  session.set('counter', 0);
  session.set('filler', 'x'.repeat(Number(context.req.query('size'))));
  return context.json({ counter: 0 });
});
app.get('/read', (context) => {
  const counter = context.get('session').get('counter');
  return context.json({ counter }, counter === null ? 401 : 200);
});
app.get('/rw', (context) => {
  const session = context.get('session');
  session.set('counter', (session.get('counter') ?? 0) + 1);
  return context.json({ counter: session.get('counter') });
});
serve({ fetch: app.fetch, port: 0, hostname: '127.0.0.1' }, ({ port }) => console.log(port));
