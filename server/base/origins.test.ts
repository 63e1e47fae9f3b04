import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isLoopbackHost, keepsSecureCookies, originOfHost } from './origins.ts';

test('only this machine is loopback', () => {
  for (const host of ['localhost', 'LOCALHOST', 'localhost.', 'shop.localhost', '127.0.0.1', '127.8.9.1', '[::1]'])
    assert.ok(isLoopbackHost(host), host);
  for (const host of ['localhost.evil.example', 'evillocalhost', '127.0.0.1.evil.example', '1127.0.0.1', '[::2]', ''])
    assert.ok(!isLoopbackHost(host), host);
});

test('of several origins that one stands for a request whose host was asked, whatever the proxy says of scheme and port', () => {
  const origins = ['https://shop.example', 'http://intranet.example:8080', 'https://intranet.example:8443'];
  for (const [asked, expected] of [
    ['http://shop.example', origins[0]],
    ['http://shop.example.', origins[0]],
    ['http://intranet.example', origins[1]],
    ['http://intranet.example:8443', origins[2]],
    ['https://intranet.example:8443', origins[2]],
    ['http://127.0.0.1:8080', undefined],
    ['http://example', undefined],
  ] as const) {
    assert.equal(originOfHost(asked, origins), expected, asked);
  }
});

test('what is configured decides about Secure cookies, the first one where another host was asked', () => {
  const [https, http] = ['https://shop.example', 'http://intranet.example:8080'];
  for (const [asked, origins, keeps] of [
    ['http://shop.example', [http, https], true],
    ['http://intranet.example:8080', [https, http], false],
    ['http://127.0.0.1:8080', [https, http], true],
    ['http://127.0.0.1:8080', [http, https], false],
    [undefined, [https], true],
    ['http://127.0.0.1:8080', [], true],
    ['http://shop.localhost', [], true],
    ['http://[::1]:8080', [], true],
    ['http://10.0.0.1', [], false],
    ['https://10.0.0.1', [], true],
    [undefined, [], false],
  ] as const) {
    assert.equal(keepsSecureCookies(asked, origins), keeps, `${asked} of ${origins.join()}`);
  }
});
