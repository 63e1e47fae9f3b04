import type { Page } from 'playwright/test';

const FOLDER = new URL('../../docs/images/', import.meta.url).pathname;

/** Whether pictures for the manual are taken: `SCREENSHOTS=1 npx playwright test --workers=1`. */
export const TAKES_PICTURES = process.env['SCREENSHOTS'] === '1';

/** Takes a picture for the manual, without the messages of what was done before. */
export async function picture(page: Page, name: string): Promise<void> {
  if (!TAKES_PICTURES) return;
  const close = page.getByRole('button', { name: 'Close this message' }).first();
  // Messages also go by themselves.
  while (await close.isVisible()) await close.click({ timeout: 1_000 }).catch(() => undefined);
  await page.mouse.move(0, 0);
  await page.screenshot({ path: `${FOLDER}${name}.png`, animations: 'disabled', caret: 'hide' });
}
