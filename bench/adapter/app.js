import Koa from 'koa';
import { koaSessions, openSessions } from 'trellis-sessions/koa';

const sessions = await openSessions({ data: process.env.TRELLIS_DATA, manager: '/session_data_manager' });
const app = new Koa();
app.silent = true;
app.use(koaSessions(sessions));
app.use(async (context) => {
  if (context.path === '/none') context.body = { ok: true };
  if (context.path === '/new') {
    const session = await context.session();
    session.set('counter', 0).set('filler', 'x'.repeat(Number(context.query.size)));
    context.body = { counter: 0 };
  }
  if (context.path === '/read') {
    const session = await context.session();
    context.assert(!session.isNew, 401);
    context.body = { counter: session.get('counter') };
  }
  if (context.path === '/rw') {
    const session = await context.session();
    context.body = { counter: session.update('counter', (counter = 0) => counter + 1) };
  }
});
const server = app.listen(0, '127.0.0.1', () => console.log(`http://127.0.0.1:${server.address().port}/`));
