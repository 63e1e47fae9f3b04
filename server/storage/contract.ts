import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { Clock } from '../base/clock.ts';
import { ConflictError, Invalid } from '../base/errors.ts';
import { change, stateOf } from './contract-changes.ts';
import { describeAsOf } from './contract-as-of.ts';
import { describeTables } from './contract-tables.ts';
import type { Change, ObjectState, Storage } from './storage.ts';

/** A storage under test. `top` is an object to put things into: the root, or a mount point that is kept elsewhere. */
export interface Site extends AsyncDisposable {
  readonly storage: Storage;
  readonly top: number;
  /** What the storage's clock says. */
  now: number;
}

export type MakeSite = () => Promise<Site>;

interface SiteParts {
  readonly open: (clock: Clock) => Storage | Promise<Storage>;
  /** Where there is no root of its own: the object that everything is put into. */
  readonly mountPoint?: number;
  readonly dispose?: () => Promise<void>;
}

/** A site with a clock of its own and, unless it is mounted, a root. */
export async function makeSite({ open, mountPoint, dispose }: SiteParts): Promise<Site> {
  let now = Date.UTC(2026, 10, 22);
  const storage = await open(() => now);
  return {
    storage,
    top: mountPoint ?? (await addRoot(storage)),
    get now() {
      return now;
    },
    set now(time) {
      now = time;
    },
    async [Symbol.asyncDispose]() {
      storage.close();
      await dispose?.();
    },
  };
}

async function addRoot(storage: Storage): Promise<number> {
  const oid = storage.newOid();
  const after = stateOf({ oid, parent: null, id: '' });
  await commit(storage, { oid, basis: null, after, links: [] });
  return oid;
}

/** Every promise of storage.ts. Each storage passes all of it. */
export function storageContract(name: string, make: MakeSite): void {
  describe(name, () => {
    describeCommits(make);
    describeConflicts(make);
    describeLookups(make);
    describeTexts(make);
    describeAsOf(make);
    describeTables(make);
  });
}

const LIST = { offset: 0, limit: 100, sort: 'id', order: 'asc', filter: '' } as const;

function describeCommits(make: MakeSite): void {
  test('a committed object is there with its serial, and every commit has the next number', async () => {
    await using site = await make();
    const { storage, top } = site;
    const before = storage.lastTransaction();
    const added = change(site, { id: 'page', properties: { words: ['a', { b: null }] } });
    const serial = await commit(storage, added);
    assert.equal(serial, before + 1);
    assert.equal(storage.lastTransaction(), serial);
    const found = await storage.load(added.oid, serial);
    assert.deepEqual(plain(found), { ...added.after, serial, childCount: 0 });
    assert.deepEqual(await storage.findChild(top, 'page', serial), found);
    assert.equal(await storage.findChild(top, 'Page', serial), undefined);
    assert.equal(await storage.findChild(added.oid, 'page', serial), undefined);
  });

  test('what was given to a commit or by a read can be changed without touching what is stored', async () => {
    await using site = await make();
    const { storage } = site;
    const properties = { list: ['a'] };
    const added = change(site, { id: 'page', properties });
    const serial = await commit(storage, added);
    properties.list.push('b');
    const first = await storage.load(added.oid, serial);
    assert.deepEqual(first?.properties, { list: ['a'] });
    try {
      (first?.properties['list'] as string[]).push('c');
    } catch {
      // Frozen is as good as a copy.
    }
    assert.deepEqual((await storage.load(added.oid, serial))?.properties, { list: ['a'] });
  });

  test('of a commit that is refused nothing stays, and the next one has its number', async () => {
    await using site = await make();
    const { storage, top } = site;
    const page = change(site, { id: 'page' });
    const serial = await commit(storage, page);
    const batch = [
      change(site, { id: 'another' }),
      changed(page, serial, { title: 'New' }),
      change(site, { id: 'page' }),
    ];
    await assert.rejects(commit(storage, ...batch), ConflictError);
    assert.equal(storage.lastTransaction(), serial);
    const { total, objects } = await storage.children(top, LIST, serial);
    assert.equal(total, 1);
    assert.deepEqual(plain(objects), [{ ...page.after, serial, childCount: 0 }]);
    assert.equal((await storage.revisions(page.oid, 10)).length, 1);
    assert.equal(await commit(storage, change(site, { id: 'third' })), serial + 1);
  });

  test('what joins a commit runs after its checks, and undoes it by throwing', async () => {
    await using site = await make();
    const { storage } = site;
    const table = storage.table<number>('joined');
    table.set('kept', 1);
    const last = storage.lastTransaction();
    const added = change(site, { id: 'page' });
    const failing = storage.commit(batchOf(added), () => {
      table.set('kept', 2);
      table.set('new', 3);
      table.delete('kept');
      throw new Error('no after all');
    });
    await assert.rejects(failing, /no after all/);
    assert.deepEqual(table.entries(), [['kept', 1]]);
    assert.equal(storage.lastTransaction(), last);
    assert.equal(await storage.load(added.oid, last), undefined);
    assert.equal(await storage.commit(batchOf(added), () => table.set('new', 3)), last + 1);
    assert.equal(table.get('new'), 3);
    let ran = false;
    const conflicting = storage.commit(batchOf(change(site, { id: 'page' })), () => (ran = true));
    await assert.rejects(conflicting, ConflictError);
    assert.equal(ran, false);
  });

  test('a batch without changes makes no transaction, but what joins it runs', async () => {
    await using site = await make();
    const { storage } = site;
    const last = storage.lastTransaction();
    assert.equal(await storage.commit(batchOf(), () => storage.table('joined').set('key', 'value')), last);
    assert.equal(storage.table('joined').get('key'), 'value');
    assert.equal(storage.lastTransaction(), last);
  });

  test('every state stays as a revision, newest first, deletion included', async () => {
    await using site = await make();
    const { storage } = site;
    const page = change(site, { id: 'page' });
    const first = await storage.commit({ changes: [page], user: null, description: 'Added page', time: 10 });
    const renamed = changed(page, first, { id: 'site', title: 'New' });
    const second = await storage.commit({ changes: [renamed], user: 'ann', description: 'Renamed page', time: 20 });
    const third = await storage.commit({ changes: [deleted(page, second)], user: 'bo', description: 'Gone', time: 30 });
    assert.deepEqual(plain(await storage.revisions(page.oid, 10)), [
      { serial: third, time: 30, user: 'bo', description: 'Gone', state: null },
      { serial: second, time: 20, user: 'ann', description: 'Renamed page', state: renamed.after },
      { serial: first, time: 10, user: null, description: 'Added page', state: page.after },
    ]);
    assert.deepEqual(
      (await storage.revisions(page.oid, 1)).map(({ serial }) => serial),
      [third],
    );
    const again = await commit(storage, { ...page, basis: null });
    assert.deepEqual(
      (await storage.revisions(page.oid, 10)).map(({ serial }) => serial),
      [again, third, second, first],
    );
  });

  test('it tells which objects were touched since, and which have another number of children', async () => {
    await using site = await make();
    const { storage, top } = site;
    const from = change(site, { id: 'from' });
    const to = change(site, { id: 'to' });
    const page = change(site, { id: 'page', parent: from.oid });
    const first = await commit(storage, from, to, page);
    const second = await commit(storage, changed(page, first, { parent: to.oid }));
    const third = await commit(storage, deleted(page, second));
    const since = (serial: number) => storage.changedSince(serial)?.toSorted((a, b) => a - b);
    const sorted = (...oids: number[]) => oids.toSorted((a, b) => a - b);
    assert.deepEqual(since(third), []);
    assert.deepEqual(since(second), sorted(page.oid, to.oid));
    assert.deepEqual(since(first), sorted(page.oid, to.oid, from.oid));
    assert.equal(storage.changedSince(first - 1)?.includes(top), true);
  });

  test('10,000 new oids are all different', async () => {
    await using site = await make();
    const oids = Array.from({ length: 10_000 }, () => site.storage.newOid());
    assert.equal(new Set(oids).size, 10_000);
    assert.equal(oids.every(Number.isSafeInteger), true);
  });

  test('a step is done once, by whoever comes first; the others wait for it, and take over where it fails', async () => {
    await using site = await make();
    const { storage } = site;
    const done: string[] = [];
    const step = (name: string, fails = false) =>
      storage.once('first start', async () => {
        await commit(storage, change(site, { id: name }));
        done.push(name);
        if (fails) throw new Error('no luck');
      });
    await assert.rejects(step('a', true), /no luck/);
    assert.deepEqual((await Promise.all([step('b'), step('c'), step('d')])).filter(Boolean), [true]);
    assert.equal(await step('e'), false);
    assert.equal(done.length, 2);
  });
}

function describeConflicts(make: MakeSite): void {
  const refuses = async (storage: Storage, ...changes: Change[]) => {
    const last = storage.lastTransaction();
    await assert.rejects(commit(storage, ...changes), ConflictError);
    assert.equal(storage.lastTransaction(), last);
  };

  test('a change made from another state than the newest is a conflict', async () => {
    await using site = await make();
    const { storage } = site;
    const page = change(site, { id: 'page' });
    const first = await commit(storage, page);
    await refuses(storage, { ...page, basis: null });
    const second = await commit(storage, changed(page, first, { title: 'mine' }));
    await refuses(storage, changed(page, first, { title: 'yours' }));
    await refuses(storage, deleted(page, first));
    await commit(storage, deleted(page, second));
    await refuses(storage, changed(page, second, { title: 'too late' }));
    await refuses(storage, deleted(page, second));
  });

  test('of two commits begun together from one state, one wins', async () => {
    await using site = await make();
    const { storage } = site;
    const page = change(site, { id: 'page' });
    const first = await commit(storage, page);
    const both = ['a', 'b'].map((title) => commit(storage, changed(page, first, { title })));
    const outcomes = (await Promise.allSettled(both)).map(({ status }) => status);
    assert.deepEqual(outcomes.toSorted(), ['fulfilled', 'rejected']);
  });

  test('an id is taken once in a folder: by adding, renaming and moving alike', async () => {
    await using site = await make();
    const { storage } = site;
    const [page, folder] = [change(site, { id: 'page' }), change(site, { id: 'folder' })];
    const inside = change(site, { id: 'page', parent: folder.oid });
    const first = await commit(storage, page, folder, inside);
    await refuses(storage, change(site, { id: 'page' }));
    await refuses(storage, changed(folder, first, { id: 'page' }));
    await refuses(storage, changed(inside, first, { parent: site.top }));
    await refuses(storage, change(site, { id: 'new' }), change(site, { id: 'new' }));
    await commit(storage, change(site, { id: 'Page' }));
  });

  test('objects of one commit may change places, and one may take the place of a deleted one', async () => {
    await using site = await make();
    const { storage, top } = site;
    const [a, b, c] = [change(site, { id: 'a' }), change(site, { id: 'b' }), change(site, { id: 'c' })];
    const first = await commit(storage, a, b, c);
    const serial = await commit(
      storage,
      changed(a, first, { id: 'b' }),
      changed(b, first, { id: 'a' }),
      change(site, { id: 'c', title: 'new c' }),
      deleted(c, first),
    );
    const { total, objects } = await storage.children(top, LIST, serial);
    assert.equal(total, 3);
    assert.deepEqual(
      objects.map(({ id, title }) => [id, title]),
      [
        ['a', 'b'],
        ['b', 'a'],
        ['c', 'new c'],
      ],
    );
  });

  test('nothing is added to a folder that is gone, and no folder goes that something was added to', async () => {
    await using site = await make();
    const { storage } = site;
    const folder = change(site, { id: 'folder' });
    const page = change(site, { id: 'page', parent: folder.oid });
    const first = await commit(storage, folder);
    const second = await commit(storage, page);
    await refuses(storage, deleted(folder, first));
    await refuses(storage, deleted(folder, first), changed(page, second, { title: 'still in it' }));
    await refuses(
      storage,
      deleted(folder, first),
      deleted(page, second),
      change(site, { id: 'x', parent: folder.oid }),
    );
    await commit(storage, deleted(folder, first), changed(page, second, { parent: site.top }));
    await refuses(storage, change(site, { id: 'late', parent: folder.oid }));
  });

  test('two moves that are each fine alone never put folders inside each other', async () => {
    await using site = await make();
    const { storage } = site;
    const [a, b] = [change(site, { id: 'a' }), change(site, { id: 'b' })];
    const first = await commit(storage, a, b);
    await commit(storage, changed(a, first, { parent: b.oid }));
    await refuses(storage, changed(b, first, { parent: a.oid }));
    await refuses(storage, changed(b, first, { parent: b.oid }));
    const [c, d] = [change(site, { id: 'c' }), change(site, { id: 'd' })];
    const ring = [
      { ...c, after: moved(c, d.oid) },
      { ...d, after: moved(d, c.oid) },
    ];
    await refuses(storage, ...ring);
  });
}

function describeLookups(make: MakeSite): void {
  test('links are found by exact path and from below, and follow their object', async () => {
    await using site = await make();
    const { storage } = site;
    const link = (property: string, path: string) => ({ property, path });
    const page = change(site, { id: 'page' });
    const links = [link('proxy_path', '/proxies/one'), link('container_path', '/proxies'), link('odd', '/proxies%/x')];
    const first = await commit(storage, { ...page, links: [...links, link('proxy_path', '/proxies/one')] });
    const to = async (path: string) => (await storage.linksTo(path)).map((found) => `${found.property} ${found.path}`);
    assert.deepEqual(await to('/proxies'), ['container_path /proxies', 'proxy_path /proxies/one']);
    assert.deepEqual(await to('/proxies/one'), ['proxy_path /proxies/one']);
    assert.deepEqual(await to('/proxies/o'), []);
    assert.deepEqual(await to('/proxies%'), ['odd /proxies%/x']);
    assert.equal((await to('/')).length, 3);
    assert.deepEqual(await storage.linksTo('/proxies/one'), [{ oid: page.oid, ...link('proxy_path', '/proxies/one') }]);
    const second = await commit(storage, { ...changed(page, first, {}), links: [link('proxy_path', '/elsewhere')] });
    assert.deepEqual([await to('/proxies'), await to('/elsewhere')], [[], ['proxy_path /elsewhere']]);
    await commit(storage, deleted(page, second));
    assert.deepEqual(await to('/'), []);
  });

  test('search finds by id, title and type in any case, ids that begin with the text first', async () => {
    await using site = await make();
    const { storage } = site;
    await commit(
      storage,
      change(site, { id: 'z-port', title: 'Harbour' }),
      change(site, { id: 'about', title: 'Portraits' }),
      change(site, { id: 'Portal', title: '' }),
      change(site, { id: 'port', title: 'x' }),
      change(site, { id: 'x', title: 'y', type: 'Portable Thing' }),
      change(site, { id: 'none', title: 'Straße ΟΔΟΣ' }),
    );
    const ids = async (text: string, limit = 100) => (await storage.search(text, limit)).map(({ id }) => id);
    const found = await ids('pOrT');
    assert.deepEqual(found.slice(0, 2), ['port', 'Portal']);
    assert.deepEqual(found.slice(2).toSorted(), ['about', 'x', 'z-port']);
    assert.deepEqual(await ids('port', 2), ['port', 'Portal']);
    assert.equal((await ids('port', 3)).length, 3);
    assert.deepEqual(await ids('STRASSE'), ['none']);
    assert.deepEqual(await ids('οδος'), ['none']);
    assert.deepEqual(await ids('port', 0), []);
  });

  test('%, _, *, ? and backslash are ordinary characters in searches and filters', async () => {
    await using site = await make();
    const { storage, top } = site;
    const titles = ['100%', '100 per cent', 'a_b', 'aXb', 'back\\slash', 'what?', 'star*', "it's", '[x]'];
    const serial = await commit(
      storage,
      ...titles.map((title, index) => change(site, { id: `o${index}`, title, type: 'T' })),
    );
    for (const text of ['%', '_', '\\', '?', '*', "'", '[']) {
      const expected = titles.filter((title) => title.includes(text));
      assert.deepEqual(
        (await storage.search(text, 100)).map(({ title }) => title),
        expected,
      );
      const page = await storage.children(top, { ...LIST, filter: text }, serial);
      assert.deepEqual([page.total, page.objects.map(({ title }) => title)], [1, expected]);
    }
  });

  test('objects are found by type: everywhere, or among the children of one', async () => {
    await using site = await make();
    const { storage, top } = site;
    const folder = change(site, { id: 'folder', type: 'Folder' });
    const serial = await commit(
      storage,
      folder,
      change(site, { id: 'b', type: 'Page' }),
      change(site, { id: 'A', type: 'File' }),
      change(site, { id: 'inside', type: 'Page', parent: folder.oid }),
    );
    const ids = (objects: readonly { id: string }[]) => objects.map(({ id }) => id);
    assert.deepEqual(ids(await storage.childrenOfTypes(top, ['Page', 'File', 'None'], serial)), ['A', 'b']);
    assert.deepEqual(ids(await storage.childrenOfTypes(top, [], serial)), []);
    assert.deepEqual(ids(await storage.objectsOfTypes(['Page'], 100)).toSorted(), ['b', 'inside']);
    assert.equal((await storage.objectsOfTypes(['Page', 'Folder'], 2)).length, 2);
  });
}

const NASTY = [
  '__proto__',
  'constructor',
  'toString',
  '..',
  '%2f',
  '',
  ' ',
  "'; DROP TABLE objects; --",
  '𐀀',
  '\u{e000}',
];
const UNSTORABLE = ['a\0b', '\ud800', 'x\udc00y'];

function describeTexts(make: MakeSite): void {
  test('nasty names are ordinary ids, titles, property names and values', async () => {
    await using site = await make();
    const { storage, top } = site;
    const texts = [...NASTY, ...UNSTORABLE];
    const json = JSON.stringify(Object.fromEntries(texts.map((text) => [`${text}`, text])));
    const properties = JSON.parse(`{"__proto__":{"polluted":true},"list":${json}}`) as ObjectState['properties'];
    const changes = NASTY.map((text) => change(site, { id: text, title: text, type: text, owner: text, properties }));
    const serial = await commit(storage, ...changes);
    for (const { oid, after } of changes) {
      assert.deepEqual(plain(await storage.load(oid, serial)), { ...after, serial, childCount: 0 });
      const found = await storage.findChild(top, after?.id ?? '', serial);
      assert.equal(found?.oid, oid);
      assert.deepEqual(Object.keys(found?.properties ?? {}), ['__proto__', 'list']);
      assert.equal(JSON.stringify(found?.properties), JSON.stringify(properties));
    }
    assert.equal(({} as { polluted?: boolean }).polluted, undefined);
  });

  test('a NUL character or half a surrogate pair is refused where it could not be kept, and finds nothing', async () => {
    await using site = await make();
    const { storage, top } = site;
    const serial = await commit(storage, change(site, { id: 'x\ufffdy', title: '\ufffd' }));
    for (const text of UNSTORABLE) {
      for (const name of ['id', 'type', 'title', 'owner', 'modifiedBy']) {
        await assert.rejects(commit(storage, change(site, { id: 'new', [name]: text })), Invalid);
      }
      await assert.rejects(
        commit(storage, { ...change(site, { id: 'new' }), links: [{ property: 'p', path: text }] }),
        Invalid,
      );
      assert.throws(() => storage.table('texts').set(text, 1), Invalid);
      assert.equal(storage.table('texts').get(text), undefined);
      assert.equal(await storage.findChild(top, text, serial), undefined);
      assert.deepEqual(await storage.search(text, 10), []);
      assert.deepEqual(await storage.linksTo(text), []);
      assert.equal((await storage.children(top, { ...LIST, filter: text }, serial)).total, 0);
    }
    assert.equal(storage.lastTransaction(), serial);
  });
}

function batchOf(...changes: Change[]) {
  return { changes, user: null, description: 'Test', time: 1 };
}

function commit(storage: Storage, ...changes: Change[]): Promise<number> {
  return storage.commit(batchOf(...changes));
}

function changed(from: Change, basis: number, fields: Partial<ObjectState>): Change {
  assert.ok(from.after);
  return { ...from, basis, after: { ...from.after, ...fields, revision: from.after.revision + 1 } };
}

function deleted({ oid }: Change, basis: number): Change {
  return { oid, basis, after: null, links: [] };
}

function moved({ after }: Change, parent: number): ObjectState {
  assert.ok(after);
  return { ...after, parent };
}

/** Without what a comparison should not see: frozen or not, with or without a prototype. */
function plain(value: unknown): unknown {
  return structuredClone(value);
}
