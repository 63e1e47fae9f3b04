import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import Koa from 'koa';
import { koaSessions } from '../../adapters/koa.ts';
import { openSessions } from '../../adapters/open-sessions.ts';
import { Visitor } from '../../../e2e/support/applications/visitor.ts';
import type { World } from './world.ts';

/** Two requests to an application change one key of one session at once. Gives the statuses of their answers, sorted. */
export async function contend(world: World): Promise<readonly number[]> {
  const options = {
    data: world.folder,
    manager: `${world.place}/manager`,
    environment: { TRELLIS_LOG_LEVEL: 'silent' },
  };
  const sessions = await openSessions(options);
  const both = Promise.withResolvers<void>();
  let arrived = 0;
  const app = new Koa();
  app.silent = true;
  app.use(koaSessions(sessions));
  app.use(async (context) => {
    const session = await context.session();
    if (context.query['value'] !== undefined) {
      session.get('key');
      arrived += 1;
      if (arrived === 2) both.resolve();
      await both.promise;
    }
    session.set('key', context.query['value'] ?? 'begun');
    context.body = 'set';
  });
  const server = app.listen(0, '127.0.0.1');
  await once(server, 'listening');
  try {
    const visitor = new Visitor(server.address() as AddressInfo);
    await visitor.ask('/');
    const answers = await Promise.all([visitor.ask('/?value=a'), visitor.ask('/?value=b')]);
    return answers.map(({ status }) => status).sort((one, other) => one - other);
  } finally {
    server.closeAllConnections();
    server.close();
    await sessions.close();
  }
}
