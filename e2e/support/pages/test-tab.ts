import type { Locator } from 'playwright/test';
import { App } from './app.ts';

/** The Test tab of a session data container. */
export class TestTab extends App {
  get items(): Locator {
    return this.page.getByRole('textbox', { name: /^Add Items to Session/ });
  }

  /** The line that says what was there before and after. */
  get line(): Locator {
    return this.page.getByText(/^Before: /);
  }

  get session(): Locator {
    return this.page.getByRole('table', { name: 'Your session' });
  }

  item(key: string): Locator {
    return this.session.getByRole('row').filter({ has: this.page.getByRole('rowheader', { name: key, exact: true }) });
  }

  async checkRoundTrip(): Promise<void> {
    await this.button('Round-trip check').click();
  }

  /** What the round-trip check came to. */
  verdict(text: string | RegExp): Locator {
    return this.page.locator('round-trip').getByRole('status').getByText(text);
  }

  async add(items: string): Promise<void> {
    await this.items.fill(items);
    await this.button('Add').click();
  }
}
