import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Malformed } from '../base/errors.ts';
import { pageQuery } from './page-query.ts';

const read = (query: string) =>
  pageQuery(new URLSearchParams(query), { sorts: ['id', 'title'], sort: 'id', order: 'asc', limit: 50, largest: 200 });

test('where nothing is said, what holds for the list holds', () => {
  assert.deepEqual(read(''), { offset: 0, limit: 50, sort: 'id', order: 'asc', filter: '' });
});

test('what is asked for is given, and never more than the largest page', () => {
  const asked = read('offset=100&limit=10&sort=title&order=desc&filter=cafe%CC%81');
  assert.deepEqual(asked, { offset: 100, limit: 10, sort: 'title', order: 'desc', filter: 'caf\u00e9' });
  assert.deepEqual([read('limit=999').limit, read('limit=0').limit], [200, 0]);
  assert.equal(read(`filter=${'x'.repeat(1000)}`).filter.length, 255);
});

test('what means nothing is refused with what would', () => {
  assert.throws(() => read('sort=size'), new Malformed('sort=size is not possible. Use id, title.'));
  assert.throws(() => read('order=up'), new Malformed('order=up is not possible. Use asc or desc.'));
  for (const query of [
    'offset=-1',
    'offset=1.5',
    'limit=',
    'limit=1e3',
    'offset=9999999999999999',
    'sort=',
    'order=',
  ]) {
    assert.throws(() => read(query), Malformed, query);
  }
});
