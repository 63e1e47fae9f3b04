import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { parseAddress } from './addresses.ts';
import { Allowlist } from './allowlist.ts';
import { parseIp } from './ip.ts';

/** Whether a connection to what is written here would be made. */
function allows(allowlist: Allowlist, text: string): boolean {
  const address = parseAddress(text);
  if (typeof address === 'string') return false;
  return allowlist.mayName(address);
}

test('by default loopback and private networks are allowed, from port 1024 up', () => {
  const { allowlist } = Allowlist.parse();
  const allowed = [
    '127.0.0.1',
    '127.9.9.9:1024',
    '10.1.2.3',
    '172.16.0.1',
    '172.31.255.255',
    '192.168.9.9:65535',
    '[::1]',
    '[fd12::1]',
    '[::ffff:10.0.0.1]:2000',
    'localhost',
    'cache.internal:11211',
    '/run/memcached.sock',
    '/run/memcached/a.sock',
  ];
  const refused = [
    '127.0.0.1:1023',
    '8.8.8.8',
    '172.32.0.1',
    '172.15.0.1',
    '192.169.0.1',
    '0.0.0.0',
    '100.64.0.1',
    '[::]',
    '[2001:db8::1]',
    '[fe80::1]',
    '169.254.169.254:11211',
    '[::ffff:169.254.169.254]:11211',
    '[::ffff:8.8.8.8]:11211',
    '224.0.0.1',
    '255.255.255.255',
    'localhost:80',
    '/var/run/docker.sock',
    '/run/memcached',
    '0x7f.1',
    '11211@evil',
    '[::ffff:7f00:1]:637',
  ];
  for (const text of allowed) assert.equal(allows(allowlist, text), true, text);
  for (const text of refused) assert.equal(allows(allowlist, text), false, text);
});

test('a list of its own replaces the default, unless it names it', () => {
  const { allowlist, problems } = Allowlist.parse(
    '10.2.0.0/16:11211-11215, 8.8.8.8:53, cache.example.org, [fd00::/8]:7, /run/mc/, /tmp/x.sock',
  );
  assert.deepEqual(problems, []);
  for (const text of ['10.2.9.9:11215', '8.8.8.8:53', '[fd01::5]:7', '/run/mc/a.sock', '/tmp/x.sock']) {
    assert.equal(allows(allowlist, text), true, text);
  }
  for (const text of [
    '10.2.9.9:11216',
    '10.3.0.1',
    '127.0.0.1',
    '8.8.8.8',
    '[fd01::5]',
    '/run/memcached.sock',
    '/tmp/x.sock2',
  ]) {
    assert.equal(allows(allowlist, text), false, text);
  }
  assert.equal(allows(Allowlist.parse('default, 8.8.8.8').allowlist, '127.0.0.1'), true);
  assert.equal(allows(Allowlist.parse('').allowlist, '127.0.0.1'), false);
});

test('a name that is listed may lead anywhere but to a link-local address', () => {
  const { allowlist } = Allowlist.parse('cache.example.org:11211');
  const leadsTo = (ip: string, name: string) => allowlist.allows(parseIp(ip) ?? [], 11211, name);
  assert.equal(leadsTo('8.8.8.8', 'cache.example.org'), true);
  assert.equal(leadsTo('8.8.8.8', 'other.example.org'), false);
  assert.equal(leadsTo('169.254.169.254', 'cache.example.org'), false);
  assert.equal(leadsTo('fe80::1', 'cache.example.org'), false);
});

test('link-local addresses are refused whatever the list says', () => {
  const { allowlist } = Allowlist.parse('0.0.0.0/0:1-65535, [::/0]:1-65535, 169.254.169.254:80');
  const linkLocal = fc.oneof(
    fc.tuple(fc.nat(255), fc.nat(255)).map(([a, b]) => `169.254.${a}.${b}`),
    fc.tuple(fc.nat(255), fc.nat(255)).map(([a, b]) => `[::ffff:169.254.${a}.${b}]`),
    fc
      .tuple(fc.integer({ min: 0xfe80, max: 0xfebf }), fc.nat(0xffff))
      .map(([a, b]) => `[${a.toString(16)}::${b.toString(16)}]`),
  );
  fc.assert(
    fc.property(linkLocal, fc.integer({ min: 1, max: 65535 }), (host, port) => !allows(allowlist, `${host}:${port}`)),
  );
  assert.equal(allows(allowlist, '8.8.8.8:1'), true);
});

test('every entry that cannot be read is named', () => {
  const bad = [
    '10.0.0.0/33',
    '10.0.0.0/8:0',
    'a b',
    '10.0.0.1:20-10',
    '[10.0.0.1]',
    'fd00::/8',
    '0x7f.1',
    '10.0.0.0/8/8',
    'x:70000',
  ];
  const { problems } = Allowlist.parse(`${bad.join(',')},127.0.0.1`);
  assert.equal(problems.length, bad.length);
  for (const [index, entry] of bad.entries())
    assert.ok(problems[index]?.startsWith(`'${entry}' in TRELLIS_MEMCACHED_ALLOW`));
});

test('a word that is meant for many addresses is not taken for the name of a server', () => {
  for (const word of ['defualt', 'Default', 'defaults', 'loopback', 'private', 'all', 'any', 'none'])
    assert.match(
      Allowlist.parse(`10.0.0.0/8, ${word}`).problems[0] ?? '',
      new RegExp(`^'${word}' .* Write 'default'`),
      word,
    );
  for (const name of ['memcached', 'cache-1', 'private.example', 'loopback:11211', 'defaults:1024-65535'])
    assert.deepEqual(Allowlist.parse(name).problems, [], name);
});
