import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { createRequire } from 'node:module';
import { Readable } from 'node:stream';
import { after, describe, mock, test } from 'node:test';
import fc from 'fast-check';
import Koa from 'koa';
import type { CreateSessionOptions, createSession } from 'koa-session';
import { koaSessionStore, type KoaSessionStore } from './koa-session.ts';
import { assertAlike, openTestSessions, VisitedApplication, type Step, type Visit } from './testing.ts';

const { sessions, ...rest } = await openTestSessions();
after(() => rest[Symbol.asyncDispose]());

const require = createRequire(import.meta.url);
const DAY_MS = 86_400_000;

/** What a handler does with its session, one after the other. */
const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 4, arbitrary: fc.tuple(fc.constant('set'), fc.constantFrom('a', 'b'), fc.integer({ min: 0, max: 3 })) },
  fc.tuple(fc.constant('nest'), fc.constantFrom('a', 'n'), fc.constantFrom('x', 'y')),
  { weight: 2, arbitrary: fc.tuple(fc.constant('delete'), fc.constantFrom('a', 'b', 'n')) },
  {
    weight: 3,
    arbitrary: fc.tuple(fc.constant('maxAge'), fc.constantFrom<unknown>(30 * DAY_MS, 3_600_000, 'session')),
  },
  // Without telling the session, so that it is found to be worth a renewal, or not.
  fc.tuple(fc.constant('option'), fc.constantFrom<unknown>(90 * DAY_MS, 60_000)),
  fc.tuple(fc.constantFrom('save', 'manuallyCommit', 'regenerate', 'hold', 'commitHeld')),
  fc.tuple(fc.constantFrom('null', 'throw')),
  fc.tuple(fc.constant('replace'), fc.integer({ min: 0, max: 3 })),
);

type KoaSession = Record<string, unknown> & {
  maxAge: unknown;
  save(): Promise<void>;
  regenerate?: () => Promise<void>;
  manuallyCommit(): Promise<void>;
  toJSON(): Record<string, unknown>;
};
type Make = typeof createSession;
interface Context {
  session: KoaSession | null;
  readonly sessionOptions: { maxAge: unknown };
  body: unknown;
}

async function run(context: Context, steps: readonly Step[]): Promise<void> {
  let held: KoaSession | null = null;
  for (const [name, first, second] of steps) {
    const { session } = context;
    if (name === 'stream') context.body = Readable.from(streaming(session, first as string | undefined, second));
    else if (name === 'replace') context.session = { a: first, fresh: true } as unknown as KoaSession;
    else if (name === 'commitHeld') await held?.manuallyCommit();
    else if (name === 'throw') throw Object.assign(new Error('the handler fails'), { status: 418, expose: true });
    else if (name === 'option') context.sessionOptions.maxAge = first;
    else if (session === null) continue;
    else if (name === 'set') session[first as string] = second;
    else if (name === 'nest')
      session[first as string] = { ...(session[first as string] as object), [second as string]: 1 };
    else if (name === 'delete') delete session[first as string];
    else if (name === 'maxAge') session.maxAge = first;
    else if (name === 'null') context.session = null;
    else if (name === 'hold') held = session;
    else if (name === 'save') await session.save();
    else if (name === 'regenerate') await session.regenerate?.();
    else await session.manuallyCommit();
  }
}

async function* streaming(
  session: KoaSession | null,
  late: string | undefined,
  value: unknown = 'late',
): AsyncGenerator<string> {
  yield '{';
  if (late !== undefined) session![late] = value === 'big' ? 1n : value;
  yield '}';
}

/** How much longer something is good, as coarsely as a touch is written. */
function hoursTo(time: unknown): number | null {
  return typeof time === 'number' ? Math.round((time - Date.now()) / 3_600_000) : null;
}

async function start(
  version: string,
  store: KoaSessionStore,
  options: CreateSessionOptions,
): Promise<VisitedApplication> {
  const loaded = require(version) as { default?: Make } & Make;
  const session = loaded.default ?? loaded;
  const app = new Koa();
  app.silent = true;
  app.use(session({ key: 'sess', signed: false, store, ...options } as CreateSessionOptions, app) as Koa.Middleware);
  app.use(async (context) => {
    const on = context as unknown as Context;
    const before = {
      ...on.session?.toJSON(),
      hours: hoursTo(on.session?.['_expire']),
      maxAge: on.sessionOptions.maxAge,
    };
    context.body = before;
    await run(on, JSON.parse(String(context.headers['steps'])) as Step[]);
  });
  return VisitedApplication.of(app.listen(0, '127.0.0.1'), 'sess');
}

/** What people write first: everything in a Map, as JSON. */
function mapStore(): KoaSessionStore {
  const kept = new Map<string, string>();
  return {
    async get(sid) {
      const text = kept.get(sid);
      return text === undefined ? undefined : (JSON.parse(text) as Record<string, unknown>);
    },
    async set(sid, data) {
      kept.set(sid, JSON.stringify(data));
    },
    async destroy(sid) {
      kept.delete(sid);
    },
  };
}

const OPTIONS: Readonly<Record<string, CreateSessionOptions>> = {
  'as it comes': {},
  rolling: { rolling: true },
  'renew, of a minute': { renew: true, maxAge: 60_000 },
  'a session of the browser': { maxAge: 'session' },
  'committed by hand': { autoCommit: false },
  'hooks and prefix': {
    prefix: 'pre-',
    valid: (_, data) => data.a !== 3,
    beforeSave: (_, session) => void (session.saves = (session.saves ?? 0) + 1),
  },
};

/** Everybody has the same session, by a key that the application chooses and sends. */
function oneId(): CreateSessionOptions {
  const id = randomUUID();
  return {
    genid: () => id,
    externalKey: {
      get: (context: Koa.Context) => context.cookies.get('sess') ?? '',
      set: (context: Koa.Context, value: string) => void context.cookies.set('sess', value),
    },
  };
}

/** An id is used again after its session was destroyed. Which request does so, version 5 does not say. */
const AGAIN: Visit[] = [
  { steps: [['set', 'a', 1]], cookie: 0 },
  { steps: [['hold'], ['null'], ['commitHeld'], ['replace', 2]], cookie: 0 },
  { steps: [], cookie: 0 },
];

for (const version of ['koa-session-5', 'koa-session-6', 'koa-session']) {
  describe(version, () => {
    test('what a stream changes after the session was written is told of in the log, where the request is known', async () => {
      const told = mock.method(sessions, 'warnOfLateChange');
      using ours = await start(version, koaSessionStore(sessions), {});
      await ours.visits([
        { steps: [['set', 'a', 1], ['stream']], cookie: 0 },
        { steps: [['set', 'a', 2], ['stream']], cookie: 0 },
      ]);
      assert.equal(told.mock.callCount(), 0);
      await ours.visits([
        { steps: [['set', 'a', 1]], cookie: 0 },
        { steps: [['stream', 'b']], cookie: 0 },
        { steps: [['stream', 'c', 'big']], cookie: 0 },
      ]);
      const calls = told.mock.calls.map(({ arguments: given }) => given);
      assert.deepEqual(calls, version === 'koa-session-5' ? [] : ['b', 'c'].map((key) => ['/', [key]]));
      told.mock.restore();
    });

    // With ids that are used again, of requests that version 5 does not tell apart.
    const all = version === 'koa-session-5' ? OPTIONS : { ...OPTIONS, 'one id for everybody': oneId() };
    for (const [name, options] of Object.entries(all)) {
      test(`${name}: whatever handlers do, a browser cannot tell the store from a Map`, async () => {
        using ours = await start(version, koaSessionStore(sessions), { ...options });
        using map = await start(version, mapStore(), { ...options });
        await assertAlike(ours, map, step, version === 'koa-session-5' ? [] : [AGAIN]);
      });
    }
  });
}
