import { setTimeout as pause } from 'node:timers/promises';
import { test, type Page } from 'playwright/test';

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

const FILL_S = 130;

/** Where pictures are taken: has something done every second for some minutes, so that charts have lines to show. */
export async function fillCharts(work: (second: number) => Promise<unknown>): Promise<void> {
  if (!TAKES_PICTURES) return;
  test.setTimeout(test.info().timeout + 3 * FILL_S * 1000);
  for (let second = 0; second < FILL_S; second += 1) await Promise.all([work(second), pause(1000)]);
}

/** As much as there is to do in a second of a busy day: now more, now less. */
export function tide(second: number, most: number): number {
  return Math.round((most / 2) * (1 + Math.sin(second / 9)));
}
