import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { ConflictError } from '../base/errors.ts';
import { decode } from '../codec/decode.ts';
import { encode } from '../codec/encode.ts';
import { merge, SessionChanged, takeBack, type ConflictRule } from './merge.ts';
import { encodedOf } from './record/record.ts';
import type { EncodedData } from './record/record-format.ts';
import { Session } from './session.ts';
import { SessionWorld } from './testing.ts';

const RUNS = process.env['FULL'] === '1' ? 10_000 : 300;
const KEYS = ['a', '__proto__', 'constructor'];

function entriesOf(values: Iterable<readonly [string, unknown]>): EncodedData {
  return new Map(Array.from(values, ([key, value]) => [key, encodedOf(encode(value))]));
}

function valuesOf(entries: EncodedData): Map<string, unknown> {
  return new Map(Array.from(entries, ([key, { bytes, start, end }]) => [key, decode(bytes, start, end)]));
}

function changesOf(base: EncodedData, act: (session: Session) => void) {
  const session = new Session({ browserId: 'b', key: 'k', header: null, entries: base }, 0);
  act(session);
  return session.changes();
}

function merged(rule: ConflictRule, first: (session: Session) => void, second: (session: Session) => void) {
  const base = entriesOf([
    ['a', 1],
    ['b', [1]],
  ]);
  const current = merge(base, base, changesOf(base, first), rule);
  return Object.fromEntries(valuesOf(merge(base, current, changesOf(base, second), rule)));
}

test('one key changed by both: run again, or the newest, or refused, as the rule says', () => {
  const one = (session: Session) => void session.set('a', 2);
  const two = (session: Session) => void session.set('a', 3);
  const both = /Another request changed the session's "a" at the same moment/;
  assert.throws(
    () => merged('rerun', one, two),
    (error) => error instanceof ConflictError && both.test(error.message),
  );
  assert.throws(
    () => merged('fail', one, two),
    (error) => error instanceof SessionChanged && error.status === 409,
  );
  assert.deepEqual(merged('newest', one, two), { a: 3, b: [1] });
});

test('an override is right whatever another request did, and conflicts with nothing', () => {
  const acts: readonly ((session: Session) => void)[] = [
    (session) => void session.set('a', 2),
    (session) => void session.delete('a'),
    (session) => session.override('a', 2),
  ];
  for (const act of acts) {
    assert.deepEqual(
      merged('fail', act, (session) => session.override('a', 3)),
      { a: 3, b: [1] },
    );
    assert.deepEqual(
      merged('fail', act, (session) => session.override('a', undefined)),
      { b: [1] },
    );
  }
  const addsC = (session: Session) => void session.set('c', 1);
  assert.deepEqual(
    merged('fail', addsC, (session) => session.override('c', undefined)),
    { a: 1, b: [1] },
    'also of a key that it did not see',
  );
});

test('a delete is a write, and two equal writes are two', () => {
  const remove = (session: Session) => void session.delete('a');
  const set = (session: Session) => void session.set('a', 2);
  for (const [one, two] of [
    [remove, set],
    [set, remove],
    [remove, remove],
    [set, set],
  ] as const)
    assert.throws(() => merged('rerun', one, two), ConflictError);
});

test('an update is done again to the value that is there', () => {
  const add = (session: Session) => void session.update<number>('a', (n) => (n ?? 0) + 10);
  assert.deepEqual(merged('fail', add, add), { a: 21, b: [1] });
  assert.deepEqual(
    merged('fail', (session) => void session.set('a', 5), add),
    { a: 15, b: [1] },
  );
  assert.deepEqual(
    merged('fail', (session) => void session.delete('a'), add),
    { b: [1], a: 10 },
  );
});

type Action = 'set' | 'delete' | 'update' | 'push';
type Step =
  | { readonly kind: 'load' | 'save'; readonly request: number }
  | { readonly kind: Action; readonly request: number; readonly key: string };

const key = fc.constantFrom(...KEYS);
const request = fc.nat(2);
const step: fc.Arbitrary<Step> = fc.oneof(
  fc.record({ kind: fc.constantFrom('load' as const, 'save' as const), request }),
  fc.record({
    kind: fc.constantFrom('set' as const, 'delete' as const, 'update' as const, 'push' as const),
    request,
    key,
  }),
);

/** A mark of its own for each write, so that the model can tell which are in the result. */
let mark = 0;

test('every acknowledged write to a key is in the result unless a later write replaced it', async () => {
  const scenario = fc.array(step, { minLength: 10, maxLength: 60, size: 'max' });
  await fc.assert(fc.asyncProperty(scenario, runAgainstModel), { numRuns: RUNS });
});

interface Running {
  readonly session: Session;
  /** What the request did, as functions of the value that is there when it is acknowledged. */
  readonly done: Map<string, (value: unknown) => unknown>;
}

async function runAgainstModel(steps: readonly Step[]): Promise<void> {
  const world = new SessionWorld();
  const id = world.browserIds.mint();
  const model = new Map<string, unknown>(KEYS.map((key) => [key, [0]]));
  const first = world.container.begin(id);
  for (const [key, value] of model) first.set(key, value);
  await world.container.save(first);
  const running = new Map<number, Running>();
  for (const each of steps) {
    if (each.kind === 'load')
      running.set(each.request, { session: (await world.container.load(id))!, done: new Map() });
    const run = running.get(each.request);
    if (run === undefined || each.kind === 'load') continue;
    if ('key' in each) act(run, each.kind, each.key);
    else {
      if (await acknowledged(world, run.session)) apply(model, run.done);
      running.delete(each.request);
    }
  }
  const stored = (await world.container.load(id))!;
  assert.deepEqual(new Map(stored), model);
}

async function acknowledged(world: SessionWorld, session: Session): Promise<boolean> {
  try {
    await world.container.save(session, { mayRerun: true });
    return true;
  } catch (error) {
    assert.ok(error instanceof ConflictError);
    return false;
  }
}

function act({ session, done }: Running, kind: Action, key: string): void {
  const own = ++mark;
  if (kind === 'set') {
    session.set(key, [own]);
    done.set(key, () => [own]);
  } else if (kind === 'delete') {
    session.delete(key);
    // What only this request had set and now deleted was never there for anybody.
    if (session.changes().has(key)) done.set(key, () => undefined);
    else done.delete(key);
  } else if (kind === 'update') {
    const add = (list: unknown) => [...((list as number[] | undefined) ?? []), own];
    const before = done.get(key);
    session.update(key, add);
    done.set(key, (value) => add(before === undefined ? value : before(value)));
  } else if (session.has(key)) {
    (session.get(key) as number[]).push(own);
    const before = done.get(key);
    done.set(key, (value) => [...((before === undefined ? value : before(value)) as number[]), own]);
  }
}

function apply(model: Map<string, unknown>, done: Running['done']): void {
  for (const [key, change] of done) {
    const value = change(model.get(key));
    if (value === undefined) model.delete(key);
    else model.set(key, value);
  }
}

test('taking back restores what nobody touched since, and nothing else', () => {
  const keys = fc.dictionary(key, fc.nat(2));
  fc.assert(
    fc.property(keys, keys, keys, (before, after, current) => {
      const [was, is, now] = [before, after, current].map((values) => entriesOf(Object.entries(values)));
      const restored = valuesOf(takeBack(was!, is!, now!));
      for (const name of KEYS) {
        const own = <Values extends object>(values: Values) =>
          Object.getOwnPropertyDescriptor(values, name)?.value as unknown;
        const isOurs = own(current) === own(after);
        assert.equal(restored.get(name), isOurs ? own(before) : own(current));
      }
    }),
  );
});
