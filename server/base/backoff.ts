/** How long to wait before try `attempt` (0 for the first): doubling up to a cap, spread so that nobody returns in step. */
export function backoffMs(attempt: number, firstMs: number, capMs: number, random: () => number = Math.random): number {
  return Math.min(capMs, firstMs * 2 ** attempt) * (0.5 + random());
}
