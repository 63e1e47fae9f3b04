import assert from 'node:assert/strict';
import { suite, test, type TestContext } from 'node:test';
import { setImmediate as nextTurn } from 'node:timers/promises';
import type { ChildItem } from '../../schema/endpoints/objects.ts';
import { TestWindow } from '../state/testing.ts';
import { partsOf, TreeModel } from './tree-model.ts';

const page = (number: number, count = 200): [number, readonly ChildItem[]] => [
  number,
  Array.from({ length: count }, (_, index) => ({ id: `item${number * 200 + index}` }) as ChildItem),
];

const shown = (pages: readonly [number, readonly ChildItem[]][], total: number) =>
  partsOf(new Map(pages), total).flatMap((part) => ('id' in part ? [] : [part]));

test('what is left out of a folder is counted where it is left out, and a page of it is next', () => {
  assert.deepEqual(shown([page(0)], 10_000), [{ count: 9_800, next: 200, page: 1 }]);
  assert.deepEqual(shown([page(0), page(49)], 10_000), [{ count: 9_600, next: 200, page: 1 }]);
  assert.deepEqual(shown([page(0), page(1), page(30)], 10_050), [
    { count: 5_600, next: 200, page: 2 },
    { count: 3_850, next: 200, page: 31 },
  ]);
  assert.deepEqual(shown([page(1)], 250), [{ count: 200, next: 200, page: 0 }]);
});

test('of a folder that is shown whole, nothing is left out', () => {
  assert.deepEqual(shown([page(0, 3)], 3), []);
  assert.deepEqual(shown([page(0, 0)], 0), []);
});

/** A folder `/big` of 1,000, and a folder `/other`; each answer waits until it is let go. */
class Site {
  readonly #waiting: { url: URL; answer: (answer: Response | Error) => void }[] = [];

  constructor(t: TestContext) {
    t.mock.method(globalThis, 'fetch', (url: string) => {
      const { promise, resolve, reject } = Promise.withResolvers<Response>();
      const answer = (response: Response | Error) => (response instanceof Error ? reject(response) : resolve(response));
      this.#waiting.push({ url: new URL(url, 'http://x'), answer });
      return promise;
    });
  }

  /** Answers what is asked now, the last first, and comes back when what follows from it is asked. */
  async answer(): Promise<void> {
    for (const { url, answer } of this.#waiting.splice(0).toReversed()) answer(Response.json(childrenAt(url)));
    for (let turn = 0; turn < 10; turn += 1) await nextTurn();
  }

  async answerAll(): Promise<void> {
    for (let round = 0; round < 10; round += 1) await this.answer();
  }

  /** What is asked for now is never reached. */
  lose(): void {
    for (const { answer } of this.#waiting.splice(0)) answer(new TypeError('Failed to fetch'));
  }
}

function childrenAt({ pathname, searchParams }: URL) {
  const folder = pathname.replace(/^\/api\/?/, '/').replace(/\/?@children$/, '') || '/';
  const item = (id: string) => ({
    id,
    path: `${folder === '/' ? '' : folder}/${id}`,
    isFolder: folder === '/',
    size: 1,
  });
  const ids = folder === '/big' ? Array.from({ length: 1000 }, (_, index) => `item${index}`) : ['big', 'other'];
  const at = searchParams.get('at');
  const offset = at === null ? Number(searchParams.get('offset')) : Math.floor(ids.indexOf(at) / 200) * 200;
  const children = folder === '/other' ? ['one'] : ids.slice(offset, offset + 200);
  return { folder: item(''), total: folder === '/other' ? 1 : ids.length, offset, items: children.map(item) };
}

suite('while the tree looks again', () => {
  const open = async (t: TestContext) => {
    const site = new Site(t);
    const model = new TreeModel(() => {});
    void model.open('/');
    void model.open('/big');
    await site.answerAll();
    return { site, model };
  };

  test('a page that somebody asks for meanwhile stays', async (t) => {
    using _window = new TestWindow();
    const { site, model } = await open(t);
    const refreshed = model.refresh();
    await nextTurn();
    await site.answer();
    void model.more('/big', 1);
    await nextTurn();
    await site.answerAll();
    await refreshed;
    assert.equal(model.branch('/big')?.items.length, 400);
  });

  test('a folder that somebody opens meanwhile stays', async (t) => {
    using _window = new TestWindow();
    const { site, model } = await open(t);
    const refreshed = model.refresh();
    await nextTurn();
    await site.answer();
    void model.open('/other');
    await nextTurn();
    await site.answerAll();
    await refreshed;
    assert.equal(model.branch('/other')?.items.length, 1);
  });

  test('what cannot be reached now is left out, and the rest is looked at', async (t) => {
    using _window = new TestWindow();
    const { site, model } = await open(t);
    const revealed = model.reveal('/big/item900');
    await nextTurn();
    site.lose();
    await revealed;
    assert.equal(model.branch('/big')?.items.length, 200);
    const refreshed = model.refresh();
    await site.answerAll();
    await refreshed;
    assert.equal(model.branch('/big')?.items.at(-1)?.id, 'item999');
  });
});
