import { startChaosProxy } from '../../../e2e/support/network/chaos-proxy.ts';
import { until } from '../../../e2e/support/figures.ts';
import { inPlace, type Effect, type Effects, type World } from './world.ts';

const LARGE = 'x'.repeat(400_000);
const MOST_VISITS = 20;

/** What every cache manager lets one set. */
function managerEffects(around: Effect['around'] = async () => undefined): Effects {
  return {
    request_names: {
      around,
      values: [[], ['q']],
      seen: ['made each time', 'kept'],
      see: async (world) => {
        const path = await world.keptPage('it', '{{ request.query.q }}');
        for (let visit = 0; visit < MOST_VISITS; visit += 1) {
          await world.visit(`${path}?q=1`);
          if (((await world.rowOf(path))?.hits ?? 0) > 0) return 'kept';
        }
        return 'made each time';
      },
    },
    max_age_seconds: {
      around,
      values: [3600, 60],
      seen: ['given again', 'made anew'],
      see: async (world) => {
        const path = await world.keptPage('it');
        await world.visit(path);
        await until('it is kept', async () => (await world.rowOf(path))?.entries === 1);
        world.passSeconds(90);
        await world.visit(path);
        return (await world.rowOf(path))?.hits === 1 ? 'given again' : 'made anew';
      },
    },
  };
}

/** How many entries there are of new pages of this text, once each was visited. */
async function keptOf(world: World, count: number, text?: string): Promise<number> {
  const paths: string[] = [];
  for (let page = 0; page < count; page += 1) paths.push(await world.keptPage('it', text));
  for (const path of paths) await world.visit(path);
  const rows = await Promise.all(paths.map((path) => world.rowOf(path)));
  return rows.reduce((sum, row) => sum + (row?.entries ?? 0), 0);
}

/** Sessions are kept behind the object, which is a proxy before these servers. */
async function sessionsBehindIt(world: World, servers: readonly string[]): Promise<void> {
  await world.set(world.path, { servers, timeout_ms: 5_000 });
  await world.add(world.place, 'MemCache Session Data Container', 'sessions', { proxy_path: world.path });
  await world.keepSessionsIn(`${world.place}/sessions`);
}

const writtenBySession = (world: World) => world.written(() => world.visitor());

export const cacheEffects: Readonly<Record<string, Effects>> = {
  'MemCache Proxy': {
    servers: {
      around: (world) => sessionsBehindIt(world, []),
      values: ({ addresses: [first, second] }) => [[first], [second]],
      seen: [[0], [1]],
      see: async (world) => (await writtenBySession(world)).servers,
    },
    replicas: {
      around: (world) => sessionsBehindIt(world, world.addresses),
      values: [1, 2],
      seen: ['on one server', 'on both'],
      see: async (world) => ((await writtenBySession(world)).servers.length === 2 ? 'on both' : 'on one server'),
    },
    timeout_ms: {
      around: async (world) => {
        const slow = await startChaosProxy(world.memcached[0].port);
        slow.onAnswer = () => ({ delayMs: 300 });
        world.defer(slow);
        await sessionsBehindIt(world, [slow.address]);
      },
      values: [10_000, 20],
      seen: ['it is waited for', 'it has failed'],
      see: async (world) => {
        const { status } = await world.visit(await world.page('{% session n = 1 %}'));
        return status === 200 ? 'it is waited for' : status === 503 ? 'it has failed' : status;
      },
    },
    prefix: {
      around: (world) => sessionsBehindIt(world, world.addresses),
      values: ['one', 'other'],
      seen: [['one'], ['other']],
      see: async (world) => (await writtenBySession(world)).keys.map((key) => key.split(':')[0]),
    },
  },
  'MemCache Cache Manager': {
    ...managerEffects(async (world) => world.set(world.path, { proxy_path: await world.proxy('proxy', 0) })),
    proxy_path: {
      around: async (world) => [await world.proxy('first', 0), await world.proxy('second', 1)],
      values: inPlace('first', 'second'),
      seen: [[0], [1]],
      see: async (world) => {
        const path = await world.keptPage('it');
        return (await world.written(() => world.visit(path))).servers;
      },
    },
    prefix: {
      around: async (world) => world.set(world.path, { proxy_path: await world.proxy('proxy', 0) }),
      values: ['one', 'other'],
      seen: [['one'], ['other']],
      see: async (world) => {
        const path = await world.keptPage('it');
        return (await world.written(() => world.visit(path))).keys.map((key) => key.split(':')[1]);
      },
    },
  },
  'RAM Cache Manager': {
    ...managerEffects(),
    threshold_entries: { values: [1000, 1], seen: [3, 1], see: (world) => keptOf(world, 3) },
    threshold_mib: { values: [64, 1], seen: [3, 1], see: (world) => keptOf(world, 3, LARGE) },
    cleanup_interval_seconds: {
      around: (world) => world.set(world.path, { max_age_seconds: 60, threshold_entries: 2 }),
      values: [10, 3_000],
      seen: ['what is too old makes room', 'what was not asked for longest makes room'],
      see: async (world) => {
        const [old, young, next] = [await world.keptPage('it'), await world.keptPage('it'), await world.keptPage('it')];
        // A look cleans up, too: from here on it is the interval that counts.
        await world.rowOf(old);
        await world.visit(old);
        world.passSeconds(50);
        await world.visit(young);
        await world.visit(old);
        // An answer is kept for a minute more than its age allows: the older one is over, the younger is not.
        world.passSeconds(100);
        await world.visit(next);
        const isYoungThere = (await world.rowOf(young))?.entries === 1;
        return isYoungThere ? 'what is too old makes room' : 'what was not asked for longest makes room';
      },
    },
  },
};
