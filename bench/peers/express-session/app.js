import connectMemcached from 'connect-memcached';
import express from 'express';
import session from 'express-session';

const MemcachedStore = connectMemcached(session);

const app = express();
app.set('etag', false).disable('x-powered-by');
app.use(
  session({
    secret: 'a key that only this application knows',
    store: new MemcachedStore({ hosts: [process.env.MEMCACHED] }),
    resave: false,
    saveUninitialized: false,
    cookie: { maxAge: 1_200_000 },
  }),
);
app.get('/none', (request, response) => response.json({ ok: true }));
app.get('/new', (request, response) => {
  request.session.counter = 0;
  request.session.filler = 'x'.repeat(Number(request.query.size));
  response.json({ counter: 0 });
});
app.get('/read', (request, response) => {
  const { counter } = request.session;
  response.status(counter === undefined ? 401 : 200).json({ counter });
});
app.get('/rw', (request, response) => {
  request.session.counter = (request.session.counter ?? 0) + 1;
  response.json({ counter: request.session.counter });
});
const server = app.listen(0, '127.0.0.1', () => console.log(server.address().port));
