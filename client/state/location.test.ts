import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { TestHost, TestWindow } from './testing.ts';

/** The interface at an address, in the window that is there. */
async function begin(href: string) {
  const module = await import('./location.ts');
  module.listenToBrowser();
  module.go(href, 'replace');
  return module;
}

suite('the address', () => {
  test('one goes to an object by a step, and back', async () => {
    using window = new TestWindow();
    const { go, route } = await begin('/manage/shop');
    go('/manage/shop/cart/@properties');
    assert.deepEqual([route.get().path, route.get().tab, window.steps], ['/shop/cart', 'properties', 1]);
    window.go(-1);
    assert.deepEqual([route.get().path, window.steps], ['/shop', 0]);
  });

  test('what a tab keeps in the address takes no step, and goes when it is empty', async () => {
    using window = new TestWindow();
    const { route, setQuery } = await begin('/manage/shop/@contents?sort=id');
    setQuery({ filter: 'ü&=', from: undefined });
    assert.equal(window.href, 'http://x/manage/shop/@contents?sort=id&filter=%C3%BC%26%3D');
    assert.deepEqual([route.get().query.get('filter'), window.steps], ['ü&=', 0]);
    setQuery({ filter: '', sort: undefined });
    assert.equal(window.href, 'http://x/manage/shop/@contents');
  });

  test('links within the interface load no page; others, and those for a new window, do', async () => {
    using window = new TestWindow();
    const { route } = await begin('/manage');
    assert.equal(window.click('/manage/docs'), true);
    assert.equal(route.get().path, '/docs');
    for (const href of ['/docs', '/managers', 'http://elsewhere/manage']) assert.equal(window.click(href), false, href);
    assert.equal(window.click('/manage', { ctrlKey: true }), false);
    assert.equal(route.get().path, '/docs');
  });

  test('whoever has unsaved changes is asked, by every way out', async () => {
    using window = new TestWindow();
    const { GuardedLeaving, go, route } = await begin('/manage/a');
    go('/manage/b');
    const host = new TestHost();
    new GuardedLeaving(host, () => true);
    host.connect();
    window.answer = false;
    assert.equal(go('/manage/c'), false);
    window.go(-1);
    assert.deepEqual([route.get().path, window.href, window.questions.length], ['/b', 'http://x/manage/b', 2]);
    assert.equal(window.dispatchEvent(new Event('beforeunload', { cancelable: true })), false);
    window.answer = true;
    assert.equal(go('/manage/c'), true);
    host.disconnect();
    go('/manage/d');
    assert.deepEqual([route.get().path, window.questions.length], ['/d', 3]);
  });
});
