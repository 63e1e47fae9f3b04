import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { products } from '../index.ts';
import { cacheEffects } from './caches.ts';
import { contentEffects } from './content.ts';
import { cookieEffects } from './cookies.ts';
import { sessionEffects } from './sessions.ts';
import { openGround, World, type Effects } from './world.ts';

const ground = await openGround();
after(() => ground[Symbol.asyncDispose]());

/** By type and property. */
const effects: Readonly<Record<string, Effects>> = {
  ...sessionEffects,
  ...cacheEffects,
  ...cookieEffects,
  ...contentEffects,
};

test('every property that a type declares has a test of its effect', () => {
  const types = products.flatMap((product) => product.types);
  const declared = types.flatMap(({ type, properties }) =>
    Object.entries(properties).flatMap(([name, { schema }]) => (schema.mode === 'r' ? [] : [`${type}: ${name}`])),
  );
  const tested = Object.entries(effects).flatMap(([type, byName]) =>
    Object.keys(byName).map((name) => `${type}: ${name}`),
  );
  assert.deepEqual(tested.toSorted(), declared.toSorted());
});

for (const [type, byName] of Object.entries(effects)) {
  for (const [name, { around, values, seen, see }] of Object.entries(byName)) {
    test(`${type}: what is set as ${name} has its effect from the next request on`, async () => {
      await using world = await World.with(ground, type);
      await around?.(world);
      const tried = typeof values === 'function' ? values(world) : values;
      assert.notDeepEqual(seen[0], seen[1], 'two values that look alike show no effect');
      // Back to the first one: it is the value that makes the difference, and not what happened meanwhile.
      for (const which of [0, 1, 0] as const) {
        await world.set(world.path, { [name]: tried[which] });
        assert.deepEqual(await see(world), seen[which], `${name} = ${JSON.stringify(tried[which])}`);
      }
    });
  }
}
