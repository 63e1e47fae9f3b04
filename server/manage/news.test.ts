import assert from 'node:assert/strict';
import { test } from 'node:test';
import { newestIn } from './news.ts';

test('the newest section of the changes is read, part by part, each item whole', () => {
  const text = `# Changes

What a user would notice.

## 1.2.0, 3 May

- One
  that goes on.

**The tree**

- Two.

- Three \`x\`
  and more.

## 1.1.0

- Old.
`;
  assert.deepEqual(newestIn(text), {
    heading: '1.2.0, 3 May',
    parts: [
      { heading: '', items: ['One that goes on.'] },
      { heading: 'The tree', items: ['Two.', 'Three `x` and more.'] },
    ],
  });
});

test('without a list there are no news', () => {
  assert.deepEqual(newestIn(''), { heading: '', parts: [] });
});
