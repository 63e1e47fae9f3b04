import type { Locator } from 'playwright/test';
import { App } from './app.ts';

/** The Keys tab of a proxy. */
export class KeysTab extends App {
  get table(): Locator {
    return this.page.getByRole('table', { name: /^Keys of / });
  }

  get rows(): Locator {
    return this.table.locator('tr[data-key]');
  }

  /** The line of a group or a key. */
  row(text: string | RegExp): Locator {
    return this.rows.filter({ hasText: text });
  }

  get filter(): Locator {
    return this.page.getByRole('textbox', { name: 'Filter' });
  }

  /** What is shown of one key, docked or floating. */
  get detail(): Locator {
    return this.page.locator('key-detail');
  }

  /** What is under the key, in the form that was chosen. */
  get value(): Locator {
    return this.detail.getByRole('group', { name: 'Value', exact: true });
  }
}
