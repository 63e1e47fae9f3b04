import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { ServerMessage } from '../../../schema/endpoints/servers.ts';
import {
  aboutProcess,
  clockSentence,
  explainCommand,
  hitRate,
  memoryOf,
  memoryText,
  restartText,
  whenFull,
} from './server-words.ts';

const MIB = 1024 ** 2;

test('a restart is told with how long ago it was', () => {
  assert.equal(restartText(server({}), 0), undefined);
  assert.equal(restartText(server({ restarted: new Date(1_000).toISOString() }), 9_000), 'Restarted 8 s ago');
});

test('memory is told in the unit of the limit, and what is less than a tenth of that in its own', () => {
  const texts = [
    { bytes: 38.2 * MIB, limitBytes: 64 * MIB },
    { bytes: 10 * MIB, limitBytes: 2048 * MIB },
    { bytes: 0, limitBytes: 512 * 1024 },
  ].map(memoryText);
  assert.deepEqual(texts, ['38.2 of 64 MiB', '10 MiB of 2 GiB', '0 of 512 KiB']);
});

test('what a server does when it is full depends on -M, and is not guessed', () => {
  const words = [true, false, null].map((evicts) => whenFull(server({ evicts })));
  assert.match(words[0] ?? '', /pushes items out/);
  assert.match(words[1] ?? '', /refuses new items/);
  assert.equal(words[2], undefined);
});

test('a server that was never asked for anything has no hit rate', () => {
  const rates = [server({ hits: 0, misses: 0 }), server({ hits: 978, misses: 22 }), server({ hits: 5, misses: 0 })];
  assert.deepEqual(rates.map(hitRate), [undefined, '97.8', '100']);
});

test('a server without a limit of memory has no memory to show', () => {
  assert.equal(memoryOf(server({ bytes: 5, limitBytes: 0 })), undefined);
});

test('version and uptime stand together, and each alone', () => {
  const abouts = [server({ version: '1.6.32', uptimeS: 3_564_000 }), server({ version: '1.6.32', uptimeS: null })];
  assert.deepEqual(abouts.map(aboutProcess), ['1.6.32, up 41 d 6 h', '1.6.32']);
});

test('clocks are spoken of when they differ by more than two seconds', () => {
  const sentences = [0, 2, -2, 3, -3600].map((clockDifferenceS) =>
    clockSentence(server({ clockDifferenceS, isClockOff: clockDifferenceS === -3600 })),
  );
  assert.deepEqual(sentences, [
    undefined,
    undefined,
    undefined,
    'Its clock is 3 s ahead of this server’s.',
    'Its clock is 1 h behind this server’s: sessions may end early or late.',
  ]);
});

test('the command that starts a memcached is explained by its own options', () => {
  assert.equal(
    explainCommand('memcached -M -U 0 -m 256 -l localhost -p 11211'),
    'It takes 256 MiB of memory, refuses new items when that is full instead of dropping sessions, and listens on this address only.',
  );
  assert.match(explainCommand('memcached -M -m 256 -s /run/m.sock'), /on this socket only\.$/);
});

function server(values: Partial<ServerMessage>): ServerMessage {
  return {
    address: '10.0.0.7:11211',
    up: true,
    latencyMs: 0.3,
    version: '1.6.32',
    uptimeS: 60,
    items: 0,
    bytes: 0,
    limitBytes: 64 * MIB,
    hits: 0,
    misses: 0,
    evictions: 0,
    refusals: 0,
    evicts: true,
    memory: 'ok',
    connections: 1,
    clockDifferenceS: 0,
    isClockOff: false,
    isSeveral: false,
    sameAs: null,
    error: null,
    restarted: null,
    downSince: null,
    ...values,
  };
}
