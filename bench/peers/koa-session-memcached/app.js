import Koa from 'koa';
import session from 'koa-session';
import Memcached from 'memcached';
import { promisify } from 'node:util';

const memcached = new Memcached(process.env.MEMCACHED);
const [get, set, destroy] = ['get', 'set', 'del'].map((name) => promisify(memcached[name]).bind(memcached));
const store = {
  get: (key) => get(key),
  set: (key, value, maxAge) => set(key, value, Math.ceil(maxAge / 1000)),
  destroy: (key) => destroy(key),
};

const app = new Koa();
app.silent = true;
app.keys = ['a key that only this application knows'];
app.use(session({ store, maxAge: 1_200_000 }, app));
app.use((context) => {
  if (context.path === '/none') context.body = { ok: true };
  if (context.path === '/new') {
    context.session.counter = 0;
    context.session.filler = 'x'.repeat(Number(context.query.size));
    context.body = { counter: 0 };
  }
  if (context.path === '/read') {
    context.assert(context.session.counter !== undefined, 401);
    context.body = { counter: context.session.counter };
  }
  if (context.path === '/rw')
    context.body = { counter: (context.session.counter = (context.session.counter ?? 0) + 1) };
});
const server = app.listen(0, '127.0.0.1', () => console.log(server.address().port));
