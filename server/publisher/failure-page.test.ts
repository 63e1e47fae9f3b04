import assert from 'node:assert/strict';
import { test } from 'node:test';
import { typeNamed } from '../objects/testing.ts';
import type { Call } from './call.ts';
import { FAILURE_PAGE, SHOWS_FAILURES, type ShowFailure } from './failure-page.ts';
import type { Failure } from './request.ts';
import { openTestPublisher, requestOf } from './testing.ts';

const FAILURE: Failure = {
  status: 404,
  title: 'Gone',
  message: 'It is gone.',
  retry_after: null,
  reference: null,
  detail: null,
};

/** A site whose root and shop have pages about failures. What they say is where they are, what failed, and where. */
async function openSite(show?: ShowFailure) {
  const says: ShowFailure = async ({ object, addressed, user }, { status }) =>
    `${object.path}: ${status} at ${addressed.path} for ${user.name}`;
  const page = typeNamed('Page', { provides: [SHOWS_FAILURES.by(() => show ?? says)] });
  const site = await openTestPublisher([page]);
  await site.tree.change(async (transaction) => {
    const root = await transaction.root();
    transaction.add(root, { type: 'Page', id: FAILURE_PAGE });
    const shop = transaction.add(root, { type: 'Folder', id: 'shop' });
    transaction.add(shop, { type: 'Page', id: FAILURE_PAGE });
    transaction.add(shop, { type: 'Page', id: 'item' });
    transaction.add(transaction.add(root, { type: 'Folder', id: 'odd' }), { type: 'Note', id: FAILURE_PAGE });
  });
  const pageAt = async (path: string) => {
    const asker = await site.publisher.askerOf(requestOf('GET', path, { headers: { authorization: 'bob' } }), true);
    return asker.pageAbout(FAILURE);
  };
  return { ...site, pageAt };
}

test('a failure is shown by the nearest page upward from the address, as far as there is anything', async () => {
  const { pageAt } = await openSite();
  assert.equal(await pageAt('/shop/item'), `/shop/${FAILURE_PAGE}: 404 at /shop/item for bob`);
  assert.equal(await pageAt('/shop/gone/further'), `/shop/${FAILURE_PAGE}: 404 at /shop for bob`);
  assert.equal(await pageAt('/gone'), `/${FAILURE_PAGE}: 404 at / for bob`);
});

test('an object of that id that shows no failures is passed over', async () => {
  const { pageAt } = await openSite();
  assert.equal(await pageAt('/odd/gone'), `/${FAILURE_PAGE}: 404 at /odd for bob`);
});

test('an address that cannot be read is one of the root', async () => {
  const { pageAt } = await openSite();
  assert.equal(await pageAt('/%zz'), `/${FAILURE_PAGE}: 404 at / for bob`);
});

test('where there is no such page, there is none to show', async () => {
  const { tree, pageAt } = await openSite();
  await tree.change(async (transaction) => transaction.remove(await transaction.get(`/${FAILURE_PAGE}`)));
  assert.equal(await pageAt('/gone'), undefined);
  assert.notEqual(await pageAt('/shop/gone'), undefined);
});

test('a page about a failure that fails itself is a failure, and has nothing to change the tree with', async () => {
  let call: Call | undefined;
  const { pageAt } = await openSite(async (given) => {
    call = given;
    throw new Error('The moon is full.');
  });
  await assert.rejects(pageAt('/gone'), /The moon is full/);
  assert.ok(call?.transaction.isOver);
  assert.ok(!('change' in call.tree));
});

test('it is given neither the body nor the form of what failed', async () => {
  let call: Call | undefined;
  const { publisher } = await openSite(async (given) => {
    call = given;
    return '';
  });
  const failed = requestOf('POST', '/?a=b', { body: { secret: 1 }, form: new URLSearchParams('secret=1') });
  await (await publisher.askerOf(failed, true)).pageAbout(FAILURE);
  const { body, form, query } = call!.request;
  assert.deepEqual([body, form.size, query.get('a')], [undefined, 0, 'b']);
});
