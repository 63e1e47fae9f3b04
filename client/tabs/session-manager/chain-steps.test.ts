import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { ChainBox, ChainMessage } from '../../../schema/endpoints/session-chain.ts';
import { endsOf, stepsOf } from './chain-steps.ts';

const addressOf = (path: string) => `/manage${path}`;

test('the manager is current, and says that sessions are off where a later step does not hold', () => {
  const boxes = [
    box('/sdm', 'container_path', '/c2'),
    { ...box('/c2', 'proxy_path', '/gone'), holds: false },
    missing(),
  ];
  const [manager, container, gone] = stepsOf(chain({ boxes, on: false }), '/sdm', addressOf);
  assert.deepEqual([manager?.isCurrent, manager?.state, manager?.text], [true, 'down', 'Sessions are off']);
  assert.deepEqual([container?.href, container?.state, container?.holds], ['/manage/c2', 'ok', false]);
  assert.deepEqual(container?.leadsOn, { label: 'proxy_path', value: '/gone' });
  assert.deepEqual([gone?.href, gone?.state, gone?.isCurrent], [undefined, 'down', false]);
});

test('the manager keeps its own words while sessions are on', () => {
  const [manager] = stepsOf(chain({ boxes: [box('/sdm', 'container_path', '/c')], on: true }), '/sdm', addressOf);
  assert.deepEqual([manager?.state, manager?.text], ['ok', 'Works']);
});

test('the manager warns while some of the servers do not answer', () => {
  const [manager] = stepsOf(chain({ boxes: [box('/sdm', 'container_path', '/c')], state: 'warn' }), '/sdm', addressOf);
  assert.deepEqual([manager?.state, manager?.text], ['warn', 'Works']);
});

test('what flows is told on the way, and what was lost at the container', () => {
  const flow = { of: 'reads and writes', perSecond: 20, errors: 2, answers: 198, latencyMs: 1 } as const;
  const container = { ...box('/c', 'proxy_path', '/p'), flow, losses: { lost: 3, known: 4_812 } };
  const [step] = stepsOf(chain({ boxes: [container] }), '/sdm', addressOf);
  assert.deepEqual(step?.flow, {
    rate: '20 ops/s',
    quality: ['2 errors', '1.0 ms'],
    state: 'warn',
  });
  assert.deepEqual(step?.losses, { text: 'Lost: 3 of 4,812 known', isTrouble: true });
});

test('where the container needs no servers, its way ends in this process', () => {
  const flow = { of: 'reads and writes', perSecond: 20, errors: 0, answers: 200, latencyMs: 1 } as const;
  const container = { ...box('/c', '', ''), leadsOn: null, flow };
  assert.deepEqual(
    endsOf(chain({ boxes: [container] })).map(({ label, flow: shown }) => [label, shown?.rate]),
    [['This process', '20 ops/s']],
  );
  assert.deepEqual(endsOf(chain({ boxes: [container], on: false })), []);
});

test('of many servers those in trouble are shown, and the rest is counted', () => {
  const servers = Array.from({ length: 12 }, (_, index) => ({
    address: `s${index}:1`,
    state: index === 10 ? ('down' as const) : ('ok' as const),
    text: '',
    flow: null,
  }));
  const ends = endsOf(chain({ servers }));
  assert.equal(ends.length, 8);
  assert.deepEqual(ends[0], { label: 's10:1', state: 'down', text: '', flow: undefined });
  assert.deepEqual(ends.at(-1), { label: 'and 5 more', state: 'ok', text: '', flow: undefined });
  assert.equal(endsOf(chain({ servers: servers.slice(0, 8) })).length, 8);
});

function chain(parts: Partial<ChainMessage>): ChainMessage {
  const state = parts.on === false ? 'down' : 'ok';
  return { boxes: [], servers: [], on: true, state, text: '', ...parts };
}

function box(path: string, property: string, value: string): ChainBox {
  return {
    path,
    id: path.slice(1),
    type: 'Folder',
    icon: 'folder',
    state: 'ok',
    text: 'Works',
    leadsOn: { property, value },
    holds: true,
    flow: null,
    losses: null,
  };
}

function missing(): ChainBox {
  return { ...box('/gone', '', ''), path: null, state: 'down', leadsOn: null, holds: false };
}
