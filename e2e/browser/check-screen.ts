import type { Page } from 'playwright/test';
import { hindrancesOn, LOOKS, wear } from '../support/chromium/chromium.ts';
import { expect } from './fixtures.ts';

/** The page as it is passes axe, and nothing of it stands out at the side. */
export async function checkScreen(page: Page, screen: string, rules?: string[]): Promise<void> {
  expect.soft(await hindrancesOn(page, rules), screen).toEqual([]);
}

/** The same light, in the dark and, in the end, on a phone. */
export async function checkEveryLook(page: Page): Promise<void> {
  for (const look of LOOKS) {
    await wear(page, look);
    await checkScreen(page, look.name, look.rules);
  }
}
