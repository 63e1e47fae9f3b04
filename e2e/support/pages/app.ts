import type { Locator, Page } from 'playwright/test';
import { ADMIN_PASSWORD } from '../server.ts';
import { expectError } from '../chromium/shown-errors.ts';

/** The interface around every page: address, head, tabs, tree, messages. */
export class App {
  readonly page: Page;

  constructor(page: Page) {
    this.page = page;
  }

  /** Goes to an object's tab by its address. */
  async open(path: string, tab?: string): Promise<void> {
    const object = path === '/' ? '' : path;
    await this.page.goto(`/manage${object}${tab === undefined ? '' : `/@${tab}`}`);
  }

  /** Signs in at the sign-in screen, which has to be there. */
  async signIn(name = 'admin', password = ADMIN_PASSWORD): Promise<void> {
    await this.page.getByLabel('Name', { exact: true }).fill(name);
    await this.page.getByLabel('Password', { exact: true }).fill(password);
    await this.page.getByRole('button', { name: 'Sign in' }).click();
  }

  async signOut(): Promise<void> {
    await this.chooseInMenu('Sign out');
  }

  /** Chooses from the menu of whoever is signed in. */
  async chooseInMenu(item: string, user = 'admin'): Promise<void> {
    await this.page.getByRole('button', { name: user, exact: true }).click();
    await this.page.getByRole('menuitem', { name: item }).click();
  }

  get heading(): Locator {
    return this.page.getByRole('heading', { level: 1 });
  }

  get breadcrumb(): Locator {
    return this.page.getByRole('navigation', { name: 'Breadcrumb' });
  }

  tab(label: string): Locator {
    return this.page.getByRole('navigation', { name: /^Tabs of/ }).getByRole('link', { name: label });
  }

  /** An object in the tree; its name is followed by a notice, where there is one. */
  treeItem(id: string): Locator {
    return this.page.getByRole('treeitem', { name: new RegExp(`^${id}(\\s|$)`) });
  }

  /** What was just done, at the bottom of the page. */
  flash(text: string | RegExp): Locator {
    return this.page.getByRole('status').getByText(text);
  }

  /** An error; whoever looks for it expects it. */
  alert(text: string | RegExp): Locator {
    expectError(this.page, text);
    return this.page.getByRole('alert').filter({ hasText: text });
  }

  /** A question over the page, by its heading. What it holds is slotted, so it is found by the element around it. */
  dialog(heading: string | RegExp): Locator {
    return this.page.locator('t-dialog').filter({ has: this.page.getByRole('heading', { name: heading }) });
  }

  /** Presses a button of a question and waits until the question is gone. */
  async answer(heading: string | RegExp, button: string | RegExp): Promise<void> {
    await this.dialog(heading).getByRole('button', { name: button, exact: true }).click();
    await this.dialog(heading).waitFor({ state: 'detached' });
  }

  /** Whether it is still somewhere, and not at the top of the page again. */
  hasFocus(): Promise<boolean> {
    return this.page.evaluate<boolean>('document.activeElement !== document.body');
  }

  button(name: string | RegExp): Locator {
    return this.page.getByRole('button', { name, exact: true });
  }
}
