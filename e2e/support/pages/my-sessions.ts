import type { Locator } from 'playwright/test';
import { App } from './app.ts';

/** The page about one's own logins and sessions. */
export class MySessions extends App {
  get logins(): Locator {
    return this.page.getByRole('table', { name: 'Logins' }).locator('tr[data-key]');
  }

  get sessions(): Locator {
    return this.page.getByRole('table', { name: 'Sessions' }).locator('tr[data-key]');
  }
}
