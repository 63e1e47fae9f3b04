import type { FrameLocator, Locator } from 'playwright/test';
import { App } from './app.ts';

/** The Edit tab of a page template. */
export class TemplateTab extends App {
  get editor(): Locator {
    return this.page.getByRole('textbox', { name: 'Text' });
  }

  /** The page that the text makes. */
  get preview(): FrameLocator {
    return this.page.frameLocator('page-frame iframe').frameLocator('iframe');
  }

  get previewBody(): Locator {
    return this.preview.locator('body');
  }

  get source(): Locator {
    return this.page.getByRole('region', { name: 'Source of the page' });
  }

  /** Types over all there is. `fill` puts text in behind the editor's back. */
  async type(text: string): Promise<void> {
    await this.editor.click();
    await this.page.keyboard.press('ControlOrMeta+A');
    await this.page.keyboard.insertText(text);
  }

  async save(text: string): Promise<void> {
    await this.type(text);
    await this.button('Save changes').click();
  }
}
