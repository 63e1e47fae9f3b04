import type { Locator } from 'playwright/test';
import { Form } from './form.ts';

/** The Settings tab of a session data manager: the way of a request, drawn, and the form. */
export class ManagerTab extends Form {
  get path(): Locator {
    return this.field('Transient Object Container Path');
  }

  /** The steps of the way, in their order. */
  get chain(): Locator {
    return this.page.getByRole('list', { name: 'How a request finds its session' });
  }

  step(id: string): Locator {
    return this.chain.getByRole('listitem').filter({ has: this.page.getByRole('link', { name: id, exact: true }) });
  }

  /** One of the servers at its end. */
  end(address: string): Locator {
    return this.chain.getByRole('listitem').filter({ hasText: address }).last();
  }

  async change(path: string): Promise<void> {
    await this.save('Transient Object Container Path', path, 'Change');
  }
}
