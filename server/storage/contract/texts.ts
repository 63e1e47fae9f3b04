import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Invalid } from '../../base/errors.ts';
import type { ObjectState } from '../storage.ts';
import { at, change, commit, LIST, plain } from './changes.ts';
import type { MakeSite } from './contract.ts';

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

export function describeTexts(make: MakeSite): void {
  test('nasty names are ordinary ids, titles, property names and values', async () => {
    await using site = await make();
    const { storage, top } = site;
    const texts = [...NASTY, ...UNSTORABLE];
    const json = JSON.stringify(Object.fromEntries(texts.map((text) => [`${text}`, text])));
    const properties = JSON.parse(`{"__proto__":{"polluted":true},"list":${json}}`) as ObjectState['properties'];
    const changes = NASTY.map((text) => change(site, { id: text, title: text, type: text, owner: text, properties }));
    const serial = await commit(storage, ...changes);
    for (const { oid, after } of changes) {
      assert.deepEqual(plain(await storage.load(oid, at(serial))), { ...after, serial, childCount: 0 });
      const found = await storage.findChild(top, after?.id ?? '', at(serial));
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
      const texts = storage.tables.keyed('texts');
      await assert.rejects(
        texts.update((drafted) => drafted.set(text, 1)),
        Invalid,
      );
      assert.equal(await texts.get(text), undefined);
      assert.equal(await storage.findChild(top, text, at(serial)), undefined);
      assert.deepEqual(await storage.search(text, 10), []);
      assert.deepEqual(await storage.linksTo(text), []);
      assert.equal((await storage.children(top, { ...LIST, filter: text }, at(serial))).total, 0);
    }
    assert.equal((await storage.refresh()).tid, serial);
  });
}
