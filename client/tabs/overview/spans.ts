import type { Segment } from '../../parts/segments.ts';

export type SpanId = '15m' | '1h' | '24h' | '7d' | '30d';

/** A span of time that ends now. */
export interface RecentSpan extends Segment<SpanId> {
  readonly seconds: number;
}

const HOUR_S = 60 * 60;
const DAY_S = 24 * HOUR_S;

export const SPANS: readonly RecentSpan[] = [
  { id: '15m', label: '15 minutes', seconds: HOUR_S / 4 },
  { id: '1h', label: '1 hour', seconds: HOUR_S },
  { id: '24h', label: '24 hours', seconds: DAY_S },
  { id: '7d', label: '7 days', seconds: 7 * DAY_S },
  { id: '30d', label: '30 days', seconds: 30 * DAY_S },
];

const USUAL: SpanId = '24h';

/** The one that an address names. */
export function spanOf(id: string | null): RecentSpan {
  return SPANS.find((span) => span.id === id) ?? SPANS.find((span) => span.id === USUAL)!;
}

/** "Last hour", "Last 7 days". */
export function lastWords({ label }: RecentSpan): string {
  return `Last ${label === '1 hour' ? 'hour' : label}`;
}
