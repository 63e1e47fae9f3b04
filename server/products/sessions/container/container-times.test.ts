import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { CheckMessage } from '../../../../schema/endpoints/forms.ts';
import type { ObjectMessage } from '../../../../schema/endpoints/objects.ts';
import type { ProblemMessage } from '../../../../schema/problems.ts';
import { openTestInstallation } from '../../../testing.ts';

const TYPES = ['Transient Object Container', 'MemCache Session Data Container'];
const RESOLUTION = '/properties/resolution_seconds';
const TIMEOUT = '/properties/timeout_minutes';
const LIFETIME = '/properties/max_lifetime_minutes';

const COARSE = (resolution: number, timeoutS: number) =>
  `Resolution cannot be greater than idle timeout minutes × 60 (${resolution} > ${timeoutS}).`;
const SHORT = (longest: number, timeout: number) =>
  `Longest life cannot be shorter than the idle timeout (${longest} < ${timeout}).`;

type Values = Readonly<Record<string, number | string>>;

for (const type of TYPES) {
  test(`the times of a ${type} are judged together, and what does not fit is said at the one that is changed`, async () => {
    await using trellis = await openTestInstallation();
    const add = (id: string, properties: Values) => trellis.ask('POST', '/api', { body: { type, id, properties } });
    const patch = (properties: Values) => trellis.ask('PATCH', '/api/kept', { body: { properties } });
    assert.equal((await add('kept', { timeout_minutes: 2, resolution_seconds: 60 })).status, 201);

    const refusals: readonly (readonly [Values, pointer: string, detail: string])[] = [
      [{ resolution_seconds: 121 }, RESOLUTION, `${COARSE(121, 120)} Use at most 120 seconds.`],
      [{ max_lifetime_minutes: 1 }, LIFETIME, `${SHORT(1, 2)} Use at least 2 minutes, or 0 for no limit.`],
      [{ timeout_minutes: 3, resolution_seconds: 200 }, RESOLUTION, `${COARSE(200, 180)} Use at most 180 seconds.`],
    ];
    for (const [values, pointer, detail] of refusals) {
      const refused = await patch(values);
      assert.equal(refused.status, 422, JSON.stringify(values));
      assert.deepEqual(refused.json<ProblemMessage>().errors, [{ pointer, detail }]);
      // As the form asks: with every field, changed or not.
      const { properties } = (await trellis.ask('GET', '/api/kept')).json<ObjectMessage>();
      const check = await trellis.ask('POST', '/api/kept/@check', {
        body: { properties: { ...properties, ...values } },
      });
      assert.deepEqual(check.json<CheckMessage>().errors, [{ pointer, detail }]);
    }

    assert.equal((await patch({ resolution_seconds: 120, max_lifetime_minutes: 2 })).status, 200, 'as much as fits');
    const lower = await patch({ timeout_minutes: 1 });
    assert.deepEqual(lower.json<ProblemMessage>().errors, [
      { pointer: TIMEOUT, detail: `${COARSE(120, 60)} Use at least 2 minutes, or 0 for none.` },
    ]);
    const higher = await patch({ timeout_minutes: 5 });
    assert.deepEqual(higher.json<ProblemMessage>().errors, [
      { pointer: TIMEOUT, detail: `${SHORT(2, 5)} Use at most 2 minutes.` },
    ]);
    assert.equal((await patch({ timeout_minutes: 0, resolution_seconds: 3600 })).status, 200, '0 fits every other');
    const added = await add('bad', { timeout_minutes: 1, resolution_seconds: 61, max_lifetime_minutes: 1 });
    assert.deepEqual(
      added.json<ProblemMessage>().errors?.map(({ pointer }) => pointer),
      [RESOLUTION],
    );
  });

  test(`a ${type} whose times were set before that rule says so, and everything else of it can be changed`, async () => {
    await using trellis = await openTestInstallation();
    const tree = await trellis.database.open(null);
    const properties = { timeout_minutes: 1, resolution_seconds: 100 };
    tree.add(await tree.root(), { type, id: 'old', properties });
    await tree.commit('Added before the rule was there');
    const { warnings } = (await trellis.ask('GET', '/api/old')).json<ObjectMessage>();
    const found = warnings.find(({ short }) => short === 'Its times do not fit together');
    assert.equal(found?.text, `${COARSE(100, 60)} Use at most 60 seconds.`);
    const changed = await trellis.ask('PATCH', '/api/old', { body: { properties: { on_conflict: 'fail' } } });
    assert.equal(changed.status, 200, changed.text);
  });
}
