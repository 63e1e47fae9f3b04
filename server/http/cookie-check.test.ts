import assert from 'node:assert/strict';
import { test } from 'node:test';
import { PROBE_SUFFIX } from '../../schema/endpoints/browser-check.ts';
import { requestOf, textOf } from '../publisher/testing.ts';
import { COOKIE_CHECK, cookieCheck } from './cookie-check.ts';

const PROBE = `browser_id${PROBE_SUFFIX}`;

async function came(query: string, cookies: Readonly<Record<string, string>>): Promise<readonly boolean[]> {
  const request = requestOf('GET', `/@cookie-check?${query}`, { cookies: new Map(Object.entries(cookies)) });
  return (JSON.parse(await textOf(cookieCheck(request))) as { came: boolean[] }).came;
}

test('it is told of each probe whether it came, with the very value that it was given', async () => {
  const query = ['1', '2', '1%3D2'].map((value) => `cookie=${PROBE}%3D${value}`).join('&');
  assert.deepEqual(await came(query, { [PROBE]: '1' }), [true, false, false]);
  assert.deepEqual(await came(query, { [PROBE]: '1=2' }), [false, false, true]);
  assert.deepEqual(await came('', { [PROBE]: '1' }), []);
});

test('nothing is told of any other cookie', async () => {
  assert.deepEqual(await came('cookie=browser_id%3Dsecret&cookie=', { browser_id: 'secret' }), [false, false]);
});

test('it stands below any path, and is no part of a name or a query', () => {
  for (const path of ['/@cookie-check', '/a/b/@cookie-check?cookie=a']) assert.match(path, COOKIE_CHECK);
  for (const path of ['/@cookie-checks', '/a@cookie-check', '/@cookie-check/a', '/a?b=/@cookie-check']) {
    assert.doesNotMatch(path, COOKIE_CHECK);
  }
});
