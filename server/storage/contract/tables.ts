import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { MakeSite } from './contract.ts';

export function describeTables(make: MakeSite): void {
  test('a table keeps values by key, apart from other tables', async () => {
    await using site = await make();
    const table = site.storage.table<{ n: number }>('logins');
    assert.equal(table.get('a'), undefined);
    table.set('a', { n: 1 });
    table.set('a', { n: 2 });
    assert.deepEqual(table.get('a'), { n: 2 });
    assert.deepEqual(site.storage.table('logins').get('a'), { n: 2 });
    assert.equal(site.storage.table('users').get('a'), undefined);
    assert.deepEqual([table.add('a', { n: 3 }), table.add('b', { n: 4 })], [false, true]);
    assert.deepEqual(table.entries(), [
      ['a', { n: 2 }],
      ['b', { n: 4 }],
    ]);
    assert.deepEqual([table.delete('a'), table.delete('a')], [true, false]);
    assert.equal(table.get('a'), undefined);
  });

  test('update reads, changes and writes in one step, and deletes by giving nothing', async () => {
    await using site = await make();
    const table = site.storage.table<number>('counts');
    assert.equal(
      table.update('n', (n = 0) => n + 1),
      1,
    );
    assert.equal(
      table.update('n', (n = 0) => n + 1),
      2,
    );
    const failing = () =>
      table.update('n', () => {
        throw new Error('no');
      });
    assert.throws(failing, /no/);
    assert.equal(table.get('n'), 2);
    assert.equal(
      table.update('n', () => undefined),
      undefined,
    );
    assert.equal(table.get('n'), undefined);
  });

  test('an entry that has expired is as if it had been deleted', async () => {
    await using site = await make();
    const table = site.storage.table<string>('links');
    table.set('short', 'a', site.now + 10);
    table.set('long', 'b', site.now + 1000);
    table.set('ever', 'c');
    assert.equal(table.get('short'), 'a');
    assert.equal(
      table.update('long', () => 'b2'),
      'b2',
    );
    assert.equal(
      table.update('ever', () => 'c2'),
      'c2',
    );
    site.now += 10;
    assert.equal(table.get('short'), undefined);
    assert.deepEqual(table.entries(), [
      ['ever', 'c2'],
      ['long', 'b2'],
    ]);
    assert.equal(table.delete('short'), false);
    assert.equal(table.add('short', 'again', site.now + 5), true);
    site.now += 990;
    assert.deepEqual(table.entries(), [['ever', 'c2']]);
    assert.equal(
      table.update('long', (value) => value ?? 'fresh'),
      'fresh',
    );
    site.now += 1e12;
    assert.equal(table.get('long'), 'fresh');
  });

  test('entries are found by the beginning of their key, in order, odd characters included', async () => {
    await using site = await make();
    const table = site.storage.table<number>('prefixes');
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
    keys.forEach((key, index) => table.set(key, index));
    for (const prefix of ['', 'a', 'a%', 'a_', 'b', '__', 'a\u{10ffff}', '\ud800', 'x', '\uffff']) {
      const found = table.entries(prefix).map(([key]) => key);
      assert.deepEqual(
        found.toSorted(),
        keys.filter((key) => key.startsWith(prefix) && prefix.isWellFormed()).toSorted(),
      );
    }
    assert.deepEqual(
      table
        .entries('\uffff')
        .concat(table.entries('𐀀'))
        .map(([key]) => key),
      ['\uffff', '𐀀'],
    );
    assert.deepEqual(
      table
        .entries()
        .map(([key]) => key)
        .slice(-2),
      ['\uffff', '𐀀'],
    );
    assert.equal(({} as { x?: number }).x, undefined);
  });

  test('a stored value shares nothing with the one that was given', async () => {
    await using site = await make();
    const table = site.storage.table<string[]>('values');
    const given = ['a'];
    table.set('key', given);
    given.push('b');
    table.get('key')?.push('c');
    assert.deepEqual(table.get('key'), ['a']);
  });

  test('a change count grows with every write to a table, so that what was read can be remembered', async () => {
    await using site = await make();
    const { storage } = site;
    const table = storage.table<number>('numbers');
    storage.lastTransaction();
    const counts = [storage.changeCount()];
    for (const write of [() => table.set('a', 1), () => table.update('a', () => 2), () => table.delete('a')]) {
      write();
      counts.push(storage.changeCount());
    }
    assert.equal(new Set(counts).size, 4);
    table.get('a');
    storage.lastTransaction();
    assert.equal(storage.changeCount(), counts.at(-1));
  });
}
