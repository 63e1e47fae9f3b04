import assert from 'node:assert/strict';
import { test } from 'node:test';
import { StoreClosed } from '../memcache/errors.ts';
import { LocalStore } from '../memcache/local-store.ts';
import { RequestStore } from './request-store.ts';

test('a failure is not remembered: within the same request the value is asked for again', async () => {
  class Shaky extends LocalStore {
    isOut = true;
    override get(key: string) {
      return this.isOut ? Promise.reject(new StoreClosed()) : super.get(key);
    }
    override getMulti(keys: readonly string[]) {
      return this.isOut ? Promise.reject(new StoreClosed()) : super.getMulti(keys);
    }
  }
  const shaky = new Shaky();
  await shaky.set('a', Buffer.from('1'), 60);
  const store = new RequestStore(shaky, () => false);
  await assert.rejects(store.get('a'), StoreClosed);
  await assert.rejects(store.getMulti(['a', 'b']), StoreClosed);
  shaky.isOut = false;
  assert.equal((await store.get('a'))?.value.toString(), '1');
  assert.deepEqual([...(await store.getMulti(['a', 'b'])).keys()], ['a']);
});
