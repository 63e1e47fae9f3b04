import type { Locator } from 'playwright/test';
import { App } from './app.ts';

/** The Sessions tab of a session data container. */
export class SessionsTab extends App {
  get table(): Locator {
    return this.page.getByRole('table', { name: /^Sessions of / });
  }

  get rows(): Locator {
    return this.table.locator('tr[data-key]');
  }

  row(text: string | RegExp): Locator {
    return this.rows.filter({ hasText: text });
  }

  get filter(): Locator {
    return this.page.getByRole('textbox', { name: 'Filter' });
  }

  /** One of the figures over the list, by its label. */
  figure(label: string): Locator {
    return this.page
      .locator('figures-strip div')
      .filter({ has: this.page.getByText(label, { exact: true }) })
      .locator('dd');
  }

  /** What is shown of one session, docked or floating. */
  get detail(): Locator {
    return this.page.locator('session-detail');
  }

  item(key: string): Locator {
    return this.detail.getByRole('list', { name: 'Items' }).getByRole('listitem').filter({ hasText: key });
  }
}
