import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Json } from '../storage.ts';
import type { TableEntries, KeyedTable, SmallTable, Tables } from '../tables.ts';
import type { MakeSite } from './contract.ts';

/** What both kinds of table promise, asked in the same way. */
type AnyTable<Value extends Json> = KeyedTable<Value> | SmallTable<Value>;
type Open = <Value extends Json>(tables: Tables, name: string) => Promise<AnyTable<Value>>;

const KINDS: Readonly<Record<string, Open>> = {
  keyed: async (tables, name) => tables.keyed(name),
  small: (tables, name) => tables.small(name),
};

export function describeTables(make: MakeSite): void {
  for (const [kind, open] of Object.entries(KINDS)) describeKind(kind, open, make);

  test('tables of both kinds are written in one step, or none of them is', async () => {
    await using site = await make();
    const { tables } = site.storage;
    const logins = tables.keyed<string>('logins');
    const [users, numbers] = [await tables.small<string>('users'), await tables.small<number>('generations')];
    await users.update((drafted, draftOf) => {
      drafted.set('mary', 'a');
      draftOf(numbers).set('user mary', 1);
      draftOf(logins).set('token', 'mary');
      assert.deepEqual([draftOf(logins).get('token'), draftOf(users).get('mary')], ['mary', 'a']);
    });
    const all = async () => [users.entries(), numbers.entries(), await logins.entries()];
    const before = [[['mary', 'a']], [['user mary', 1]], [['token', 'mary']]];
    assert.deepEqual(await all(), before);
    const failing = logins.update((drafted, draftOf) => {
      drafted.delete('token');
      drafted.set('other', 'olga');
      draftOf(users).delete('mary');
      draftOf(users).set('olga', 'b');
      draftOf(numbers).set('user mary', (draftOf(numbers).get('user mary') ?? 0) + 1);
      throw new Error('no after all');
    });
    await assert.rejects(failing, /no after all/);
    assert.deepEqual(await all(), before);
  });

  test('of steps that are taken at once each sees what those before it did, so that a rule about all of a table holds', async () => {
    await using site = await make();
    const managers = await site.storage.tables.small<boolean>('managers');
    const names = Array.from({ length: 20 }, (_, index) => `manager ${index}`);
    await managers.update((drafted) => names.forEach((name) => drafted.set(name, true)));
    const removals = names.map((name) =>
      managers.update((drafted) => drafted.entries().length > 1 && drafted.delete(name)),
    );
    const removed = await Promise.all(removals);
    assert.equal(removed.filter((each) => each).length, 19);
    assert.equal(managers.entries().length, 1);
    const counts = site.storage.tables.keyed<number>('counts');
    const add = () => counts.update((drafted) => drafted.set('n', (drafted.get('n') ?? 0) + 1));
    await Promise.all(Array.from({ length: 50 }, add));
    assert.equal(await counts.get('n'), 50);
  });
}

function describeKind(kind: string, open: Open, make: MakeSite): void {
  test(`a ${kind} table keeps values by key, apart from other tables`, async () => {
    await using site = await make();
    const { tables } = site.storage;
    const table = await open<{ n: number }>(tables, 'first');
    assert.equal(await table.get('a'), undefined);
    await table.update((drafted) => drafted.set('a', { n: 1 }));
    await table.update((drafted) => drafted.set('a', { n: 2 }));
    assert.deepEqual(await table.get('a'), { n: 2 });
    assert.deepEqual(await (await open(tables, 'first')).get('a'), { n: 2 });
    assert.equal(await (await open(tables, 'second')).get('a'), undefined);
    const added = await table.update((drafted) => [drafted.add('a', { n: 3 }), drafted.add('b', { n: 4 })]);
    assert.deepEqual(added, [false, true]);
    assert.deepEqual(await table.entries(), [
      ['a', { n: 2 }],
      ['b', { n: 4 }],
    ]);
    const deleted = await table.update((drafted) => [drafted.delete('a'), drafted.delete('a'), drafted.delete('\0')]);
    assert.deepEqual(deleted, [true, false, false]);
    assert.equal(await table.get('a'), undefined);
  });

  test(`a step on a ${kind} table sees what it has written itself, and leaves nothing of it where it throws`, async () => {
    await using site = await make();
    const table = await open<number>(site.storage.tables, 'counts');
    const increment = () =>
      table.update((drafted) => {
        drafted.set('n', (drafted.get('n') ?? 0) + 1);
        return drafted.get('n');
      });
    assert.deepEqual([await increment(), await increment()], [1, 2]);
    const failing = table.update((drafted) => {
      drafted.set('m', 1);
      drafted.set('n', 1);
      assert.deepEqual(drafted.entries().map(String), ['m,1', 'n,1']);
      drafted.delete('n');
      assert.deepEqual([drafted.get('n'), drafted.entries().length], [undefined, 1]);
      throw new Error('no');
    });
    await assert.rejects(failing, /no/);
    assert.deepEqual(await table.entries(), [['n', 2]]);
  });

  test(`an entry of a ${kind} table that has expired is as if it had been deleted`, async () => {
    await using site = await make();
    const table = await open<string>(site.storage.tables, 'links');
    await table.update((drafted) => {
      drafted.set('short', 'a', site.now + 10);
      drafted.set('long', 'b', site.now + 1000);
      drafted.set('ever', 'c', site.now + 10);
      drafted.set('ever', 'c');
    });
    assert.equal(await table.get('short'), 'a');
    site.now += 10;
    assert.equal(await table.get('short'), undefined);
    assert.deepEqual(await table.entries(), [
      ['ever', 'c'],
      ['long', 'b'],
    ]);
    const again = await table.update((drafted) => [
      drafted.get('short'),
      drafted.entries().length,
      drafted.delete('short'),
      drafted.add('short', 'again', site.now + 5),
    ]);
    assert.deepEqual(again, [undefined, 2, false, true]);
    site.now += 990;
    assert.deepEqual(await table.entries(), [['ever', 'c']]);
    await table.update((drafted) => drafted.add('long', 'fresh'));
    site.now += 1e12;
    assert.equal(await table.get('long'), 'fresh');
  });

  test(`entries of a ${kind} table are found by the beginning of their key, in order, odd characters included`, async () => {
    await using site = await make();
    const table = await open<number>(site.storage.tables, 'prefixes');
    const keys = [
      '',
      'a',
      'a%',
      'a_',
      'aa',
      'a\u{10ffff}',
      'a\u{10ffff}x',
      'b',
      'B',
      '__proto__',
      'constructor',
      'ä',
      '\uffff',
      '𐀀',
    ];
    await table.update((drafted) => keys.forEach((key, index) => drafted.set(key, index)));
    const keysOf = (entries: TableEntries<number>) => entries.map(([key]) => key);
    for (const prefix of ['', 'a', 'a%', 'a_', 'b', '__', 'a\u{10ffff}', '\ud800', 'x', '\uffff']) {
      const found = keysOf(await table.entries(prefix));
      const drafted = await table.update((drafted) => keysOf(drafted.entries(prefix)));
      assert.deepEqual(
        found.toSorted(),
        keys.filter((key) => key.startsWith(prefix) && prefix.isWellFormed()).toSorted(),
      );
      assert.deepEqual(drafted, found);
    }
    assert.deepEqual(keysOf([...(await table.entries('\uffff')), ...(await table.entries('𐀀'))]), ['\uffff', '𐀀']);
    assert.deepEqual(keysOf(await table.entries()).slice(-2), ['\uffff', '𐀀']);
    assert.equal(({} as { x?: number }).x, undefined);
  });

  test(`a value in a ${kind} table shares nothing with the one that was given`, async () => {
    await using site = await make();
    const table = await open<string[]>(site.storage.tables, 'values');
    const given = ['a'];
    await table.update((drafted) => drafted.set('key', given));
    given.push('b');
    const taken = (await table.get('key')) ?? [];
    assert.ok(Object.isFrozen(taken) || taken.push('c') === 2);
    assert.deepEqual(await table.get('key'), ['a']);
  });
}
