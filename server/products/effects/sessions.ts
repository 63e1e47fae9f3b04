import { contend } from './contend.ts';
import { inPlace, type Effect, type Effects, type World } from './world.ts';

const MINUTE_S = 60;

/** Sessions of the folder are kept in the object itself. */
const inIt = (world: World) => world.keepSessionsIn(world.path);

/** What both kinds of containers let one set; `around` puts the object to use. */
function containerEffects(around: NonNullable<Effect['around']>): Effects {
  return {
    timeout_minutes: {
      around,
      values: [20, 5],
      seen: ['1', ''],
      see: async (world) => {
        const { read } = await world.visitor();
        world.passSeconds(10 * MINUTE_S);
        return read();
      },
    },
    max_lifetime_minutes: {
      around,
      values: [0, 30],
      seen: ['1', ''],
      see: async (world) => {
        const { read } = await world.visitor();
        for (let visit = 0; visit < 3; visit += 1) {
          world.passSeconds(10 * MINUTE_S + 5);
          await read();
        }
        return read();
      },
    },
    resolution_seconds: {
      around,
      values: [1, 300],
      seen: ['the last access is written', 'not yet'],
      see: async (world) => {
        const { read } = await world.visitor();
        const [before] = (await world.sessionsIn(world.path)).sessions;
        world.passSeconds(100);
        await read();
        const after = (await world.sessionsIn(world.path)).sessions.find(({ key }) => key === before?.key);
        return after?.lastSeen === before?.lastSeen ? 'not yet' : 'the last access is written';
      },
    },
    on_conflict: {
      around,
      values: ['newest', 'fail'],
      seen: [
        [200, 200],
        [200, 409],
      ],
      see: contend,
    },
  };
}

export const sessionEffects: Readonly<Record<string, Effects>> = {
  'Transient Object Container': {
    ...containerEffects(inIt),
    limit_mib: {
      around: inIt,
      values: [64, 1],
      seen: ['all are kept', 'some made room'],
      see: async (world) => {
        const { total } = await world.sessionsIn(world.path);
        const large =
          '{% assign x = "0123456789" %}{% for i in (1..13) %}{% assign x = x | append: x %}{% endfor %}{% session n = x %}';
        const page = await world.page(large);
        for (let browser = 0; browser < 20; browser += 1) await world.visit(page);
        return (await world.sessionsIn(world.path)).total === total + 20 ? 'all are kept' : 'some made room';
      },
    },
  },
  'MemCache Session Data Container': {
    ...containerEffects(async (world) => {
      await world.set(world.path, { proxy_path: await world.proxy('proxy', 0) });
      await inIt(world);
    }),
    proxy_path: {
      around: async (world) => [await world.proxy('first', 0), await world.proxy('second', 1), await inIt(world)],
      values: inPlace('first', 'second'),
      seen: [[0], [1]],
      see: async (world) => (await world.written(() => world.visitor())).servers,
    },
  },
  'Session Data Manager': {
    container_path: {
      around: async (world) => {
        for (const id of ['first', 'second']) await world.add(world.place, 'Transient Object Container', id);
      },
      values: inPlace('first', 'second'),
      seen: [
        [1, 0],
        [0, 1],
      ],
      see: async (world) => {
        const totals = () =>
          Promise.all(['first', 'second'].map(async (id) => (await world.sessionsIn(`${world.place}/${id}`)).total));
        const before = await totals();
        await world.visitor();
        return (await totals()).map((total, index) => total - before[index]!);
      },
    },
    request_name: {
      around: async (world) =>
        world.set(world.path, {
          container_path: await world.add(world.place, 'Transient Object Container', 'sessions'),
        }),
      values: ['SESSION', 'BASKET'],
      seen: ['1 and ', ' and 1'],
      see: async (world) => {
        const { cookie } = await world.visitor();
        return (await world.visit(await world.page('{{ SESSION.n }} and {{ BASKET.n }}'), cookie)).text;
      },
    },
  },
};
