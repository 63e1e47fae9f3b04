import assert from 'node:assert/strict';
import { test } from 'node:test';
import { networkOf } from './network.ts';

test('an IPv4 address is a sender of its own, also where it comes written as IPv6', () => {
  assert.deepEqual(['10.1.2.3', '::ffff:10.1.2.3', '::FFFF:10.1.2.4'].map(networkOf), [
    '10.1.2.3',
    '10.1.2.3',
    '10.1.2.4',
  ]);
});

test('of IPv6 all addresses under the same first 64 bits are one sender, however they are written', () => {
  for (const address of [
    '2001:db8:0:1::5',
    '2001:0DB8:0000:0001:ffff:0:0:9',
    '2001:db8:0:1:0:0:0:5',
    '2001:db8:0:1::',
  ]) {
    assert.equal(networkOf(address), '2001:db8:0:1', address);
  }
  assert.deepEqual(['fe80::1%eth0', '::1', '2001:db8::1'].map(networkOf), ['fe80:0:0:0', '0:0:0:0', '2001:db8:0:0']);
});

test('what is no address stays what it is', () => {
  assert.deepEqual(['', 'unknown'].map(networkOf), ['', 'unknown']);
});
