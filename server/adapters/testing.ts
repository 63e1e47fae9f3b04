import { startMemcached, type Memcached } from '../../e2e/support/memcached.ts';
import { openTestInstallation, type TestInstallation } from '../testing.ts';
import { openSessions, type Sessions } from './open-sessions.ts';

/** An application's way to sessions in a real memcached, as the tree of a server in this process says. */
export interface TestSessions extends AsyncDisposable {
  readonly installation: TestInstallation;
  readonly memcached: Memcached;
  readonly sessions: Sessions;
  /** Changes properties of an object in the tree, as the Properties tab does. */
  change(path: string, properties: Readonly<Record<string, unknown>>): Promise<void>;
}

export const MANAGER = '/session_data_manager';

export async function openTestSessions(): Promise<TestSessions> {
  const installation = await openTestInstallation();
  const memcached = await startMemcached();
  const setup = { servers: [memcached.address], proxyId: 'mcproxy', containerId: 'mcsdc', timeoutMinutes: 20 };
  await installation.ask('POST', '/api/@setup-sessions', { body: setup });
  const sessions = await openSessions({
    data: installation.folder,
    manager: MANAGER,
    environment: { TRELLIS_LOG_LEVEL: 'silent' },
  });
  return {
    installation,
    memcached,
    sessions,
    async change(path, properties) {
      const { status, text } = await installation.ask('PATCH', `/api${path}`, { body: { properties } });
      if (status !== 200) throw new Error(text);
    },
    async [Symbol.asyncDispose]() {
      await sessions.close();
      await installation[Symbol.asyncDispose]();
      await memcached[Symbol.asyncDispose]();
    },
  };
}
