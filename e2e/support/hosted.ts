import { once } from 'node:events';
import { openApp } from '../../server/app.ts';
import { readConfig } from '../../server/config.ts';

/** What runs in the process of a ServerHost: opens a server with the environment that it is sent, and without one closes it. */
let close = async (): Promise<void> => {};

process.on('message', ({ environment }: { readonly environment?: NodeJS.ProcessEnv }) => {
  const done = environment === undefined ? close().then(() => ({})) : open(environment);
  void done.then(answer, (error: Error) => answer({ error: error.stack ?? error.message }));
});
// The tests have ended.
process.on('disconnect', () => process.exit());

function answer(says: { readonly port?: number; readonly error?: string }): void {
  process.send?.(says);
}

async function open(environment: NodeJS.ProcessEnv): Promise<{ port: number }> {
  const config = readConfig([], environment);
  const app = await openApp(config);
  app.server.listen(config.port, config.host);
  await once(app.server, 'listening');
  close = async () => {
    app.channels.close();
    await app.connections.end(config.drainMs);
    await app.close();
  };
  const { port } = app.server.address() as { port: number };
  return { port };
}
