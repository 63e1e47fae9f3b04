import assert from 'node:assert/strict';
import { inspect } from 'node:util';
import { runInThisContext } from 'node:vm';
import { describe, test } from 'node:test';
import { encode } from '../codec/encode.ts';
import { encodedOf } from './record/record.ts';
import { NO_ENTRIES, type EncodedData } from './record/record-format.ts';
import { Session } from './session.ts';
import { NotStorable } from '../codec/values.ts';

function entriesOf(values: object): EncodedData {
  return new Map(Object.entries(values).map(([key, value]) => [key, encodedOf(encode(value))]));
}

function sessionWith(values: object = {}): Session {
  const entries = entriesOf(values);
  const header = {
    created: 1,
    lastAccess: 2,
    lastChange: 3,
    written: 2,
    keptUntil: 9,
    user: 'anna',
    userGeneration: 0,
  };
  return new Session({ browserId: 'b', key: 's-x:hash', header: { ...header, address: '', browser: '' }, entries }, 5);
}

const kinds = (session: Session) =>
  Object.fromEntries(Array.from(session.changes(), ([key, change]) => [key, change.kind]));

test('whoever takes a value out says what it is', () => {
  const session = sessionWith({ n: 1 });
  const [n, none]: [number | undefined, string] = [session.get<number>('n'), session.get('none', 'none')];
  assert.deepEqual([n, none, session.pop<number>('n', 2), session.pop('n', 2)], [1, 'none', 1, 2]);
  // @ts-expect-error It may not be there.
  const certain: number = session.get<number>('n');
  assert.equal(certain, undefined);
});

test('a session is a mapping', () => {
  const session = sessionWith({ a: 1, b: 2 });
  session.set('c', 3).set('a', 10);
  assert.equal(session.delete('b'), true);
  assert.equal(session.delete('b'), false);
  assert.deepEqual([...session.keys()], ['a', 'c']);
  assert.deepEqual([...session.values()], [10, 3]);
  assert.deepEqual([...session], [...session.entries()]);
  assert.equal(session.size, 2);
  assert.equal(session.get('b', 'none'), 'none');
  assert.equal(session.setdefault('c', 4), 3);
  assert.equal(session.setdefault('d', 4), 4);
  assert.equal(session.pop('d'), 4);
  assert.equal(session.pop('d', 'gone'), 'gone');
  assert.deepEqual({ ...session.toObject() }, { a: 10, c: 3 });
  session.clear();
  assert.equal(session.size, 0);
  assert.deepEqual(kinds(session), { a: 'delete', b: 'delete' });
});

test('a session says who and when', () => {
  const stored = sessionWith();
  assert.deepEqual(
    [stored.id, stored.containerKey, stored.created, stored.lastAccess, stored.lastModified, stored.user, stored.isNew],
    ['hash', 's-x:hash', 1, 2, 3, 'anna', false],
  );
  const fresh = new Session({ browserId: 'b', key: 'k', header: null, entries: NO_ENTRIES }, 5);
  assert.deepEqual(
    [fresh.created, fresh.lastAccess, fresh.lastModified, fresh.isNew, fresh.isValid],
    [5, null, null, true, true],
  );
});

test('looking is no change, and setting what is there is none', () => {
  const session = sessionWith({ a: 1, list: [1, { deep: true }] });
  session.get('a');
  session.get('list');
  session.set('a', 1).set('list', [1, { deep: true }]);
  session.delete('a');
  session.set('a', 1);
  session.update('a', (value) => value);
  assert.equal(session.changes().size, 0);
});

test('a change deep inside a value that was read, or was set, is a change of its key', () => {
  const session = sessionWith({ read: { list: [{ deep: 1 }] }, other: [1] });
  (session.get('read') as { list: { deep: number }[] }).list[0]!.deep = 2;
  const cart: string[] = [];
  session.set('cart', cart);
  cart.push('bread');
  session.get('other');
  assert.deepEqual(kinds(session), { read: 'set', cart: 'set' });
  assert.deepEqual(session.get('cart'), ['bread']);
});

test('two sessions of one record share no value', () => {
  const entries = entriesOf({ list: [1] });
  const basis = { browserId: 'b', key: 'k', header: null, entries };
  const [one, two] = [new Session(basis, 0), new Session(basis, 0)];
  (one.get('list') as number[]).push(2);
  assert.deepEqual(two.get('list'), [1]);
});

test('updates stay updates only while nothing else had a part in the value', () => {
  const push = (list: number[] | undefined) => [...(list ?? []), 1];
  const cases: [string, (session: Session) => void][] = [
    ['update', (session) => void session.update('list', push)],
    ['update', (session) => (session.update('list', push), void session.update('list', push))],
    ['update', (session) => (session.get('list'), void session.update('list', push))],
    ['update', (session) => (session.update('list', push), void session.get('list'))],
    ['set', (session) => (session.set('list', [0]), void session.update('list', push))],
    ['set', (session) => (session.update('list', push), void session.set('list', [0]))],
    ['set', (session) => (session.delete('list'), void session.update('list', push))],
    ['set', (session) => ((session.get('list') as number[]).push(5), void session.update('list', push))],
    ['set', (session) => void session.update('list', push).push(5)],
    ['set', (session) => (session.update('list', push).push(5), void session.update('list', push))],
  ];
  for (const [kind, act] of cases) {
    const session = sessionWith({ list: [9] });
    act(session);
    assert.deepEqual(kinds(session), { list: kind }, act.toString());
  }
});

test('an update must give a value', () => {
  const session = sessionWith();
  assert.throws(() => session.update('n', () => undefined), /update\("n"\) returned nothing; it must return/);
  assert.throws(() => session.update('n', async () => 1), /returned a promise/);
  assert.equal(session.has('n'), false);
});

test('what cannot be kept is refused where it is set, and the key stays as it was', () => {
  const session = sessionWith({ a: 1 });
  assert.throws(
    () => session.set('a', { f: () => 1 }),
    (error) => error instanceof NotStorable && error.message.startsWith('The value session["a"].f is a function'),
  );
  assert.equal(session.get('a'), 1);
  assert.throws(() => session.set(5 as unknown as string, 1), /A session's keys are texts; number is none/);
});

test('an ended session is empty and takes nothing more', () => {
  const session = sessionWith({ a: 1 });
  session.invalidate();
  assert.equal(session.isValid, false);
  assert.equal(session.size, 0);
  assert.equal(session.get('a'), undefined);
  assert.throws(() => session.set('a', 1), /was ended by this request/);
});

test('secrets are not shown by inspect or JSON', () => {
  const values = {
    Password: 'hush',
    apiToken: 'hush',
    mySecret: 'hush',
    csrf: 'hush',
    Cookie: 'hush',
    authorization: 'hush',
  };
  const session = sessionWith({
    ...values,
    user: {
      name: 'anna',
      passwd: 'hush',
      list: [
        new Map<unknown, unknown>([
          ['token', 'hush'],
          [Object.create(null), 5n],
        ]),
      ],
    },
  });
  for (const shown of [inspect(session), inspect({ deep: [session] }, { depth: 9 }), JSON.stringify(session)]) {
    assert.ok(!shown.includes('hush'), shown);
    assert.ok(shown.includes('obscured'), shown);
  }
  assert.equal(session.get('Password'), 'hush');
});

test('__proto__ is a key like any other, in a template too', () => {
  const session = sessionWith();
  session.set('__proto__', { polluted: 1 });
  assert.deepEqual([...session.keys()], ['__proto__']);
  assert.deepEqual(Object.keys(session.toObject()), ['__proto__']);
  assert.equal(({} as Record<string, unknown>)['polluted'], undefined);
  assert.equal(session.get('constructor'), undefined);
});

describe('what is assigned to a session as a property would be lost, and is refused:', () => {
  const names = ['visits', 'user', 'name', 'created', 'size', 'isNew', '__proto__'];
  for (const name of names) {
    test(name, () => {
      const session = sessionWith();
      const refused = { name: 'TypeError', message: new RegExp(`session\\.set\\("${name}", value\\)`) };
      // Code that is not strict hears nothing of an engine's own refusal.
      const assign = runInThisContext('(session, name) => (session[name] = 1)') as (...given: unknown[]) => void;
      assert.throws(() => assign(session, name), refused);
      assert.throws(() => Object.assign(session, JSON.parse(`{"${name}": 1}`)), refused);
      assert.deepEqual([...session.set(name, 1)], [[name, 1]], 'it can be kept');
    });
  }

  test('a method, too', () => {
    assert.throws(() => Object.assign(sessionWith(), { values: [1] }), TypeError);
  });
});
