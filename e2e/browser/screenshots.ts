import type { Page } from 'playwright/test';

const FOLDER = new URL('../../docs/images/', import.meta.url).pathname;

/** Takes a picture for the manual, where SCREENSHOTS is set: `SCREENSHOTS=1 npm run test:browser`. */
export async function picture(page: Page, name: string): Promise<void> {
  if (process.env['SCREENSHOTS'] !== '1') return;
  await page.mouse.move(0, 0);
  await page.screenshot({ path: `${FOLDER}${name}.png`, animations: 'disabled', caret: 'hide' });
}
