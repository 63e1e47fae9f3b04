import { test as base, type BrowserContext, type ConsoleMessage, type Page } from 'playwright/test';
import { startMemcached, type Memcached } from '../support/memcached.ts';
import { startServer, type TestServer } from '../support/server.ts';
import { App } from '../support/pages/app.ts';
import { managerOf, type Client } from '../http/client.ts';
import { TAKES_PICTURES } from './screenshots.ts';

export { expect } from 'playwright/test';

interface Fixtures {
  /** A server of the test's own, with an administrator. */
  readonly server: TestServer;
  readonly memcached: Memcached;
  /** The API with the administrator's rights, for what a test needs but does not try. */
  readonly api: Client;
  /** The page, signed in as administrator, at the Contents of the root. */
  readonly app: App;
  /** What went wrong in any page of the test: errors, breaches of the policy, missing assets. Empty at the end, or it fails. */
  readonly faults: string[];
}

const TELL_OF_VIOLATIONS = `addEventListener('securitypolicyviolation', (event) =>
  console.error('Policy broken:', event.violatedDirective, event.blockedURI, event.sourceFile))`;

/** A test in the browser. */
export const test = base.extend<Fixtures>({
  // oxlint-disable-next-line no-empty-pattern
  server: async ({}, use) => {
    await using server = await startServer();
    await use(server);
  },
  // oxlint-disable-next-line no-empty-pattern
  memcached: async ({}, use) => {
    // In pictures it stands at memcached's own port, as it does in the manual.
    await using memcached = await startMemcached(TAKES_PICTURES ? { port: 11211 } : {});
    await use(memcached);
  },
  api: async ({ server }, use) => use(managerOf(server)),
  baseURL: async ({ server }, use) => use(server.url),
  app: async ({ page }, use) => {
    const app = new App(page);
    await app.open('/');
    await app.signIn();
    await app.heading.getByText('Root').waitFor();
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
});

/** Notes every fault of every page that a context opens. */
export async function watch(context: BrowserContext, faults: string[]): Promise<void> {
  await context.addInitScript({ content: TELL_OF_VIOLATIONS });
  const attach = (page: Page) => {
    page.on('pageerror', (error) => faults.push(`${page.url()}: ${error.stack ?? error.message}`));
    page.on('console', (message) => note(message, faults));
    page.on('response', (response) => {
      if (response.status() >= 400 && response.url().includes('/assets/')) faults.push(`missing: ${response.url()}`);
    });
  };
  for (const page of context.pages()) attach(page);
  context.on('page', attach);
}

/** A request that was refused is an answer, which tests look at, and no fault of the page. */
function note(message: ConsoleMessage, faults: string[]): void {
  if (message.type() !== 'error' || message.text().startsWith('Failed to load resource')) return;
  faults.push(`${message.location().url}: ${message.text()}`);
}
