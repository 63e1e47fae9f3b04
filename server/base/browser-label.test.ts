import assert from 'node:assert/strict';
import { test } from 'node:test';
import { browserLabel } from './browser-label.ts';

test('a browser and its system are told from the User-Agent header', () => {
  const headers: readonly (readonly [string, string])[] = [
    ['Mozilla/5.0 (X11; Linux x86_64; rv:145.0) Gecko/20100101 Firefox/145.0', 'Firefox 145, Linux'],
    [
      'Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/142.0.0.0 Safari/537.36 Edg/142.0',
      'Edge 142, Windows',
    ],
    [
      'Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/19.0 Safari/605.1.15',
      'Safari 19, macOS',
    ],
    [
      'Mozilla/5.0 (Linux; Android 16) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/142.0.0.0 Mobile Safari/537.36',
      'Chrome 142, Android',
    ],
    ['curl/8.16.0', 'curl 8'],
    ['', ''],
    [`${'('.repeat(100_000)}Version/`, ''],
  ];
  for (const [header, label] of headers) assert.equal(browserLabel(header), label);
});
