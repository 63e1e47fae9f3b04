import assert from 'node:assert/strict';
import { BlockList, isIPv4, isIPv6 } from 'node:net';
import { test } from 'node:test';
import fc from 'fast-check';
import { formatIp, isInNetwork, parseIp } from './ip.ts';

test('an address is read exactly when the system would read it', () => {
  const text = fc.oneof(fc.ipV4(), fc.ipV6(), fc.stringMatching(/^[0-9a-f:.]{1,25}$/));
  fc.assert(
    fc.property(text, (candidate) => {
      assert.equal(parseIp(candidate) !== undefined, isIPv4(candidate) || isIPv6(candidate), candidate);
    }),
    { numRuns: 10_000 },
  );
});

test('the canonical text of an address is what a URL makes of it', () => {
  fc.assert(
    fc.property(fc.ipV6(), (candidate) => {
      const ip = parseIp(candidate);
      assert.ok(ip);
      if (ip.length === 16) assert.equal(`[${formatIp(ip)}]`, new URL(`http://[${candidate}]`).hostname);
    }),
    { numRuns: 5_000 },
  );
});

test('an IPv4 address mapped into IPv6 is that IPv4 address', () => {
  for (const text of ['::ffff:169.254.169.254', '::ffff:a9fe:a9fe', '0:0:0:0:0:ffff:a9fe:a9fe']) {
    assert.deepEqual(parseIp(text), [169, 254, 169, 254]);
  }
});

test('a network holds the same addresses as the system says', () => {
  const cases = fc.record({
    base: fc.ipV4(),
    bits: fc.integer({ min: 0, max: 32 }),
    flip: fc.nat(2 ** 32 - 1),
    keep: fc.nat(32),
  });
  fc.assert(
    fc.property(cases, ({ base, bits, flip, keep }) => {
      const ip = parseIp(base) ?? [];
      const near = ip.map((byte, index) => byte ^ (((keep === 32 ? 0 : flip >>> keep) >>> (24 - index * 8)) & 0xff));
      const list = new BlockList();
      list.addSubnet(base, bits, 'ipv4');
      assert.equal(isInNetwork(near, { base: ip, bits }), list.check(formatIp(near), 'ipv4'));
    }),
    { numRuns: 5_000 },
  );
});
