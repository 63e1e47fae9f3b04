const END_HEIGHT = 34;
const END_GAP = 4;
export const FAN_WIDTH = 40;

const TRUNK = 20;
const CORNER = 6;

/** The way from the middle of the left edge to one of the ends stacked at the right, with a round corner. */
export function fanPath(index: number, count: number): string {
  const from = fanHeight(count) / 2;
  const to = endMiddle(index);
  if (Math.abs(to - from) < CORNER * 2) return `M0 ${from}H${TRUNK}V${to}H${FAN_WIDTH}`;
  const step = to > from ? CORNER : -CORNER;
  return `M0 ${from}H${TRUNK}V${to - step}Q${TRUNK} ${to} ${TRUNK + CORNER} ${to}H${FAN_WIDTH}`;
}

/** How far down the middle of an end is. */
export function endMiddle(index: number): number {
  return index * (END_HEIGHT + END_GAP) + END_HEIGHT / 2;
}

export function fanHeight(count: number): number {
  return Math.max(0, count * (END_HEIGHT + END_GAP) - END_GAP);
}
