import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { isHostName, parseAddress, parseServers } from './addresses.ts';

const HOW = 'Write a server as host:port, [IPv6]:port or /path/to.sock.';

test('host, host:port, [v6]:port and paths of sockets are read; the port is 11211 where none is given', () => {
  const lines = [
    'cache',
    'Cache.Example.org:2000',
    '10.0.0.9:11212',
    '[::1]:3000',
    '[0:0:0::2]',
    '/run/memcached.sock',
  ];
  const { addresses, problems } = parseServers(lines);
  assert.deepEqual(problems, []);
  assert.deepEqual(
    addresses.map((address) => address.text),
    ['cache:11211', 'cache.example.org:2000', '10.0.0.9:11212', '[::1]:3000', '[::2]:11211', '/run/memcached.sock'],
  );
});

test('blank lines and comments are skipped and still counted', () => {
  const { addresses, problems } = parseServers(['# ours', '', '  ', ' localhost:11211 ', '#', 'localhost;11211']);
  assert.deepEqual(
    addresses.map((address) => address.text),
    ['localhost:11211'],
  );
  assert.deepEqual(problems, [{ line: 6, detail: `Line 6: 'localhost;11211' is not host:port. ${HOW}` }]);
});

test('a duplicate is refused, however it is written, and names the first', () => {
  const { problems } = parseServers([
    'LOCALHOST',
    '# x',
    'localhost:11211',
    '[::1]:5000',
    '[0::1]:5000',
    '[::ffff:1.2.3.4]',
    '1.2.3.4',
  ]);
  assert.deepEqual(problems, [
    { line: 3, detail: "Line 3: 'localhost:11211' already stands on line 1." },
    { line: 5, detail: "Line 5: '[::1]:5000' already stands on line 4." },
    { line: 7, detail: "Line 7: '1.2.3.4:11211' already stands on line 6." },
  ]);
});

test('each bad line says what is wrong with it and what would be right', () => {
  const cases = {
    'localhost;11211': `'localhost;11211' is not host:port. ${HOW}`,
    '11211@evil:1': `'11211@evil:1' is not host:port. ${HOW}`,
    'http://localhost:11211': `'http://localhost:11211' is not host:port. ${HOW}`,
    'localhost:': `'localhost:' is not host:port. ${HOW}`,
    ':11211': `':11211' is not host:port. ${HOW}`,
    'localhost:0': "The port 0 in 'localhost:0' is not between 1 and 65535.",
    'localhost:65536': "The port 65536 in 'localhost:65536' is not between 1 and 65535.",
    '0x7f.1': "'0x7f.1' is neither a name nor an IPv4 address. Write all four numbers, like 127.0.0.1.",
    '127.1:11211': "'127.1' is neither a name nor an IPv4 address. Write all four numbers, like 127.0.0.1.",
    '2130706433': "'2130706433' is neither a name nor an IPv4 address. Write all four numbers, like 127.0.0.1.",
    '127.0.0.01': "'127.0.0.01' is neither a name nor an IPv4 address. Write all four numbers, like 127.0.0.1.",
    '::1': "'::1' is an IPv6 address without brackets. Write it as [::1]:11211.",
    '[localhost]:11211': "'localhost' in '[localhost]:11211' is not an IPv6 address. Write it like [::1]:11211.",
    '[fe80::1%eth0]:11211':
      "'fe80::1%eth0' in '[fe80::1%eth0]:11211' is not an IPv6 address. Write it like [::1]:11211.",
    '/run/': "'/run/' is not a full path. Write it without '//', '.' and '..'.",
    '/run/../etc/x.sock': "'/run/../etc/x.sock' is not a full path. Write it without '//', '.' and '..'.",
    '/run/a\tb.sock': "'/run/a\tb.sock' contains a control character. Write the path of a socket.",
    [`/${'x'.repeat(107)}`]: `'/${'x'.repeat(78)}…' is longer than the 107 bytes a socket's path may have.`,
  };
  for (const [text, expected] of Object.entries(cases)) assert.equal(parseAddress(text), expected);
});

test('any text is either an address whose text reads back as the same address, or one line that says why not', () => {
  const nasty = fc.oneof(
    fc.string({ unit: 'binary' }),
    fc.stringMatching(/^[0-9a-fA-FxX.:[\]/%@-]{0,30}$/),
    fc.tuple(fc.domain(), fc.integer({ min: -1, max: 70_000 })).map(([host, port]) => `${host}:${port}`),
    fc.tuple(fc.ipV6(), fc.nat(70_000)).map(([host, port]) => `[${host}]:${port}`),
    fc.ipV4Extended(),
    fc.constantFrom('__proto__', 'constructor:1', '..', '%2f', '\0', '\ud800', 'a'.repeat(70), '/__proto__'),
  );
  fc.assert(
    fc.property(nasty, (text) => {
      const address = parseAddress(text.trim());
      if (typeof address === 'string') return assert.match(address, /\.$/);
      assert.deepEqual(parseAddress(address.text), address);
      if (address.kind === 'tcp') assert.ok(address.port >= 1 && address.port <= 65_535);
    }),
    { numRuns: 10_000 },
  );
});

test('no name ends like a number, which systems would read as an IPv4 address', () => {
  fc.assert(
    fc.property(fc.ipV4Extended(), (text) => !isHostName(text)),
    { numRuns: 2_000 },
  );
});
