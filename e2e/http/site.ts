import type { TestMessage } from '../../schema/endpoints/session-test.ts';
import type { Memcached } from '../support/memcached/memcached.ts';
import { BROWSER_ID, cookieNamesOf } from '../support/cookie-names.ts';
import { basic } from '../support/server.ts';
import { clientOf, cookiesOf, managerOf, sameOrigin, type Answer, type Client } from './client.ts';

/** Longer than the default: a machine that is busy with other tests must not look like a server that is down. */
const PATIENT = { timeout_ms: 2_000 };

/** The five steps of the manual, by API: proxy, servers, container, path, and the manager that leads to it. */
export async function setUpSessions(
  server: { readonly port: number },
  servers: readonly string[],
  further: Readonly<Record<string, unknown>> = PATIENT,
): Promise<void> {
  const manager = managerOf(server);
  const expect = async (answer: Promise<Answer>) => {
    const { status, text } = await answer;
    if (status >= 300) throw new Error(`${status}: ${text}`);
  };
  await expect(manager('/api/', { body: { type: 'MemCache Proxy', id: 'mcproxy' } }));
  const proxy = { servers, ...further };
  await expect(manager('/api/mcproxy', { method: 'PATCH', body: { properties: proxy } }));
  await expect(manager('/api/', { body: { type: 'MemCache Session Data Container', id: 'mcsdc' } }));
  await expect(manager('/api/mcsdc', { method: 'PATCH', body: { properties: { proxy_path: '/mcproxy' } } }));
  const properties = { container_path: '/mcsdc' };
  await expect(manager('/api/session_data_manager', { method: 'PATCH', body: { properties } }));
}

/** An administrator at a browser of their own, which keeps the cookies that it is given. */
export class Browser {
  readonly #jar = new Map<string, string>();
  #client: Client;

  constructor(server: { readonly port: number; readonly url: string }) {
    this.#client = this.#at(server);
  }

  /** Goes on at another process, or the same one after a restart, with the cookies it has. */
  moveTo(server: { readonly port: number; readonly url: string }): void {
    this.#client = this.#at(server);
  }

  /** The text of the browser id cookie; `undefined` where there is none. */
  get browserId(): string | undefined {
    return [...this.#jar].find(([name]) => BROWSER_ID.test(name))?.[1];
  }

  get cookies(): string {
    return [...this.#jar].map(([name, value]) => `${name}=${value}`).join('; ');
  }

  /** Puts the cookie in as if this browser had been given it. */
  takeId(server: { readonly data: string }, value: string): void {
    this.#jar.set(cookieNamesOf(server).browserId, value);
  }

  async ask(path: string, body?: unknown): Promise<Answer> {
    const cookie = this.#jar.size === 0 ? undefined : this.cookies;
    const answer = await this.#client(path, { body, headers: { cookie } });
    for (const pair of cookiesOf(answer)
      .split('; ')
      .filter((each) => each !== '')) {
      const [name = '', value = ''] = pair.split(/=(.*)/s);
      if (value === '') this.#jar.delete(name);
      else this.#jar.set(name, value);
    }
    return answer;
  }

  /** Adds lines of `key value` on the Test tab of a container. */
  async add(items: string, container = '/mcsdc'): Promise<TestMessage> {
    return ok(await this.ask(`/api${container}/@test`, { items }));
  }

  /** Looks at the Test tab of a container. */
  async look(container = '/mcsdc'): Promise<TestMessage> {
    return ok(await this.ask(`/api${container}/@test`));
  }

  async own(action: 'remove' | 'clear' | 'invalidate' | 'rotate', key?: string): Promise<TestMessage> {
    return ok(await this.ask('/api/mcsdc/@own', key === undefined ? { action } : { action, key }));
  }

  #at(server: { readonly port: number; readonly url: string }): Client {
    return clientOf(server, { ...sameOrigin(server), authorization: basic() });
  }
}

/** Keys and values on the Test tab, as one string a line. */
export function itemsOf({ session }: TestMessage): string[] {
  return session.map(({ key, value }) => `${key}=${value}`);
}

/** How many commands of each kind a memcached has been sent. */
export async function commandsOf(memcached: Memcached): Promise<Record<string, number>> {
  const lines = await memcached.ask('stats');
  const counts = lines.flatMap((line) => {
    const [, name = '', count] = /^STAT (cmd_\w+|cas_\w+|delete_\w+) (\d+)$/.exec(line) ?? [];
    return count === undefined ? [] : [[name, Number(count)] as const];
  });
  return Object.fromEntries(counts);
}

function ok(answer: Answer): TestMessage {
  if (answer.status !== 200) throw new Error(`${answer.status}: ${answer.text}`);
  return answer.json<TestMessage>();
}
