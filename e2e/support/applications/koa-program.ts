import type { AddressInfo } from 'node:net';
import { setTimeout as wait } from 'node:timers/promises';
import Koa from 'koa';
import { koaSessions, openSessions } from '../../../server/adapters/koa.ts';

// Somebody else's application. Each request but /plain looks at the session, waits, and then changes it as its address says.
const sessions = await openSessions({ data: process.env['TRELLIS_DATA'] ?? '', manager: '/session_data_manager' });
const app = new Koa().use(koaSessions(sessions));
app.silent = true;
app.use(async (context) => {
  if (context.path === '/plain') {
    context.body = 'plain';
    return;
  }
  const session = await context.session();
  const { key = '', value, wait: waitMs = '0' } = context.query as Readonly<Record<string, string | undefined>>;
  const before = session.get(key, null);
  await wait(Number(waitMs));
  if (context.path === '/add') session.update<number>(key, (number = 0) => number + 1);
  if (context.path === '/set') session.set(key, value);
  context.body = { results: [before] };
});

const server = app.listen(0, '127.0.0.1', () => console.log(`${(server.address() as AddressInfo).port}`));

process.once('SIGTERM', async () => {
  server.closeAllConnections();
  server.close();
  await sessions.close();
  process.exit();
});
