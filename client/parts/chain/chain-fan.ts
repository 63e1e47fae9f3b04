const END_GAP = 4;
export const FAN_WIDTH = 40;

const TRUNK = 20;
const CORNER = 6;

/** The way from the middle of the left edge to one of the ends stacked at the right, with a round corner. */
export function fanPath(index: number, heights: readonly number[]): string {
  const from = fanHeight(heights) / 2;
  const to = endMiddle(index, heights);
  if (Math.abs(to - from) < CORNER * 2) return `M0 ${from}H${TRUNK}V${to}H${FAN_WIDTH}`;
  const step = to > from ? CORNER : -CORNER;
  return `M0 ${from}H${TRUNK}V${to - step}Q${TRUNK} ${to} ${TRUNK + CORNER} ${to}H${FAN_WIDTH}`;
}

/** How far down the middle of an end is. */
export function endMiddle(index: number, heights: readonly number[]): number {
  return fanHeight(heights.slice(0, index)) + (index > 0 ? END_GAP : 0) + (heights[index] ?? 0) / 2;
}

export function fanHeight(heights: readonly number[]): number {
  return Math.max(0, heights.reduce((sum, height) => sum + height + END_GAP, 0) - END_GAP);
}
