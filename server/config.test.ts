import assert from 'node:assert/strict';
import { test } from 'node:test';
import { BadConfiguration, readConfig } from './config.ts';

test('flags come before the environment, the environment before defaults', () => {
  assert.equal(readConfig([], {}).port, 8080);
  assert.equal(readConfig([], { TRELLIS_PORT: '9000' }).port, 9000);
  assert.equal(readConfig(['--port', '9001'], { TRELLIS_PORT: '9000' }).port, 9001);
});

test('every mistake of a configuration is named at once', () => {
  const environment = {
    TRELLIS_PORT: '80800',
    TRELLIS_ORIGIN: 'shop.example',
    TRELLIS_TRUST_PROXY: '10.0.0.0/99',
    TRELLIS_SECRETS: 'short',
    TRELLIS_MEMCACHED_ALLOW: '10.0.0.0/99',
    TRELLIS_LOG_LEVEL: 'loud',
    TRELLIS_SECRET_WORDS: 'iban, x',
  };
  const mistakes = mistakesOf([], environment);
  for (const name of [
    '80800',
    'ORIGIN',
    'TRUST_PROXY',
    'SECRETS',
    'MEMCACHED_ALLOW',
    'LOG_LEVEL',
    "SECRET_WORDS: 'x'",
  ]) {
    assert.ok(
      mistakes.some((mistake) => mistake.includes(name)),
      `${name} in ${mistakes.join(' | ')}`,
    );
  }
  assert.equal(mistakes.length, 7);
});

test('sixty bad configurations are all refused', () => {
  const bad: readonly (readonly [string, readonly string[]])[] = [
    ['TRELLIS_PORT', ['-1', '65536', 'http', '8080.5', ' 8080', '1e4', '0x50', '80 80']],
    [
      'TRELLIS_ORIGIN',
      ['x', 'ftp://a.example', 'https://a.example/path', 'https://', '//a.example', 'javascript:1', 'null'],
    ],
    ['TRELLIS_TRUST_PROXY', ['x', '10.0.0.256', '10.0.0.0/33', '::/129', '10.0.0.0/x', '10.0.0.0/-1', 'a.example']],
    ['TRELLIS_SECRETS', ['x', ',', 'a,b', 'A'.repeat(42), 'A'.repeat(44), '='.repeat(43)]],
    ['TRELLIS_LOG_LEVEL', ['x', 'INFO', 'warning']],
    ['TRELLIS_DRAIN_SECONDS', ['x', '-1', '4.5', '1e1', ' 1', '.5']],
    ['TRELLIS_MAX_CONNECTIONS', ['x', '0', '-1', '1.5', '1e4', '1000000']],
    ['TRELLIS_HEARTBEAT_SECONDS', ['0', '-1', '1.5', 'x', '3601']],
  ];
  for (const [name, values] of bad) {
    for (const value of values) assert.ok(mistakesOf([], { [name]: value }).length > 0, `${name}=${value}`);
  }
  for (const args of [['--nope'], ['--port'], ['extra']]) assert.ok(mistakesOf(args, {}).length > 0, args.join(' '));
});

function mistakesOf(args: readonly string[], environment: Record<string, string>): readonly string[] {
  try {
    readConfig(args, environment);
    return [];
  } catch (error) {
    if (error instanceof BadConfiguration) return error.mistakes;
    throw error;
  }
}
