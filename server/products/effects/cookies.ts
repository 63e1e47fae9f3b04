import type { Effect, Effects, World } from './world.ts';

/** The line by which a browser that comes for the first time is given its id. */
async function lineOf(world: World): Promise<string> {
  const { cookies } = await world.visit(await world.page('{% session n = 1 %}'));
  return cookies[0] ?? '';
}

/** An attribute of that line, or what it is without one. */
function attribute(
  name: string,
  values: Effect['values'],
  seen: Effect['seen'],
  further: Readonly<Record<string, unknown>> = {},
): Effect {
  return {
    around: async (world) => {
      await world.set(world.path, further);
      await world.keepSessionsIn(await world.add(world.place, 'Transient Object Container', 'sessions'));
    },
    values,
    seen,
    see: async (world) => {
      const found = (await lineOf(world)).split('; ').find((each) => each.split('=')[0]?.toLowerCase() === name);
      return found ?? 'without';
    },
  };
}

export const cookieEffects: Readonly<Record<string, Effects>> = {
  'Browser Id Manager': {
    id_name: {
      ...attribute('', ['one', 'other'], ['__Host-one', '__Host-other']),
      see: async (world) => (await lineOf(world)).split('=')[0],
    },
    cookie_days: attribute('max-age', [0, 2], ['without', 'Max-Age=172800']),
    cookie_path: attribute('path', ['/', '/shop'], ['Path=/', 'Path=/shop']),
    cookie_domain: attribute('domain', ['', 'example.org'], ['without', 'Domain=example.org']),
    same_site: attribute('samesite', ['Lax', 'Strict'], ['SameSite=Lax', 'SameSite=Strict']),
    secure: attribute('secure', [true, false], ['Secure', 'without']),
    http_only: attribute('httponly', [true, false], ['HttpOnly', 'without']),
    partitioned: attribute('partitioned', [false, true], ['without', 'Partitioned']),
  },
};
