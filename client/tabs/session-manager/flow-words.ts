import type { FlowMessage } from '../../../schema/endpoints/session-chain.ts';
import type { ChainFlow } from '../../parts/chain/chain.ts';
import { formatNumber } from '../../parts/format.ts';

const UNITS: Readonly<Record<FlowMessage['of'], { readonly rate: string; readonly none: string }>> = {
  requests: { rate: 'req/s', none: 'no requests' },
  'reads and writes': { rate: 'reads + writes/s', none: 'no reads or writes' },
  operations: { rate: 'ops/s', none: 'no operations' },
};

/** What flows on a way, in two parts: `12 req/s` and `0 errors · 0.4 ms`; or `no requests` `in the last 10 s`. */
export function flowWords({ of, perSecond, errors, latencyMs }: FlowMessage): ChainFlow {
  const { rate, none } = UNITS[of];
  if (perSecond === null) return { rate: `– ${rate}`, quality: 'counting…', hasErrors: false, isOne: false };
  if (latencyMs === null) return { rate: none, quality: 'in the last 10 s', hasErrors: false, isOne: true };
  const failed = errors === 1 ? '1 error' : `${formatNumber(errors)} errors`;
  return {
    rate: `${rateOf(perSecond)} ${rate}`,
    quality: `${failed} · ${latencyMs < 100 ? latencyMs.toFixed(1) : formatNumber(Math.round(latencyMs))} ms`,
    hasErrors: errors > 0,
    isOne: false,
  };
}

/** `0.1`, `3.4`, `1,204` */
function rateOf(perSecond: number): string {
  return perSecond < 10 ? Math.max(0.1, perSecond).toFixed(1) : formatNumber(Math.round(perSecond));
}
