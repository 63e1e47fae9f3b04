import type { ChainMessage } from '../../../schema/endpoints/session-chain.ts';
import type { ChainEnd, ChainStep } from '../../parts/chain/chain.ts';
import { lossesText } from '../../parts/losses-text.ts';
import { flowWords } from './flow-words.ts';

const MOST_ENDS = 8;

/** The boxes of the chain as steps to draw; the manager, whose tab it is, works only while the whole way holds. */
export function stepsOf(
  { boxes, on, state }: ChainMessage,
  manager: string,
  addressOf: (path: string) => string,
): readonly ChainStep[] {
  return boxes.map((box) => {
    const isManager = box.path === manager;
    const { state: own, text } = box;
    return {
      heading: box.id,
      href: box.path === null ? undefined : addressOf(box.path),
      icon: box.icon,
      kind: box.type,
      ...(isManager && box.state === 'ok' ? { state, text: on ? box.text : 'Sessions are off' } : { state: own, text }),
      leadsOn: box.leadsOn ? { label: box.leadsOn.property, value: box.leadsOn.value } : undefined,
      isCurrent: isManager,
      holds: box.holds,
      flow: box.flow ? flowWords(box.flow) : undefined,
      losses: box.losses ? { text: lossesText(box.losses), isTrouble: box.losses.lost > 0 } : undefined,
    };
  });
}

/** The servers as ends. Where they are too many, those in trouble come first, and the rest is counted. */
export function endsOf({ boxes, servers, on }: ChainMessage): readonly ChainEnd[] {
  const flow = boxes.at(-1)?.flow;
  if (on && flow) return [{ label: 'This process', state: 'ok', text: 'keeps them', flow: flowWords(flow) }];
  if (servers.length <= MOST_ENDS) return servers.map(endOf);
  const isWell = ({ state }: ChainEnd) => state === 'ok';
  const all = servers.map(endOf);
  const sorted = [...all.filter((end) => !isWell(end)), ...all.filter(isWell)];
  const shown = sorted.slice(0, MOST_ENDS - 1);
  const rest = sorted.slice(MOST_ENDS - 1);
  return [...shown, { label: `and ${rest.length} more`, state: rest[0]?.state ?? 'ok', text: '', flow: undefined }];
}

function endOf({ address, state, text, flow }: ChainMessage['servers'][number]): ChainEnd {
  return { label: address, state, text, flow: flow ? flowWords(flow) : undefined };
}
