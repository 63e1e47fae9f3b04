import assert from 'node:assert/strict';
import type { IncomingMessage } from 'node:http';
import { BlockList } from 'node:net';
import { test } from 'node:test';
import { ClientAddresses, isLoopbackHost } from './client-address.ts';

const PROXY = '10.0.0.1';

function message(remoteAddress: string, headers: Record<string, string>): IncomingMessage {
  return { socket: { remoteAddress }, headers } as unknown as IncomingMessage;
}

function trustingProxy(origin?: string): ClientAddresses {
  const trusted = new BlockList();
  trusted.addAddress(PROXY, 'ipv4');
  return new ClientAddresses(trusted, origin);
}

test('what a stranger says of its own address is not believed', () => {
  const headers = {
    'x-forwarded-for': '1.2.3.4',
    'x-forwarded-proto': 'https',
    'x-forwarded-host': 'evil.example',
    host: 'a.example',
  };
  const addresses = trustingProxy();
  assert.equal(addresses.addressOf(message('9.9.9.9', headers)), '9.9.9.9');
  assert.equal(addresses.reachedBy(message('9.9.9.9', headers))?.origin, 'http://a.example');
});

test('behind a trusted proxy the nearest address that is no proxy of ours counts', () => {
  const headers = {
    'x-forwarded-for': `6.6.6.6, 1.2.3.4, ${PROXY}`,
    'x-forwarded-proto': 'https',
    host: 'shop.example',
  };
  assert.equal(trustingProxy().addressOf(message(`::ffff:${PROXY}`, headers)), '1.2.3.4');
  assert.equal(trustingProxy().reachedBy(message(PROXY, headers))?.origin, 'https://shop.example');
  for (const chain of ['nonsense', '6.6.6.6, 1.2.3.4:5555']) {
    assert.equal(trustingProxy().addressOf(message(PROXY, { 'x-forwarded-for': chain })), PROXY);
  }
});

test('a configured origin stands whatever the Host header says, but for this machine itself', () => {
  const addresses = trustingProxy('https://shop.example');
  assert.equal(addresses.reachedBy(message('9.9.9.9', { host: 'evil.example' }))?.origin, 'https://shop.example');
  assert.equal(addresses.reachedBy(message('127.0.0.1', { host: '127.0.0.1:8080' }))?.origin, 'http://127.0.0.1:8080');
});

test('a proxy that passes its own Host on is no other site: the configured origin stays ours', () => {
  const reached = trustingProxy('https://shop.example').reachedBy(message(PROXY, { host: '127.0.0.1:8080' }));
  assert.deepEqual(reached?.ours, ['https://shop.example', 'http://127.0.0.1:8080']);
});

test('a Host header that names no host is no origin', () => {
  for (const host of ['', 'a b', 'a/b', 'user@host', 'a:b', 'a:123456', '<script>', 'a\\b', '[::1', 'a:80:80']) {
    assert.equal(trustingProxy().reachedBy(message('9.9.9.9', { host })), undefined, host);
  }
});

test('only this machine is loopback', () => {
  for (const host of ['localhost', 'localhost:8080', '127.0.0.1:1', '127.8.9.1', '[::1]:80'])
    assert.ok(isLoopbackHost(host), host);
  for (const host of ['localhost.evil.example', '127.0.0.1.evil.example', '1127.0.0.1', '[::2]'])
    assert.ok(!isLoopbackHost(host), host);
});
