import type { Locator } from 'playwright/test';
import { App } from './app.ts';

/** The Contents tab of a folder. */
export class Contents extends App {
  get table(): Locator {
    return this.page.getByRole('table', { name: /^Contents of/ });
  }

  /** The row of the object with this id. */
  row(id: string): Locator {
    return this.table.locator(`tr[data-key="${id}"]`);
  }

  get ids(): Promise<string[]> {
    const rows = this.table.locator('tr[data-key]');
    return rows.evaluateAll((all) => all.map((row) => row.getAttribute('data-key') ?? ''));
  }

  get filter(): Locator {
    return this.page.getByRole('textbox', { name: 'Filter' });
  }

  /** Opens the add list, chooses a type, and gives the dialog that asks for an id. */
  async startAdding(type: string): Promise<Locator> {
    await this.page.getByRole('button', { name: 'Add', exact: true, expanded: false }).click();
    await this.page.getByRole('combobox', { name: 'Find a type' }).fill(type);
    await this.page.getByRole('option', { name: type }).first().click();
    const dialog = this.dialog(`Add a ${type}`);
    await dialog.getByLabel('Id').waitFor();
    return dialog;
  }

  /** Adds an object of a type; its Properties tab is there afterwards. */
  async add(type: string, id: string): Promise<void> {
    const dialog = await this.startAdding(type);
    await dialog.getByLabel('Id').fill(id);
    await dialog.getByRole('button', { name: 'Add', exact: true }).click();
    await this.flash(`Added '${id}'.`).waitFor();
  }

  async select(...ids: readonly string[]): Promise<void> {
    for (const id of ids) await this.page.getByRole('checkbox', { name: `Select ${id}`, exact: true }).check();
  }
}
