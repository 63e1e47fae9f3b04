import type { Page } from 'playwright';

/** How much of what is seen moved by itself, and what that was. */
export interface Shifts {
  readonly total: number;
  readonly moved: readonly string[];
}

const WATCH = `globalThis.shifts = { total: 0, moved: [] };
new PerformanceObserver((list) => {
  for (const { value, sources } of list.getEntries()) {
    shifts.total += value;
    const words = sources.map(({ node, previousRect, currentRect }) =>
      [node?.localName ?? node?.parentElement?.localName, 'from', previousRect.y, 'to', currentRect.y].join(' '));
    shifts.moved.push(value.toFixed(4) + ': ' + words.join(', '));
  }
}).observe({ type: 'layout-shift', buffered: true });`;

/** Adds it up for the next pages, each by itself; what somebody pressed is no excuse. */
export async function shiftsIn(page: Page): Promise<() => Promise<Shifts>> {
  await page.addInitScript({ content: WATCH });
  return () => page.evaluate<Shifts>('shifts');
}
