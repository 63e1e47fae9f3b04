import assert from 'node:assert/strict';
import { test } from 'node:test';
import { KeyRing } from '../base/key-ring.ts';
import { BrowserIds } from './browser-id.ts';
import { ForeignCookies } from './foreign-cookies.ts';
import { DEFAULT_COOKIE } from './testing.ts';

test('cookies of the same name that were not signed here are told of by name, once a minute at most', () => {
  const said: unknown[] = [];
  const foreign = new ForeignCookies({ warn: (given: unknown) => void said.push(given) });
  const ids = new BrowserIds(KeyRing.random(), foreign);
  const [own] = ids.setCookies(ids.mint(), DEFAULT_COOKIE, undefined)[0]!.split(';');
  const read = (header: string | undefined, name = 'browser_id') => ids.read(header, { ...DEFAULT_COOKIE, name });
  for (const header of [own, undefined, 'other=1', `__Host-browser_id=theirs; ${own}`]) read(header);
  assert.deepEqual(said, [], 'nobody lost an id to another');
  for (let times = 0; times < 1_000; times += 1) read('__Host-browser_id=s%3Aabc; x=y');
  read('__Host-sid=', 'sid');
  assert.deepEqual(said, [
    { name: '__Host-browser_id', alsoSince: 0 },
    { name: '__Host-sid', alsoSince: 0 },
  ]);
});

test('under a name of before, which others use too, nothing is foreign', () => {
  const said: unknown[] = [];
  const ids = new BrowserIds(KeyRing.random(), { note: (name) => void said.push(name) });
  ids.read('__Host-browser_id=theirs', { ...DEFAULT_COOKIE, name: 'browser_id_1a2b3c4d', formerName: 'browser_id' });
  assert.deepEqual(said, []);
});
