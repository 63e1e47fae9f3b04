import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ConflictError } from '../../base/errors.ts';
import { at, change } from './changes.ts';
import type { MakeSite, Site } from './contract.ts';
import { comparing, fold, matches, sortKeysOf } from '../order.ts';
import type { Change, ChildQuery, ObjectState, Storage, StoredObject } from '../storage.ts';
import { SORTS } from '../storage.ts';

const ROUNDS = Number(process.env['TRELLIS_MODEL_ROUNDS'] ?? 40);
const NAMES = ['a', 'B', 'b', 'C', 'ä', 'Zoe', 'index', '𐀀x', '\uff21', '%', '__proto__'];
const TYPES = ['Folder', 'Page', 'file'];

/** What the tree was after each transaction: the plainest thing that could keep it. */
type Model = Map<number, ReadonlyMap<number, StoredObject>>;

export function describeAsOf(make: MakeSite): void {
  test('a page begins and ends where it should in 250 children, in every order', async () => {
    await using site = await make();
    const { storage, top } = site;
    const random = randomFrom(7);
    const added = Array.from({ length: 250 }, (_, index) =>
      change(site, {
        id: `${pick(random, NAMES)}${index}`,
        title: pick(random, NAMES),
        type: pick(random, TYPES),
        modified: Math.floor(random() * 20),
        properties: { text: 'x'.repeat(random() * 5) },
      }),
    );
    const { tid: serial } = await storage.commit({ changes: added, user: null, description: '', time: 1 });
    const tree = new Map(added.map(({ oid, after }) => [oid, { ...(after as ObjectState), serial, childCount: 0 }]));
    for (const query of queries([0, 124, 126, 249, 300], [0, 50])) {
      await checkPage(storage, top, query, serial, tree);
    }
  });

  test('reads as of every transaction see the tree as it was then, whatever came later', async () => {
    for (const seed of [1, 2]) {
      await using site = await make();
      const model = await live(site, randomFrom(seed));
      const everything = new Set([...model.values()].flatMap((tree) => [...tree.keys()]));
      for (const [serial, tree] of model) await checkTree(site, serial, tree, everything, randomFrom(serial));
    }
  });

  test('a reader never sees half a commit', async () => {
    await using site = await make();
    const { storage } = site;
    const pair = [change(site, { id: 'left' }), change(site, { id: 'right' })] as const;
    let { tid: serial } = await storage.commit({ changes: pair, user: null, description: '', time: 1 });
    let stop = false;
    const reader = async () => {
      let reads = 0;
      for (; !stop; reads++) {
        const asOf = (await storage.refresh()).tid;
        const [left, right] = [await storage.load(pair[0].oid, at(asOf)), await storage.load(pair[1].oid, at(asOf))];
        assert.equal(left?.revision, right?.revision);
        await new Promise(setImmediate);
      }
      return reads;
    };
    const readers = [reader(), reader(), reader()];
    for (let revision = 2; revision < 200; revision++) {
      const changes = pair.map((one) => ({
        ...one,
        basis: serial,
        after: { ...(one.after as ObjectState), revision },
      }));
      serial = (await storage.commit({ changes, user: null, description: '', time: 1 })).tid;
      await new Promise(setImmediate);
    }
    stop = true;
    assert.equal(
      (await Promise.all(readers)).every((reads) => reads > 50),
      true,
    );
  });
}

/** Adds, changes, moves and deletes at random, and notes the tree after every commit. */
async function live(site: Site, random: () => number): Promise<Model> {
  const { storage } = site;
  const model: Model = new Map();
  let tree: ReadonlyMap<number, StoredObject> = new Map();
  model.set((await storage.refresh()).tid, tree);
  for (let round = 0; round < ROUNDS; round++) {
    const changes = randomBatch(site, tree, random);
    const { tid: serial } =
      (await storage.commit({ changes, user: null, description: '', time: round }).catch(conflict)) ?? {};
    const next = applied(tree, changes, serial ?? 0);
    assert.equal(serial !== undefined, isTree(next, site.top), 'what leaves a tree is committed, and nothing else');
    if (serial === undefined) continue;
    tree = next;
    model.set(serial, tree);
  }
  assert.ok(model.size > 10);
  return model;
}

function conflict(error: unknown): undefined {
  if (!(error instanceof ConflictError)) throw error;
}

/** Whether everything leads to the top, and no two have one place. */
function isTree(tree: ReadonlyMap<number, StoredObject>, top: number): boolean {
  const leadsToTop = (oid: number | null | undefined, steps: number): boolean =>
    oid === top || (typeof oid === 'number' && steps > 0 && leadsToTop(tree.get(oid)?.parent, steps - 1));
  const places = new Set([...tree.values()].map(({ parent, id }) => JSON.stringify([parent, id])));
  return places.size === tree.size && [...tree.keys()].every((oid) => leadsToTop(oid, tree.size));
}

function randomBatch(site: Site, tree: ReadonlyMap<number, StoredObject>, random: () => number): Change[] {
  const changes = new Map<number, Change>();
  for (let count = 1 + random() * 3; count > 0; count--) {
    const one = randomChange(site, tree, random);
    changes.set(one.oid, one);
  }
  return [...changes.values()];
}

function randomChange(site: Site, tree: ReadonlyMap<number, StoredObject>, random: () => number): Change {
  const old = random() < 0.6 ? pick(random, [...tree.values()]) : undefined;
  const parent = random() < 0.5 ? site.top : (pick(random, [...tree.keys()]) ?? site.top);
  const id = pick(random, NAMES) ?? '';
  const fields = {
    title: pick(random, NAMES) ?? '',
    type: pick(random, TYPES) ?? '',
    modified: Math.floor(random() * 9),
  };
  const properties = { text: 'y'.repeat(random() * 4) };
  if (!old) return change(site, { id, parent, ...fields, properties });
  const basis = old.serial;
  if (random() < 0.25) return { oid: old.oid, basis, after: null, links: [] };
  const place = random() < 0.5 ? { parent, id } : {};
  const { serial: _, childCount: __, ...state } = old;
  return {
    oid: old.oid,
    basis,
    after: { ...state, ...fields, ...place, properties, revision: old.revision + 1 },
    links: [],
  };
}

function applied(tree: ReadonlyMap<number, StoredObject>, changes: readonly Change[], serial: number) {
  const next = new Map(tree);
  for (const { oid, after } of changes) {
    if (after) next.set(oid, { ...after, serial, childCount: 0 });
    else next.delete(oid);
  }
  const count = (oid: number) => [...next.values()].filter(({ parent }) => parent === oid).length;
  return new Map([...next].map(([oid, object]) => [oid, { ...object, childCount: count(oid) }]));
}

async function checkTree(
  { storage, top }: Site,
  asOf: number,
  tree: ReadonlyMap<number, StoredObject>,
  everything: ReadonlySet<number>,
  random: () => number,
): Promise<void> {
  for (const oid of everything) {
    const expected = tree.get(oid);
    assert.deepEqual(structuredClone(await storage.load(oid, at(asOf))), expected);
    if (!expected || expected.parent === null) continue;
    assert.equal((await storage.findChild(expected.parent, expected.id, at(asOf)))?.oid, oid);
  }
  for (const parent of [top, pick(random, [...everything]) ?? top]) {
    for (const query of queries([0, 1, 3, 9], [2, 100])) {
      if (random() < 0.15) await checkPage(storage, parent, query, asOf, tree);
    }
    const pages = await storage.childrenOfTypes(parent, ['Page', 'file'], at(asOf));
    const expected = childrenOf(tree, parent, 'id', 'asc').filter(({ type }) => type !== 'Folder');
    assert.deepEqual(structuredClone(pages), expected);
    for (const id of NAMES) {
      const found = await storage.findChild(parent, id, at(asOf));
      assert.equal(found?.oid, childrenOf(tree, parent, 'id', 'asc').find((child) => child.id === id)?.oid);
    }
  }
}

async function checkPage(
  storage: Storage,
  parent: number,
  query: ChildQuery,
  asOf: number,
  tree: ReadonlyMap<number, StoredObject>,
): Promise<void> {
  const all = childrenOf(tree, parent, query.sort, query.order).filter((child) =>
    matches(sortKeysOf(child, child.childCount), fold(query.filter)),
  );
  const expected = { total: all.length, objects: all.slice(query.offset, query.offset + query.limit) };
  assert.deepEqual(structuredClone(await storage.children(parent, query, at(asOf))), expected, JSON.stringify(query));
}

function childrenOf(
  tree: ReadonlyMap<number, StoredObject>,
  parent: number,
  sort: ChildQuery['sort'],
  order: ChildQuery['order'],
): StoredObject[] {
  const compare = comparing(sort, order);
  const keyed = [...tree.values()]
    .filter((object) => object.parent === parent)
    .map((object) => ({ object, keys: sortKeysOf(object, object.childCount) }));
  return keyed.sort((a, b) => compare(a.keys, b.keys)).map(({ object }) => object);
}

function queries(offsets: readonly number[], limits: readonly number[]): ChildQuery[] {
  const orders = ['asc', 'desc'] as const;
  return SORTS.flatMap((sort) =>
    orders.flatMap((order) =>
      ['', 'FILE'].flatMap((filter) =>
        offsets.flatMap((offset) => limits.map((limit) => ({ sort, order, filter, offset, limit }))),
      ),
    ),
  );
}

function pick<Value>(random: () => number, values: readonly Value[]): Value {
  return values[Math.floor(random() * values.length)] as Value;
}

/** Repeatable, so that a failure can be looked at again. */
function randomFrom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state * 1_664_525 + 1_013_904_223) % 2 ** 32;
    return state / 2 ** 32;
  };
}
