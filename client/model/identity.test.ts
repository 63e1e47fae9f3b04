import assert from 'node:assert/strict';
import { suite, test, type TestContext } from 'node:test';
import { listUsers } from '../../schema/endpoints/users.ts';
import { call } from '../api/call.ts';
import { hasEnded } from '../state/ended.ts';
import { flashes } from '../state/flash.ts';
import { TestWindow } from '../state/testing.ts';
import { clipboard } from './clipboard.ts';
import { findOut, hasLeft, identity, isPutAside, leave, signIn } from './identity.ts';

/** A server at which one signs in as anybody; `user` is who is signed in there. */
class Site {
  user: string | null = null;
  status = 200;

  constructor(t: TestContext) {
    t.mock.method(globalThis, 'fetch', (url: string, { body }: RequestInit) => {
      if (url === '/api/@login') this.user = JSON.parse(body as string).name;
      if (url === '/api/@logout' && this.status === 200) this.user = null;
      return Promise.resolve(Response.json({ user: this.user, roles: [] }, { status: this.status }));
    });
  }
}

suite('who is signed in', () => {
  test('is told by the server, and whoever signs in again goes on with the page', async (t) => {
    using window = new TestWindow();
    const site = new Site(t);
    await findOut();
    assert.equal(identity.get()?.user, null);
    await signIn({ name: 'anna', password: 'x' });
    assert.equal(identity.get()?.user, 'anna');
    site.status = 401;
    await assert.rejects(call(listUsers, '/acl_users'));
    assert.deepEqual([hasEnded.get(), identity.get()?.user], [true, 'anna']);
    isPutAside.set(true);
    await assert.rejects(call(listUsers, '/acl_users'));
    assert.equal(isPutAside.get(), false, 'they wanted something of the server');
    site.status = 200;
    await signIn({ name: 'anna', password: 'x' });
    assert.deepEqual([hasEnded.get(), window.reloads], [false, 0]);
  });

  test('leaves nothing to the next: what was to be pasted is forgotten, and another gets a page of their own', async (t) => {
    using window = new TestWindow();
    new Site(t);
    await signIn({ name: 'anna', password: 'x' });
    clipboard.set({ action: 'cut', folder: '/', paths: ['/a'] });
    await leave();
    assert.deepEqual([hasLeft.get(), identity.get()?.user, clipboard.get()], [true, null, undefined]);
    await signIn({ name: 'ben', password: 'x' });
    assert.deepEqual([identity.get()?.user, window.reloads], [null, 1]);
  });

  test('stays signed in where the server cannot be told, and hears of it', async (t) => {
    using _window = new TestWindow();
    const site = new Site(t);
    await signIn({ name: 'anna', password: 'x' });
    site.status = 500;
    await leave();
    assert.equal(identity.get()?.user, 'anna');
    assert.deepEqual(
      flashes.get().map(({ text }) => text),
      ['Could not sign out: the server answered 500.'],
    );
    flashes.set([]);
  });
});
