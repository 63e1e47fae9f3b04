import type { Locator } from 'playwright/test';
import { ListTab } from './list-tab.ts';

/** The Sessions tab of a session data container. */
export class SessionsTab extends ListTab {
  get table(): Locator {
    return this.page.getByRole('table', { name: /^Sessions of / });
  }

  /** One of the figures over the list, by its label. */
  figure(label: string): Locator {
    return this.page
      .locator('figures-strip div')
      .filter({ has: this.page.getByText(label, { exact: true }) })
      .locator('dd');
  }

  get detail(): Locator {
    return this.page.locator('session-detail');
  }

  item(key: string): Locator {
    return this.detail.getByRole('list', { name: 'Items' }).getByRole('listitem').filter({ hasText: key });
  }
}
