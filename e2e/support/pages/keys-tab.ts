import type { Locator } from 'playwright/test';
import { ListTab } from './list-tab.ts';

/** The Keys tab of a proxy. A row is a group or a key. */
export class KeysTab extends ListTab {
  get table(): Locator {
    return this.page.getByRole('table', { name: /^Keys of / });
  }

  get detail(): Locator {
    return this.page.locator('key-detail');
  }

  /** What is under the key, in the form that was chosen. */
  get value(): Locator {
    return this.detail.getByRole('group', { name: 'Value', exact: true });
  }
}
