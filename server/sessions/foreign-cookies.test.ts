import assert from 'node:assert/strict';
import { test } from 'node:test';
import { KeyRing } from '../base/secrets.ts';
import { BrowserIds } from './browser-id.ts';
import { ForeignCookies } from './foreign-cookies.ts';
import { DEFAULT_COOKIE } from './support.ts';

test('cookies of the same name that were not signed here are counted, and told of once a minute at most', () => {
  let now = 0;
  const said: unknown[] = [];
  const foreign = new ForeignCookies({ warn: (given: unknown) => void said.push(given) }, () => now);
  const ids = new BrowserIds(KeyRing.random(), foreign);
  const [own] = ids.setCookie(ids.mint(), DEFAULT_COOKIE).split(';');
  const read = (header: string | undefined) => ids.read(header, DEFAULT_COOKIE);
  for (const header of [own, undefined, 'other=1', `__Host-browser_id=theirs; ${own}`]) read(header);
  assert.deepEqual(said, [], 'nobody lost an id to another');
  read('__Host-browser_id=theirs');
  read('__Host-browser_id=s%3Aabc; x=y');
  now = 59_999;
  read('__Host-browser_id=');
  assert.deepEqual(said, [{ name: '__Host-browser_id', count: 1 }]);
  now = 60_000;
  read('__Host-browser_id=theirs');
  assert.deepEqual(said[1], { name: '__Host-browser_id', count: 4 });
});

test('under a name of before, which others use too, nothing is foreign', () => {
  const said: unknown[] = [];
  const ids = new BrowserIds(KeyRing.random(), { note: (name) => void said.push(name) });
  ids.read('__Host-browser_id=theirs', { ...DEFAULT_COOKIE, name: 'browser_id_1a2b3c4d', formerName: 'browser_id' });
  assert.deepEqual(said, []);
});
