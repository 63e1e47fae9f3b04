import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Warning } from '../../../schema/endpoints/objects.ts';
import type { FormerServerMessage, ServerMessage, ServersMessage } from '../../../schema/endpoints/servers.ts';
import { hasNoticesFor, isOtherTrouble } from './troubles.ts';

test('that a server comes, goes, or is in trouble in another way is news; how fast it answers is not', () => {
  const well = answer([server({ address: 'a:1', latencyMs: 1 })]);
  assert.equal(isOtherTrouble(well, answer([server({ address: 'a:1', latencyMs: 9 })])), false);
  const restarted = '2026-12-01T12:00:00Z';
  for (const trouble of [
    { up: false },
    { memory: 'evicting' },
    { isSeveral: true },
    { isClockOff: true },
    { restarted },
  ] as const)
    assert.equal(isOtherTrouble(well, answer([server({ address: 'a:1', ...trouble })])), true, JSON.stringify(trouble));
  const silent = { address: 'b:2', state: 'silent' } as FormerServerMessage;
  assert.equal(isOtherTrouble(well, { ...well, former: [silent] }), true);
});

test('each trouble has a notice of its own, but one speaks for all servers when none answers', () => {
  const notices = (count: number) => Array.from({ length: count }, () => ({ link: { tab: 'servers' } }) as Warning);
  const [up, down] = [server({}), server({ up: false })];
  assert.equal(hasNoticesFor(answer([up, down]), notices(1)), true);
  assert.equal(hasNoticesFor(answer([down, down, down]), notices(1)), true);
  assert.equal(hasNoticesFor(answer([up, down, down]), notices(1)), false);
  assert.equal(hasNoticesFor(answer([up]), [{ link: { tab: 'properties' } } as Warning]), true);
});

function answer(servers: readonly ServerMessage[]): ServersMessage {
  return { servers, former: [], startCommand: '', checked: '' };
}

function server(further: Partial<ServerMessage>): ServerMessage {
  const well = {
    address: 'a:1',
    up: true,
    memory: 'ok',
    isSeveral: false,
    sameAs: null,
    isClockOff: false,
    restarted: null,
  };
  return { ...well, ...further } as ServerMessage;
}
