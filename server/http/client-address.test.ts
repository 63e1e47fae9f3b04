import assert from 'node:assert/strict';
import type { IncomingMessage } from 'node:http';
import { BlockList } from 'node:net';
import { test } from 'node:test';
import { Malformed, Misdirected } from '../base/errors.ts';
import { ClientAddresses } from './client-address.ts';
import { OwnHosts } from './own-hosts.ts';

const PROXY = '10.0.0.1';
const STRANGER = '9.9.9.9';

function message(
  remoteAddress: string,
  headers: Record<string, string>,
  rawHeaders: readonly string[] = Object.entries(headers).flat(),
): IncomingMessage {
  return { socket: { remoteAddress }, headers, rawHeaders } as unknown as IncomingMessage;
}

function trustingProxy(...origins: string[]): ClientAddresses {
  const trusted = new BlockList();
  trusted.addAddress(PROXY, 'ipv4');
  const hosts = new OwnHosts({ origins, listensAt: '127.0.0.1', machine: () => 'web1' });
  return new ClientAddresses({ trusted, origins, hosts });
}

test('what a stranger says of its own address is not believed', () => {
  const headers = {
    'x-forwarded-for': '1.2.3.4',
    'x-forwarded-proto': 'https',
    'x-forwarded-host': 'evil.example',
    host: 'web1',
  };
  const addresses = trustingProxy();
  assert.equal(addresses.addressOf(message(STRANGER, headers)), STRANGER);
  assert.equal(addresses.reachedBy(message(STRANGER, headers)).origin, 'http://web1');
});

test('behind a trusted proxy the nearest address that is no proxy of ours counts', () => {
  const headers = {
    'x-forwarded-for': `6.6.6.6, 1.2.3.4, ${PROXY}`,
    'x-forwarded-proto': 'https',
    host: 'web1.local',
  };
  assert.equal(trustingProxy().addressOf(message(`::ffff:${PROXY}`, headers)), '1.2.3.4');
  assert.equal(trustingProxy().reachedBy(message(PROXY, headers)).origin, 'https://web1.local');
  for (const chain of ['nonsense', '6.6.6.6, 1.2.3.4:5555']) {
    assert.equal(trustingProxy().addressOf(message(PROXY, { 'x-forwarded-for': chain })), PROXY);
  }
});

test('a configured origin stands for its host, whatever scheme and port the Host header and the proxy speak of', () => {
  const addresses = trustingProxy('http://intranet.example:8080', 'https://shop.example');
  const reached = (host: string) => addresses.reachedBy(message(STRANGER, { host }));
  for (const host of ['shop.example', 'shop.example:8080', 'SHOP.EXAMPLE.']) {
    const { origin, acceptsSecureCookies, ours } = reached(host);
    assert.deepEqual([origin, acceptsSecureCookies], ['https://shop.example', true], host);
    assert.ok(!ours.includes('http://shop.example'), 'what a network may put in its place is no page of ours');
  }
  const { origin, acceptsSecureCookies } = reached('intranet.example');
  assert.deepEqual([origin, acceptsSecureCookies], ['http://intranet.example:8080', false]);
});

test('where a proxy passes its own Host on, the first configured origin decides about cookies, and all are ours', () => {
  const origins = ['http://intranet.example:8080', 'https://shop.example'];
  for (const host of ['127.0.0.1:8080', '10.0.0.7:8080', 'web1']) {
    const reached = trustingProxy(...origins).reachedBy(message(PROXY, { host }));
    assert.deepEqual([reached.ours, reached.acceptsSecureCookies], [[...origins, `http://${host}`], false], host);
    assert.equal(trustingProxy('https://shop.example').reachedBy(message(PROXY, { host })).acceptsSecureCookies, true);
  }
});

test('browsers are asked for nothing but https where no configured origin of that host is http', () => {
  const addresses = trustingProxy(
    'https://shop.example',
    'http://intranet.example',
    'https://both.example',
    'http://both.example:8080',
  );
  const isHttpsOnly = (host: string) => addresses.reachedBy(message(STRANGER, { host })).isHttpsOnly;
  const hosts = ['shop.example', '127.0.0.1', 'intranet.example', 'both.example', 'both.example:8080'];
  assert.deepEqual(hosts.map(isHttpsOnly), [true, true, false, false, false]);
  assert.equal(trustingProxy().reachedBy(message(STRANGER, { host: 'web1' })).isHttpsOnly, false);
});

test('another host is refused with the setting that would make it ours, by Host and by X-Forwarded-Host alike', () => {
  const refusal = (addresses: ClientAddresses, from: string, headers: Record<string, string>) => {
    let said = '';
    assert.throws(
      () => addresses.reachedBy(message(from, headers)),
      (error) => ((said = (error as Error).message), error instanceof Misdirected),
    );
    return said;
  };
  assert.match(
    refusal(trustingProxy(), STRANGER, { host: 'Evil.example:81' }),
    /'evil\.example:81'.* set TRELLIS_ORIGIN=http:\/\/evil\.example:81, with https:/,
  );
  const forwarded = { host: '127.0.0.1', 'x-forwarded-host': 'shop.example', 'x-forwarded-proto': 'https' };
  assert.match(
    refusal(trustingProxy(), PROXY, forwarded),
    /'shop\.example'.* set TRELLIS_ORIGIN=https:\/\/shop\.example and/,
  );
  assert.match(
    refusal(trustingProxy('https://a.example'), STRANGER, { host: 'b.example' }),
    /add http:\/\/b\.example to TRELLIS_ORIGIN,/,
  );
  assert.equal(
    trustingProxy().reachedBy(message(PROXY, { host: 'web1', 'x-forwarded-host': '' })).origin,
    'http://web1',
  );
  assert.equal(refusal(trustingProxy(), STRANGER, { host: 'x'.repeat(5_000) }).length < 200, true);
  assert.equal(
    trustingProxy().reachedBy(message(STRANGER, { host: 'evil.example' }), true).origin,
    'http://evil.example',
  );
  assert.throws(() => trustingProxy().reachedBy(message(STRANGER, { host: 'evil.example' })), Misdirected);
});

test('a Host header that names no host, and more than one, are refused', () => {
  for (const host of [
    '',
    'a b',
    'a/b',
    'user@host',
    'a:b',
    'a:123456',
    '<script>',
    'a\\b',
    '[::1',
    'a:80:80',
    'a:65536',
    '[fe80::1%25en0]',
    '127.0.0.1#',
    '%6c',
  ]) {
    assert.throws(() => trustingProxy().reachedBy(message(STRANGER, { host })), Malformed, host);
  }
  const two = message(STRANGER, { host: '127.0.0.1' }, ['Host', '127.0.0.1', 'HOST', 'evil.example']);
  assert.throws(() => trustingProxy().reachedBy(two), Malformed);
});
