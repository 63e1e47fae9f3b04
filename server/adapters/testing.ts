import assert from 'node:assert/strict';
import { once } from 'node:events';
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import fc from 'fast-check';
import { startMemcached, type Memcached } from '../../e2e/support/memcached/memcached.ts';
import { openTestInstallation, type TestInstallation } from '../testing.ts';
import { openSessions, type Sessions } from './open-sessions.ts';
import { ask, type Answer } from '../../e2e/support/applications/visitor.ts';
import { CookieNames, Jar } from '../../e2e/support/jar.ts';

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

/** What a handler of an application under test does with its session. */
export type Step = readonly [name: string, first?: unknown, second?: unknown];

export interface Visit {
  /** One after the other; sent as JSON in the header `steps`. */
  readonly steps: readonly Step[];
  /** Which of the cookies that the browser ever had it sends: `0` is the newest. */
  readonly cookie: number;
}

const RUNS = process.env['FULL'] === undefined ? 12 : 400;

/** Holds two applications against each other: whatever their handlers do in such steps, a browser cannot tell them apart. */
export async function assertAlike(
  one: VisitedApplication,
  other: VisitedApplication,
  step: fc.Arbitrary<Step>,
  examples: Visit[][] = [],
): Promise<void> {
  const visit = fc.record({
    steps: fc.array(step, { maxLength: 4 }),
    cookie: fc.oneof({ weight: 6, arbitrary: fc.constant(0) }, fc.integer({ min: 0, max: 2 })),
  });
  const alike = fc.asyncProperty(fc.array(visit, { minLength: 1, maxLength: 4 }), async (made) => {
    assert.deepEqual(await one.visits(made), await other.visits(made));
  });
  await fc.assert(alike, { numRuns: RUNS, examples: examples.map((each) => [each]) });
}

/** Somebody else's application, for tests that hold what a browser sees of it against another one. */
export class VisitedApplication {
  readonly #server: Server;
  readonly #cookie: string;
  readonly #names = new CookieNames();

  static async of(server: Server, cookie: string): Promise<VisitedApplication> {
    await once(server, 'listening');
    return new VisitedApplication(server, cookie);
  }

  private constructor(server: Server, cookie: string) {
    this.#server = server;
    this.#cookie = cookie;
  }

  /** What a browser can tell of these visits: answers, and what becomes of its cookies. */
  async visits(visits: readonly Visit[]): Promise<readonly unknown[]> {
    const jar = new Jar(this.#cookie);
    const seen: unknown[] = [];
    for (const { steps, cookie } of visits) seen.push(this.#told(await this.#ask(jar, cookie, steps), jar));
    // Whatever any of its cookies leads to now.
    for (let n = 0; n < jar.size; n += 1) seen.push(this.#told(await this.#ask(jar, n, []), undefined));
    return seen;
  }

  #ask(jar: Jar, cookie: number, steps: readonly Step[]): Promise<Answer> {
    const { port } = this.#server.address() as AddressInfo;
    return ask(port, '/', { headers: { steps: JSON.stringify(steps), ...jar.headers(cookie) } });
  }

  #told({ status, headers, text }: Answer, jar: Jar | undefined): unknown {
    const lines = jar?.keep(headers['set-cookie']) ?? [];
    const body: unknown = headers['content-type']?.includes('json') ? JSON.parse(text) : text;
    return { status, body, cookies: lines.map((line) => this.#names.in(line)) };
  }

  [Symbol.dispose](): void {
    this.#server.closeAllConnections();
    this.#server.close();
  }
}
