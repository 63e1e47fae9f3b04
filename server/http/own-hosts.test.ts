import assert from 'node:assert/strict';
import { test } from 'node:test';
import { OwnHosts } from './own-hosts.ts';

const hosts = (machine: string, origins: readonly string[] = [], listensAt = '127.0.0.1') =>
  new OwnHosts({ origins, listensAt, machine: () => machine });

/** As it stands in the URL that a browser would ask. */
const hostnameOf = (host: string) => new URL(`http://${host}`).hostname;

test('ours are addresses, loopback, and the names of this machine; no other name is', () => {
  const own = hosts('Web1.Example.org');
  for (const host of ['10.1.2.3', '[2001:db8::1]:80', '127.0.0.1:8080', 'localhost', 'shop.localhost', 'LocalHost.'])
    assert.ok(own.has(hostnameOf(host)), host);
  for (const host of ['web1', 'WEB1.local', 'web1.example.org', 'web1.example.org.', '0x7f.1'])
    assert.ok(own.has(hostnameOf(host)), host);
  for (const host of ['evil.example', 'web1.evil.example', 'web2', 'web1.local.evil.example', 'localhost.evil.example'])
    assert.ok(!own.has(hostnameOf(host)), host);
  for (const host of ['10.1.2.3.evil.example', 'xweb1', 'example.org', 'local', '10-1-2-3.evil.example'])
    assert.ok(!own.has(hostnameOf(host)), host);
});

test('so are the configured hosts, at any port, and a name at which the server listens', () => {
  const own = hosts('web1', ['https://shop.example', 'http://xn--bcher-kva.example:8080'], 'Trellis.internal');
  for (const host of ['shop.example', 'SHOP.example.:99', 'bücher.example', 'trellis.internal:8080', 'web1'])
    assert.ok(own.has(hostnameOf(host)), host);
  for (const host of ['www.shop.example', 'evil.example']) assert.ok(!own.has(hostnameOf(host)), host);
});

test('a machine that is given another name while the server runs is known by that', () => {
  let name = 'web1';
  const own = new OwnHosts({ origins: [], listensAt: '::', machine: () => name });
  name = 'web2';
  assert.deepEqual([own.has('web1'), own.has('web2')], [false, true]);
});
