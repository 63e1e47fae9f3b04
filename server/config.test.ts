import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { test } from 'node:test';
import { BadConfiguration, readConfig } from './config.ts';
import { SETTINGS } from './setting-names.ts';

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
    TRELLIS_PROT: '80',
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
    "TRELLIS_PROT is no setting of Trellis and has no effect. Did you mean 'TRELLIS_PORT'?",
  ]) {
    assert.ok(
      mistakes.some((mistake) => mistake.includes(name)),
      `${name} in ${mistakes.join(' | ')}`,
    );
  }
  assert.equal(mistakes.length, 8);
});

test('of flags each mistake is named, with what is missing', () => {
  const none = (flag: string) =>
    `'${flag}' is not understood. The flags are --host, --port and --data, each followed by its value; npm run trellis -- --help lists every setting.`;
  const without = (flag: string, value: string) =>
    `'${flag}' has no value. Write it behind the flag, such as ${flag} ${value}.`;
  assert.deepEqual(mistakesOf(['--port', '99999', '--bogus'], {}), [
    none('--bogus'),
    "The port '99999' is not a number from 0 to 65535 (--port or TRELLIS_PORT).",
  ]);
  assert.deepEqual(mistakesOf(['--port', '--data', 'x'], {}), [without('--port', '8080')]);
  assert.deepEqual(mistakesOf(['--data='], {}), [without('--data', 'var')]);
  assert.equal(readConfig(['--port=9001', '--data', 'x'], {}).port, 9001);
});

test('an origin names its host, and an application has no administrator', () => {
  const [mistake] = mistakesOf([], { TRELLIS_ORIGIN: 'https://*.example.org' });
  assert.match(mistake ?? '', /'https:\/\/\*\.example\.org', which names no host: each is written out/);
  for (const origin of ['https://zürich.example', 'http://my_host:8080', 'http://[::1]:80'])
    assert.deepEqual(mistakesOf([], { TRELLIS_ORIGIN: origin }), [], origin);
  assert.equal(readConfig([], { TRELLIS_ADMIN_PASSWORD: 'short' }, true).adminPassword, undefined);
});

test('sixty bad configurations are all refused', () => {
  const bad: readonly (readonly [string, readonly string[]])[] = [
    ['TRELLIS_PORT', ['-1', '65536', 'http', '8080.5', ' 8080', '1e4', '0x50', '80 80']],
    [
      'TRELLIS_ORIGIN',
      [
        'x',
        'ftp://a.example',
        'https://a.example/path',
        'https://',
        '//a.example',
        'javascript:1',
        'null',
        'https://*.example.org',
      ],
    ],
    ['TRELLIS_TRUST_PROXY', ['x', '10.0.0.256', '10.0.0.0/33', '::/129', '10.0.0.0/x', '10.0.0.0/-1', 'a.example']],
    ['TRELLIS_SECRETS', ['x', ',', 'a,b', 'A'.repeat(42), 'A'.repeat(44), '='.repeat(43)]],
    ['TRELLIS_ADMIN_PASSWORD', ['short', 'password123', 'admin']],
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

test('a misspelt name keeps a server from starting, and is noted by an application; one of another program is noted', () => {
  for (const name of ['PROT', 'ADMIN_PASSWRD', 'ORIGINS', 'MEMCACHE_ALLOW', 'SECRET', 'port', 'DRAIN_SECOND'])
    assert.equal(mistakesOf([], { [`TRELLIS_${name}`]: 'x' }).length, 1, name);
  const foreign = [
    'SERVICE_HOST',
    'SERVICE_PORT',
    'SERVICE_PORT_HTTP',
    'PORT_8080_TCP',
    'PORT_8080_TCP_ADDR',
    'DATABASE_URL',
  ];
  const environment = Object.fromEntries(foreign.map((name) => [`TRELLIS_${name}`, 'x']));
  assert.equal(readConfig([], environment).notes.length, foreign.length);
  assert.deepEqual(readConfig([], { TRELLIS_SECRET: 'x' }, true).notes, [
    "TRELLIS_SECRET is no setting of Trellis and has no effect. Did you mean 'TRELLIS_SECRETS'?",
  ]);
  assert.deepEqual(readConfig([], { TRELLISES: 'x', TRELLIS_HOST: '::1', PATH: '/bin' }).notes, []);
});

test('the settings that are read are those in the table of the manual', async () => {
  const manual = await readFile(new URL('../README.md', import.meta.url), 'utf8');
  const rows = [...manual.matchAll(/^\|[^|]*\| `TRELLIS_([A-Z_]+)` \|/gm)].map(([, name]) => name ?? '');
  assert.deepEqual([...SETTINGS].toSorted(), rows.toSorted());
});

function mistakesOf(args: readonly string[], environment: Record<string, string>): readonly string[] {
  try {
    readConfig(args, environment);
    return [];
  } catch (error) {
    if (error instanceof BadConfiguration) return error.message.split('\n');
    throw error;
  }
}
