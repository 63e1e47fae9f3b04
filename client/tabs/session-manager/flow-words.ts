import type { FlowMessage } from '../../../schema/endpoints/session-chain.ts';
import type { ChainFlow } from '../../parts/chain/chain.ts';
import { formatNumber } from '../../parts/format.ts';

const UNITS = {
  requests: { rate: 'req/s', none: 'no requests' },
  'reads and writes': { rate: 'ops/s', none: 'no operations' },
  operations: { rate: 'ops/s', none: 'no operations' },
} satisfies Record<FlowMessage['of'], unknown>;

/** What flows on a way: `12 req/s`, with `0 errors` and `0.4 ms`. */
export function flowWords({ of, perSecond, errors, answers, latencyMs }: FlowMessage): ChainFlow {
  const { rate, none } = UNITS[of];
  if (perSecond === null) return { rate: `– ${rate}`, quality: ['counting…'], state: 'ok' };
  if (latencyMs === null) return { rate: none, quality: [], state: 'ok' };
  const failed = errors === 1 ? '1 error' : `${formatNumber(errors)} errors`;
  const latency = latencyMs < 100 ? latencyMs.toFixed(1) : formatNumber(Math.round(latencyMs));
  const state = errors === 0 ? 'ok' : answers > 0 ? 'warn' : 'down';
  return { rate: `${rateOf(perSecond)} ${rate}`, quality: [failed, `${latency} ms`], state };
}

/** `0.1`, `3.4`, `1,204` */
function rateOf(perSecond: number): string {
  return perSecond < 10 ? Math.max(0.1, perSecond).toFixed(1) : formatNumber(Math.round(perSecond));
}
