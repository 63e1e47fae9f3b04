import type { Locator, Page } from 'playwright/test';
import { Contents } from './contents.ts';

/** A file as a browser's file chooser gives it: made here, or named by its path. */
export type Chosen = string | { readonly name: string; readonly buffer: Buffer };

/** Uploading into a folder, and the Content tab of a File or an Image. */
export class Files extends Contents {
  /** Chooses files as the button would let one do. */
  async choose(...files: readonly Chosen[]): Promise<void> {
    const input = this.page.getByRole('main').locator('input[type="file"]');
    const withTypes = files.map((file) => (typeof file === 'string' ? file : { ...file, mimeType: '' }));
    await input.setInputFiles(withTypes as Parameters<Locator['setInputFiles']>[0]);
  }

  /** Drags files and folders of this machine over the page and, unless told not to, lets them fall. */
  async drag(paths: readonly string[], lets = true): Promise<void> {
    const area = (await this.page.getByRole('main').boundingBox()) ?? { x: 0, y: 0, width: 0, height: 0 };
    const session = await this.page.context().newCDPSession(this.page);
    // Low on the page, where nothing is listed.
    const at = { x: area.x + area.width / 2, y: area.y + area.height - 20 };
    const data = { items: [], files: [...paths], dragOperationsMask: 1 };
    for (const type of ['dragEnter', 'dragOver', ...(lets ? ['drop'] : [])] as const) {
      await session.send('Input.dispatchDragEvent', { type: type as 'drop', ...at, data });
    }
    await session.detach();
  }

  /** Answers that others may take the place of what is there. */
  replace(id: string): Promise<void> {
    return this.answer(`Replace the contents of ${id}?`, 'Replace');
  }

  get dialogOfUpload(): Locator {
    return this.dialog(/^Upload \d+ files? to /);
  }

  /** The line of one file in the dialog. */
  line(name: string): Locator {
    return this.dialogOfUpload.getByRole('listitem').filter({ hasText: name });
  }

  get progress(): Locator {
    return this.page.getByRole('progressbar', { name: /^Uploading/ });
  }

  get picture(): Locator {
    return this.page.getByRole('main').getByRole('img');
  }
}

/** Holds uploads back to so many bytes a second. */
export async function slowDown(page: Page, uploadThroughput: number): Promise<void> {
  const session = await page.context().newCDPSession(page);
  const line = { offline: false, latency: 0, downloadThroughput: -1, uploadThroughput };
  await session.send('Network.emulateNetworkConditions', line);
}
