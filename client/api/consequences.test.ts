import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { ConsequencesMessage, LinkThere } from '../../schema/endpoints/objects.ts';
import { partsOf, together } from './consequences.ts';

const none: ConsequencesMessage = {
  count: 1,
  pointsHere: [],
  services: [],
  sessions: [],
  sessionsUnlessFollowed: [],
};
const link = (path: string) => ({ path, property: 'proxy_path' }) as LinkThere;
const held = (text: string) => ({ path: '/big/sessions', text });

test('ten thousand ids are asked about in addresses that servers take, none left out and none twice', () => {
  const ids = Array.from({ length: 10_000 }, (_, index) => `ä${index}`);
  const parts = partsOf(ids);
  assert.ok(parts.every((part) => part.length <= 6_000));
  assert.deepEqual(
    parts.flatMap((part) => part.split(',').map(decodeURIComponent)),
    ids,
  );
  assert.deepEqual(partsOf(['x'.repeat(9_000), 'y']), ['x'.repeat(9_000), 'y']);
});

test('what is chosen, too, is not named as depending on what is chosen', () => {
  const answers = [
    { ...none, pointsHere: [link('/big/b'), link('/big/b/inside'), link('/big/other')] },
    { ...none, pointsHere: [link('/big/other'), link('/elsewhere')] },
  ];
  const { count, pointsHere } = together(answers, new Set(['a', 'b']), '/big');
  assert.equal(count, 2);
  assert.deepEqual(
    pointsHere.map(({ path }) => path),
    ['/big/other', '/elsewhere'],
  );
});

test('sessions that end are not said to stay behind', () => {
  const ends = held('2 live sessions in /big/sessions will end');
  const stays = held('2 live sessions will stay behind in /big/sessions');
  for (const [one, other] of [
    [ends, stays],
    [stays, ends],
  ] as const) {
    const { sessions } = together(
      [
        { ...none, sessions: [one] },
        { ...none, sessions: [other] },
      ],
      new Set(),
      '/',
    );
    assert.deepEqual(sessions, [ends]);
  }
});
