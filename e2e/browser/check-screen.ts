import type { Page } from 'playwright/test';
import { hindrancesOn, LOOKS, wear } from '../support/chromium/chromium.ts';
import { layoutFaults } from '../support/chromium/layout.ts';
import { expect } from './fixtures.ts';
import { picture } from './screenshots.ts';

/** Between the widths of the looks; the middle one is also a window of 1440 at a zoom of 200 %. */
const FURTHER_WIDTHS = [900, 720, 640];

/** The page as it is passes axe, and nothing of it stands out at the side. */
export async function checkScreen(page: Page, screen: string, rules?: string[]): Promise<void> {
  expect.soft(await hindrancesOn(page, rules), screen).toEqual([]);
}

/** The same in every look; at every width controls stand in their page, and no text over another. Ends light, on a desktop. */
export async function checkEveryLook(page: Page, screen = 'the page', pictures?: string): Promise<void> {
  for (const look of LOOKS) {
    await wear(page, look);
    await checkScreen(page, `${screen}, ${look.name}`, look.rules);
    if (look.colorScheme === 'light') await checkLayout(page, screen);
    if (pictures !== undefined && ['dark', 'phone'].includes(look.name))
      await picture(page, `${pictures}-${look.name}`);
  }
  for (const width of FURTHER_WIDTHS) {
    await page.setViewportSize({ width, height: 900 });
    await checkLayout(page, screen);
  }
  await wear(page, LOOKS[0]!);
}

async function checkLayout(page: Page, screen: string): Promise<void> {
  const where = `${screen}, ${page.viewportSize()?.width} px wide`;
  // What was drawn for another width is drawn anew.
  await expect.soft(async () => expect(await layoutFaults(page), where).toEqual([])).toPass({ timeout: 5_000 });
}
