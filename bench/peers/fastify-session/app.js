import cookie from '@fastify/cookie';
import session from '@fastify/session';
import Fastify from 'fastify';
import Memcached from 'memcached';

const memcached = new Memcached(process.env.MEMCACHED);
const LIFE_S = 1_200;
const store = {
  get: (id, done) => memcached.get(id, (error, value) => done(error, value && JSON.parse(value))),
  set: (id, value, done) => memcached.set(id, JSON.stringify(value), LIFE_S, (error) => done(error)),
  destroy: (id, done) => memcached.del(id, (error) => done(error)),
};

const app = Fastify();
app.register(cookie);
app.register(session, {
  secret: 'a key that only this application knows',
  store,
  rolling: false,
  saveUninitialized: false,
  cookie: { secure: false, maxAge: LIFE_S * 1000 },
});
app.get('/none', async () => ({ ok: true }));
app.get('/new', async (request) => {
  request.session.counter = 0;
  request.session.filler = 'x'.repeat(Number(request.query.size));
  return { counter: 0 };
});
app.get('/read', async (request, reply) => {
  const { counter } = request.session;
  if (counter === undefined) reply.code(401);
  return { counter };
});
app.get('/rw', async (request) => {
  request.session.counter = (request.session.counter ?? 0) + 1;
  return { counter: request.session.counter };
});
await app.listen({ port: 0, host: '127.0.0.1' });
console.log(app.server.address().port);
