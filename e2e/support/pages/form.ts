import type { Locator } from 'playwright/test';
import { App } from './app.ts';

/** A form of an object's properties. */
export class Form extends App {
  /** The control itself: a path's list of candidates has the same name. */
  field(label: string): Locator {
    return this.page.getByLabel(label, { exact: true }).and(this.page.locator('input, textarea, select'));
  }

  /** Types into a field and saves. */
  async save(label: string, value: string, button = 'Save changes'): Promise<void> {
    await this.field(label).fill(value);
    await this.button(button).click();
  }
}
