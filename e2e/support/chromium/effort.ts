import type { Page } from 'playwright';

/** What a person did: presses of a button or of Enter or Space that press something, and other keys. */
export interface Effort {
  readonly presses: number;
  readonly keys: number;
}

/** Seconds by the keystroke-level model: thinking before each press, pointing there, pressing; and one for each other key. */
const [THINK_S, POINT_S, PRESS_S, KEY_S] = [1.35, 1.1, 0.2, 0.28];

const COUNT = `globalThis.effort = { presses: 0, keys: 0 };
const isTyped = (target, key) => target instanceof HTMLTextAreaElement || (target instanceof HTMLInputElement && key === ' ');
addEventListener('pointerdown', () => (effort.presses += 1), true);
addEventListener('keydown', (event) => {
  const isPress = ['Enter', ' '].includes(event.key) && !isTyped(event.composedPath()[0], event.key);
  effort[isPress ? 'presses' : 'keys'] += 1;
}, true);`;

/** Counts what is pressed and typed in the next page, whatever it leads to. */
export async function effortIn(page: Page): Promise<() => Promise<Effort>> {
  await page.addInitScript({ content: COUNT });
  return () => page.evaluate<Effort>('effort');
}

/** How long that takes somebody who knows where to look. */
export function secondsFor({ presses, keys }: Effort): number {
  return presses * (THINK_S + POINT_S + PRESS_S) + keys * KEY_S;
}
