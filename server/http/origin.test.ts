import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Forbidden } from '../base/errors.ts';
import { checkOrigin } from './origin.ts';

const OURS = 'http://127.0.0.1:8080';
const SITES = [undefined, 'same-origin', 'same-site', 'cross-site', 'none'];
const ORIGINS = [undefined, OURS, 'HTTP://127.0.0.1:8080', 'https://127.0.0.1:8080', 'http://evil.example', 'null', ''];

test('of all combinations of headers only those pass that no other site can cause', () => {
  for (const site of SITES) {
    for (const origin of ORIGINS) {
      for (const authorization of [undefined, 'Basic eDp5']) {
        for (const cookie of [undefined, 'a=b']) {
          for (const path of ['/api', '/api/@login']) {
            const headers = defined({ 'sec-fetch-site': site, origin, authorization, cookie });
            const isOurs = origin?.toLowerCase() === OURS;
            const isSilent = site === undefined && origin === undefined;
            const hasProof = authorization !== undefined || (path === '/api/@login' && cookie === undefined);
            const isFine = (site ?? 'same-origin') === 'same-origin' && (origin === undefined || isOurs);
            const passes = isSilent ? hasProof : isFine;
            const check = () => checkOrigin('POST', path, headers, [OURS]);
            if (passes) assert.doesNotThrow(check, JSON.stringify(headers));
            else assert.throws(check, Forbidden, JSON.stringify(headers));
          }
        }
      }
    }
  }
});

test('looking is never refused', () => {
  for (const method of ['GET', 'HEAD', 'OPTIONS']) {
    assert.doesNotThrow(() => checkOrigin(method, '/api', { origin: 'http://evil.example' }, [OURS]));
  }
});

function defined(headers: Record<string, string | undefined>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(headers).filter((entry): entry is [string, string] => entry[1] !== undefined),
  );
}
