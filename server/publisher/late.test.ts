import assert from 'node:assert/strict';
import { after, mock, test } from 'node:test';
import { ProductFolders } from '../products/product-folders.ts';
import { openTestInstallation } from '../testing.ts';

const folders = new ProductFolders();
after(() => folders[Symbol.asyncDispose]());

/** A page whose answer streams, and does as the query says on the way. */
const streaming = await folders.plant({
  'index.js': `
    import { defineType, method, currentSession } from 'trellis/product';
    const LATE = {
      set: (session) => session.set('a', 'late'),
      delete: (session) => session.delete('a'),
      clear: (session) => session.clear(),
      rotate: (session) => session.rotate(),
      invalidate: (session) => session.invalidate(),
      push: (session) => session.get('list').push('late'),
      title: (_, { tree, object }) => tree.change(object, { title: 'late' }),
      add: (_, { tree, object }) => tree.add(object.parent, { type: 'Stream', id: 'late' }),
      remove: (_, { tree, object }) => tree.remove(object),
      read: () => undefined,
    };
    async function* body(call, early, names) {
      const session = early ?? (await currentSession(call));
      yield Buffer.from(session.get('a') + ': ');
      for (const name of names) {
        try {
          await LATE[name](session, call);
          yield Buffer.from(name + ' passed; ');
        } catch (error) {
          yield Buffer.from(error.name + '; ');
        }
      }
    }
    const page = defineType({ type: 'Stream', description: 'x', icon: 'file', group: 'Content', suggestedId: 'x',
      addPermission: 'Add Folders', properties: {},
      publish: { view: ['GET', 'POST'].map((http) => method({ http, permission: 'View', summary: 'Streams.', async run(call) {
        const { query } = call.request;
        const early = query.has('early') ? await currentSession(call) : undefined;
        if (query.has('set')) early.set('a', query.get('set')).set('list', ['one']);
        early?.get('list')?.push('in time');
        return { kind: 'content', status: 200, headers: {}, body: body(call, early, query.getAll('late')) };
      } })) } });
    export default { name: 'streaming', types: [page] };`,
});

test('a view whose answer streams can read session and tree meanwhile; what it changes is refused, or told of', async () => {
  await using trellis = await openTestInstallation(undefined, streaming);
  await trellis.ask('POST', '/api', { body: { type: 'Stream', id: 'stream' } });
  const begun = await trellis.ask('GET', '/stream?early&set=1&late=read');
  const cookie = begun.cookies[0]?.split(';')[0] ?? '';
  assert.equal(begun.text, '1: read passed; ');
  const changes = ['set', 'delete', 'clear', 'rotate', 'invalidate'];
  const late = [...changes, 'title', 'add', 'remove'].map((name) => `late=${name}`).join('&');
  const ofTree = 'TreeAlreadyWritten; '.repeat(3);
  for (const early of ['early&', '']) {
    const { text } = await trellis.ask('POST', `/stream?${early}${late}`, { cookie });
    assert.equal(text, `1: ${'SessionAlreadyWritten; '.repeat(5)}${ofTree}`, early);
  }
  const warned = mock.method(trellis.site.log, 'warn');
  await trellis.ask('GET', '/stream?early&late=read', { cookie });
  assert.equal(warned.mock.callCount(), 0);
  for (const early of ['early&', '']) {
    await trellis.ask('GET', `/stream?${early}late=push`, { cookie });
    const [[about, words] = []] = warned.mock.calls.map((call) => call.arguments);
    assert.deepEqual(about, { path: '/stream', keys: ['list'] }, early);
    assert.match(String(words), /changed after it was written, and that is lost/);
    warned.mock.resetCalls();
  }
  assert.equal((await trellis.ask('GET', '/stream?early&late=read', { cookie })).text, '1: read passed; ');
});
