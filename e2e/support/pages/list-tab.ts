import type { Locator } from 'playwright/test';
import { App } from './app.ts';

/** A tab that is a list with a filter above it, and one row's details at its side, docked or floating. */
export abstract class ListTab extends App {
  abstract get table(): Locator;

  get rows(): Locator {
    return this.table.locator('tr[data-key]');
  }

  row(text: string | RegExp): Locator {
    return this.rows.filter({ hasText: text });
  }

  get filter(): Locator {
    return this.page.getByRole('textbox', { name: 'Filter' });
  }
}
