import Koa from 'koa';
import session from 'koa-session';
import memjs from 'memjs';

const memcached = memjs.Client.create(process.env.MEMCACHED, { logger: { log() {} } });
const store = {
  async get(key) {
    const { value } = await memcached.get(key);
    return value === null ? undefined : JSON.parse(value);
  },
  set: (key, value, maxAge) => memcached.set(key, JSON.stringify(value), { expires: Math.ceil(maxAge / 1000) }),
  destroy: (key) => memcached.delete(key),
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
