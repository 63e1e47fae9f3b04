import assert from 'node:assert/strict';
import { mock, test, type TestContext } from 'node:test';
import { Conflict, ConflictError, Invalid, NotTakenBack } from '../base/errors.ts';
import { typeNamed } from '../objects/testing.ts';
import type { TreeTransaction } from '../objects/transaction.ts';
import type { Participant } from '../transaction/transaction.ts';
import type { Call } from './call.ts';
import { html, json, type Response } from './request.ts';
import { openTestPublisher, textOf } from './testing.ts';
import { method } from './views.ts';

type Run = (call: Call) => unknown;

/** A publisher whose views GET and POST /api/note/@do do a test's step. */
async function doing(run: Run) {
  const act = (http: 'GET' | 'POST') => method({ http, permission: 'View', summary: 'Does it.', run });
  const views = [{ name: 'do', on: 'any', methods: [act('GET'), act('POST')] }] as const;
  const opened = await openTestPublisher([typeNamed('Page', { publish: { view: [act('GET'), act('POST')] } })], views);
  const { tree, ask } = opened;
  await tree.change(async (transaction) => transaction.add(await transaction.root(), { type: 'Note', id: 'note' }));
  const note = async () => (await tree.open()).get('/note');
  return {
    ...opened,
    post: (as = 'bob') => ask('POST', '/api/note/@do', { as }),
    get: () => ask('GET', '/api/note/@do'),
    title: async () => (await note()).title,
    newest: async () => (await (await tree.open()).revisions(await note(), 1))[0],
  };
}

/** As code does that no compiler looked at: in a GET, too. */
const entitle = ({ tree, object }: Call, title: string) => (tree as TreeTransaction).change(object, { title });

/** No pause before a request is run again. */
function withoutPauses(t: TestContext): void {
  t.mock.method(Math, 'random', () => 0);
}

test('what a view changes is committed in the name of the caller, and in the words of the view', async () => {
  const { post, newest } = await doing((call) => {
    entitle(call, 'New');
    call.describe('Gave it a name');
  });
  await post();
  const { user, description, state } = (await newest())!;
  assert.deepEqual([user, description, state?.title], ['bob', 'Gave it a name', 'New']);
});

test('where a view says nothing, the history has the request', async () => {
  const { ask, newest } = await doing((call) => void entitle(call, 'New'));
  await ask('POST', '/api/note/@do');
  const { user, description } = (await newest())!;
  assert.deepEqual([user, description], [null, 'POST /api/note/@do']);
});

test('a plain value becomes JSON, an answer stays what it is, and a function gives either once all is committed', async () => {
  const answered = async (value: unknown) => (await doing(() => value)).get();
  assert.deepEqual(await answered({ a: 1 }), json({ a: 1 }));
  assert.deepEqual(await answered(html('a')), html('a'));
  const { tree, post } = await doing((call) => {
    entitle(call, 'New');
    return async () => ({ stored: (await (await tree.open()).get('/note')).title, seen: call.object.title });
  });
  assert.deepEqual(await post(), json({ stored: 'New', seen: 'New' }));
});

test('a view that throws, or answers that the server failed, changes nothing', async () => {
  const failed: Response = { ...json({}), status: 503 };
  for (const end of [() => failed, () => assert.fail(new Invalid('No.'))]) {
    const { post, title } = await doing((call) => {
      entitle(call, 'New');
      call.cookies.push(() => ['a=b']);
      return end();
    });
    assert.equal(await post().catch((error: unknown) => (error instanceof Invalid ? failed : error)), failed);
    assert.equal(await title(), '');
  }
});

test('a view that answers GET has nothing to change the tree with, and nothing is changed', async () => {
  const { get, ask, title } = await doing((call) => void entitle(call, 'New'));
  for (const asked of [get(), ask('HEAD', '/api/note/@do')]) {
    await assert.rejects(asked, new TypeError('tree.change is not a function'));
  }
  assert.equal(await title(), '');
});

test('a request that met another one is run again from the newest state, three times at most', async (t) => {
  withoutPauses(t);
  const { tree, post, title } = await doing(async (call) => {
    entitle(call, `${call.object.title}${call.reruns}`);
    if (call.reruns < 3)
      await tree.change(async (other) => other.change(await other.get('/note'), { title: `${call.reruns}!` }));
  });
  await post();
  assert.equal(await title(), '2!3');
});

test('who meets others each time is told of the conflict, and nothing of the request is there', async (t) => {
  withoutPauses(t);
  const runs: number[] = [];
  const { post, title } = await doing((call) => {
    runs.push(call.reruns);
    entitle(call, 'New');
    throw new ConflictError();
  });
  await assert.rejects(post(), Conflict);
  assert.deepEqual([runs, await title()], [[0, 1, 2, 3], '']);
});

test('no other failure runs a request again, and none that comes after the commit', async () => {
  const runs: string[] = [];
  const before = await doing(() => {
    runs.push('before');
    throw new Conflict();
  });
  await assert.rejects(before.post(), Conflict);
  const after = await doing((call) => {
    runs.push('after');
    entitle(call, 'New');
    return () => Promise.reject(new ConflictError());
  });
  await assert.rejects(after.post(), ConflictError);
  assert.deepEqual([runs, await after.title()], [['before', 'after'], 'New']);
});

test('the tree is written last: where it refuses, what was written before is taken back, and the request run again', async (t) => {
  withoutPauses(t);
  const events: string[] = [];
  const participant: Participant = {
    commit: async () => void events.push('written'),
    undo: async () => void events.push('taken back'),
    committed: () => events.push('committed'),
    abort: () => events.push('given up'),
  };
  const { tree, post, title } = await doing(async (call) => {
    call.transaction.join(participant);
    entitle(call, 'New');
    if (call.reruns === 0)
      await tree.change(async (other) => other.change(await other.get('/note'), { title: 'Theirs' }));
  });
  await post();
  assert.deepEqual(events, ['written', 'taken back', 'given up', 'written', 'committed']);
  assert.equal(await title(), 'New');
});

test('where that cannot be taken back, the request is not run again', async () => {
  const runs: number[] = [];
  const stuck = { commit: async () => {}, undo: () => Promise.reject(new Error('It is stuck.')) };
  const { tree, post } = await doing(async (call) => {
    runs.push(call.reruns);
    call.transaction.join(stuck);
    entitle(call, 'New');
    await tree.change(async (other) => other.change(await other.get('/note'), { title: 'Theirs' }));
  });
  const told = mock.method(tree.database.log, 'error');
  await assert.rejects(post(), NotTakenBack);
  assert.deepEqual([runs, told.mock.callCount()], [[0], 1]);
});

test('cookies are asked for after the commit, and an answer that sets some is for this caller alone', async () => {
  const { tree, post } = await doing((call) => {
    entitle(call, 'New');
    let seen: string | undefined;
    call.cookies.push(() => [`title=${seen}`, 'a=b']);
    return async () => {
      seen = (await (await tree.open()).get('/note')).title;
      return { ...html('x'), cookies: ['own=1'] };
    };
  });
  const { cookies, headers } = await post();
  assert.deepEqual(cookies, ['own=1', 'title=New', 'a=b']);
  assert.equal(headers['cache-control'], 'no-store');
});

test('an answer is kept private where the view says so, and only there', async () => {
  const [open, closed] = [await doing(() => html('')), await doing((call) => (call.keepPrivate(), html('')))];
  assert.equal((await open.get()).headers['cache-control'], undefined);
  assert.equal((await closed.get()).headers['cache-control'], 'no-store');
});

test('an answer in pieces begins after the commit, and whoever watches hears when it was sent or given up', async () => {
  for (const isReadToItsEnd of [true, false]) {
    const events: string[] = [];
    const { tree, post } = await doing((call) => {
      entitle(call, 'New');
      call.transaction.watch(() => events.push('sent'));
      async function* body(): AsyncGenerator<Buffer> {
        events.push((await (await tree.open()).get('/note')).title);
        yield Buffer.from('one ');
        yield Buffer.from('two');
      }
      return { ...html(''), body: body() };
    });
    const response = await post();
    assert.deepEqual(events, []);
    if (isReadToItsEnd) assert.equal(await textOf(response), 'one two');
    else for await (const _ of response.body as AsyncIterable<Buffer>) break;
    assert.deepEqual(events, ['New', 'sent']);
  }
});

test('what is remembered for a request is there until its answer is made, and not after', async () => {
  const key = Symbol('a product');
  let call: Call | undefined;
  const { get } = await doing((given) => {
    call = given;
    given.scope.set(key, 'kept');
    return () => ({ kept: given.tree.scope?.get(key) });
  });
  assert.deepEqual(await get(), json({ kept: 'kept' }));
  assert.equal(call?.tree.scope, undefined);
  const failing = await doing((given) => {
    call = given;
    throw new Invalid('No.');
  });
  await assert.rejects(failing.get(), Invalid);
  assert.equal(call?.tree.scope, undefined);
});

test('a view is told who asks, by which address, and what they may do', async () => {
  const { ask } = await doing(({ user, tree, object, addressed, may }) => ({
    user: user.name,
    origin: tree.origin,
    isAddressed: addressed === object,
    may: [may('View', object), may('Manage properties', object)],
  }));
  const told = JSON.parse(
    await textOf(await ask('GET', '/api/note/@do', { as: 'bob', origin: 'https://shop.example' })),
  );
  const may = [true, false];
  assert.deepEqual(told, { user: 'bob', origin: 'https://shop.example', isAddressed: true, may });
});
