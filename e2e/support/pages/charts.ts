import type { Locator } from 'playwright/test';
import { App } from './app.ts';

/** A tab with charts of the last minutes: the Servers tab of a proxy, the Statistics tab of a container. */
export class Charts extends App {
  /** A chart by what it says to who cannot see the line: "Evictions a minute of 10.0.0.7:11211". */
  chart(name: string | RegExp): Locator {
    return this.page.getByRole('img', { name });
  }

  async showAsTable(): Promise<void> {
    await this.button('Show as table').click();
  }

  /** A server's column. */
  server(address: string): Locator {
    return this.page.getByRole('list', { name: 'Servers' }).getByRole('listitem').filter({ hasText: address });
  }

  /** The row of what is counted, with its rate and its sum. */
  counted(what: string): Locator {
    const table = this.page.getByRole('table', { name: 'Counted by this process' });
    return table.getByRole('row').filter({ has: this.page.getByRole('rowheader', { name: what, exact: true }) });
  }

  async expectCounted(what: string, total: string): Promise<void> {
    await this.counted(what).getByRole('cell', { name: total, exact: true }).last().waitFor();
  }
}
