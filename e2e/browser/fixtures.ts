import { test as base } from 'playwright/test';
import { watch } from '../support/chromium/chromium.ts';
import { startMemcached, type Memcached } from '../support/memcached/memcached.ts';
import { ADMIN_PASSWORD } from '../support/server.ts';
import { ServerHost, type HostedServer } from '../support/server-host.ts';
import { ShownErrors } from '../support/chromium/shown-errors.ts';
import { App } from '../support/pages/app.ts';
import { managerOf, sameOrigin, type Client } from '../http/client.ts';
import { TAKES_PICTURES } from './screenshots.ts';

export { expect } from 'playwright/test';
export { expectError } from '../support/chromium/shown-errors.ts';
export { watch } from '../support/chromium/chromium.ts';

interface Fixtures {
  /** Settings of the server. */
  readonly environment: Readonly<Record<string, string>>;
  /** A server of the test's own, with an administrator. */
  readonly server: HostedServer;
  readonly memcached: Memcached;
  /** The API with the administrator's rights, for what a test needs but does not try. */
  readonly api: Client;
  /** The page, signed in as administrator; nothing is open yet. */
  readonly app: App;
  /** What went wrong in any page of the test: errors, breaches of the policy, missing assets. Empty at the end, or it fails. */
  readonly faults: string[];
  /** What its screens showed of errors. All of it is expected at the end, or the test fails. */
  readonly errors: ShownErrors;
}

/** A test in the browser. */
export const test = base.extend<Fixtures, { readonly host: ServerHost }>({
  host: [
    // oxlint-disable-next-line no-empty-pattern
    async ({}, use) => {
      await using host = new ServerHost();
      await use(host);
    },
    { scope: 'worker' },
  ],
  environment: [{}, { option: true }],
  server: async ({ host, environment }, use) => {
    await using server = await host.open(environment);
    await use(server);
  },
  memcached: async ({ errors }, use) => {
    // In pictures it stands at memcached's own port, as it does in the manual.
    await using memcached = await startMemcached(TAKES_PICTURES ? { port: 11211 } : {});
    await use(memcached);
    await errors.end();
  },
  api: async ({ server }, use) => use(managerOf(server)),
  baseURL: async ({ server }, use) => use(server.url),
  app: async ({ page, server }, use) => {
    const app = new App(page);
    // The screen is tried in sign-in.spec.ts; here it would only take its time in every test.
    const data = { name: 'admin', password: ADMIN_PASSWORD };
    await page.context().request.post('/api/@login', { data, headers: sameOrigin(server) });
    await use(app);
  },
  faults: [
    async ({ context }, use) => {
      const faults: string[] = [];
      await watch(context, faults);
      await use(faults);
      if (faults.length > 0) throw new Error(`In the browser:\n${faults.join('\n')}`);
    },
    { auto: true },
  ],
  errors: [
    async ({ context }, use) => {
      const errors = await ShownErrors.in(context);
      await use(errors);
      const unexpected = await errors.unexpected();
      if (unexpected.length > 0) throw new Error(`Errors that the test does not expect:\n${unexpected.join('\n')}`);
    },
    { auto: true },
  ],
});
