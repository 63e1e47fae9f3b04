import type { ChainMessage } from '../../../schema/messages.ts';
import type { ChainEnd, ChainStep } from '../../parts/chain.ts';
import { addressOf } from '../../state/location.ts';

const MOST_ENDS = 8;

/** The boxes of the chain as steps to draw, the object whose tab it is marked. */
export function stepsOf({ boxes }: ChainMessage, current: string): readonly ChainStep[] {
  return boxes.map(({ path, id, type, icon, state, text, leadsOn, holds }) => ({
    heading: id,
    href: path === null ? undefined : addressOf(path),
    icon,
    kind: type,
    state,
    text,
    leadsOn: leadsOn ? { label: leadsOn.property, value: leadsOn.value } : undefined,
    isCurrent: path === current,
    holds,
  }));
}

/** The servers as ends: those in trouble are among those shown. */
export function endsOf({ servers }: ChainMessage): readonly ChainEnd[] {
  if (servers.length <= MOST_ENDS) return servers.map(endOf);
  const inTrouble = servers.filter(({ state }) => state !== 'ok');
  const others = servers.filter(({ state }) => state === 'ok');
  const shown = [...inTrouble, ...others].slice(0, MOST_ENDS - 1);
  const rest = servers.length - shown.length;
  const worst = inTrouble.length > shown.length ? 'down' : 'ok';
  return [...shown.map(endOf), { label: `and ${rest} more`, state: worst, text: '' }];
}

function endOf({ address, state, text }: ChainMessage['servers'][number]): ChainEnd {
  return { label: address, state, text };
}
