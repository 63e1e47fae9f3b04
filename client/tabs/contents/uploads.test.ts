import assert from 'node:assert/strict';
import { test } from 'node:test';
import { anotherId } from './uploads.ts';

test('another id is near to the one that is taken, and differs each time it is asked for', () => {
  const ids: readonly (readonly [taken: string, another: string])[] = [
    ['tree.png', 'tree-2.png'],
    ['tree-2.png', 'tree-3.png'],
    ['tree-9.png', 'tree-9-2.png'],
    ['tree', 'tree-2'],
    ['.htaccess', '.htaccess-2'],
    ['a.tar.gz', 'a.tar-2.gz'],
    ['2026-11-24.txt', '2026-11-24-2.txt'],
  ];
  for (const [taken, another] of ids) assert.equal(anotherId(taken), another, taken);
});
