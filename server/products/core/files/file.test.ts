import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { ChildrenMessage, ObjectMessage } from '../../../../schema/endpoints/objects.ts';
import type { ContentMessage } from '../../../../schema/endpoints/files.ts';
import { gif, png } from '../../../../e2e/support/chromium/images.ts';
import { openTestInstallation } from '../../../testing.ts';

test('an uploaded picture is an Image that knows its size, and is shown in its folder with it', async () => {
  await using trellis = await openTestInstallation();
  const bytes = png(300, 200);
  const made = await trellis.ask('POST', '/api/@upload?id=tree.png', { bytes });
  assert.equal(made.status, 201, made.text);
  const { type, properties, tabs } = made.json<ObjectMessage>();
  assert.deepEqual([type, properties], ['Image', { content_type: 'image/png', width: 300, height: 200 }]);
  assert.deepEqual(
    tabs.map(({ id }) => id),
    ['content', 'properties'],
  );
  const shown = (await trellis.ask('GET', '/api/tree.png/@content')).json<ContentMessage>();
  assert.deepEqual(shown, {
    address: '/tree.png',
    bytes: bytes.length,
    contentType: 'image/png',
    words: 'PNG image',
    isShown: true,
    isImage: true,
    pixels: { width: 300, height: 200 },
  });
  const { items } = (await trellis.ask('GET', '/api/@children?filter=tree')).json<ChildrenMessage>();
  assert.deepEqual([items[0]?.size, items[0]?.sizeLabel], [bytes.length, '1 KiB']);
});

test('the name where it comes from decides the type, the id only where there is none', async () => {
  await using trellis = await openTestInstallation();
  const upload = async (query: string) =>
    (await trellis.ask('POST', `/api/@upload?${query}`, { bytes: png(1, 1) })).json<ObjectMessage>();
  assert.equal((await upload('id=logo&name=logo.png')).type, 'Image');
  assert.equal((await upload('id=bytes')).type, 'File');
  assert.equal((await upload('id=other.png&name=other.html')).type, 'File');
});

test('an id that is taken or breaks a rule is refused by its rule, and nothing of the bytes is asked for', async () => {
  await using trellis = await openTestInstallation();
  const unread = { bytes: Buffer.alloc(0) };
  for (const id of ['index_html', '_x', '', 'a%2Fb']) {
    const answer = await trellis.ask('POST', `/api/@upload?id=${id}`, unread);
    assert.equal(answer.status, 422);
    assert.match(answer.text, /"pointer":"\/id"/);
  }
});

test('bytes are replaced only from the revision that is there, and history keeps the old ones', async () => {
  await using trellis = await openTestInstallation();
  await trellis.ask('POST', '/api/@upload?id=a.txt', { bytes: Buffer.from('one') });
  const replace = (text: string, etag: string) =>
    trellis.ask('POST', '/api/a.txt/@content', { bytes: Buffer.from(text), headers: { 'if-match': etag } });
  assert.equal((await replace('two', '"1"')).headers['etag'], '"2"');
  const late = await replace('three', '"1"');
  assert.equal(late.status, 412);
  assert.equal((await trellis.ask('GET', '/a.txt')).text, 'two');
  const tree = await trellis.database.open(null);
  const object = await tree.get('/a.txt');
  const [, first] = await tree.revisions(object, 5);
  const old = tree.blobsOf(object).read(first?.state?.content ?? assert.fail('no content'));
  assert.equal(Buffer.concat(await Array.fromAsync(old)).toString(), 'one');
});

test('an Image keeps images; a File keeps anything', async () => {
  await using trellis = await openTestInstallation();
  await trellis.ask('POST', '/api/@upload?id=a.png', { bytes: png(1, 1) });
  const refused = await trellis.ask('POST', '/api/a.png/@content', { bytes: Buffer.from('words') });
  assert.equal(refused.status, 422);
  assert.match(refused.text, /These bytes are not an image/);
  const other = await trellis.ask('POST', '/api/a.png/@content?name=b.gif', { bytes: gif(7, 8) });
  assert.deepEqual(other.json<ObjectMessage>().properties, { content_type: 'image/gif', width: 7, height: 8 });
  await trellis.ask('POST', '/api/@upload?id=b.txt', { bytes: Buffer.from('words') });
  const file = await trellis.ask('POST', '/api/b.txt/@content?name=c.gif', { bytes: gif(7, 8) });
  assert.deepEqual(file.json<ObjectMessage>().properties, { content_type: 'image/gif' });
});

test('the type can be changed to what the bytes are, and to nothing else', async () => {
  await using trellis = await openTestInstallation();
  await trellis.ask('POST', '/api/@upload?id=notes', { bytes: Buffer.from('words') });
  const change = (content_type: string) =>
    trellis.ask('PATCH', '/api/notes', { body: { properties: { content_type } } });
  assert.equal((await change('text/plain')).status, 200);
  assert.equal((await trellis.ask('GET', '/notes')).headers['content-disposition']?.slice(0, 6), 'inline');
  const wrong = await change('image/png');
  assert.equal(wrong.status, 422);
  assert.match(wrong.text, /The bytes of this file are not what 'image\/png' is \(PNG image\)/);
  for (const type of ['text/html', 'image/svg+xml', 'text/javascript', 'application/xhtml+xml']) {
    assert.match((await change(type)).text, /is not one of the choices/);
  }
  assert.equal((await trellis.ask('PATCH', '/api/notes', { body: { properties: { width: 5 } } })).status, 422);
});

test('a file to which nothing was uploaded yet is there, and publishes nothing', async () => {
  await using trellis = await openTestInstallation();
  assert.equal((await trellis.ask('POST', '/api', { body: { type: 'File', id: 'empty' } })).status, 201);
  const { bytes, contentType } = (await trellis.ask('GET', '/api/empty/@content')).json<ContentMessage>();
  assert.deepEqual([bytes, contentType], [0, null]);
  assert.equal((await trellis.ask('GET', '/empty')).status, 404);
});

test('a file in a temporary folder lives in memory, and is gone with its object’s last revision', async () => {
  await using trellis = await openTestInstallation();
  const made = await trellis.ask('POST', '/api/temp_folder/@upload?id=a.txt', { bytes: Buffer.from('short') });
  assert.equal(made.status, 201);
  assert.equal((await trellis.ask('GET', '/temp_folder/a.txt')).text, 'short');
});

test('bytes where JSON is expected, and JSON where bytes are, are 415 with what would be right', async () => {
  await using trellis = await openTestInstallation();
  const bytes = await trellis.ask('POST', '/api', { bytes: Buffer.from('{}') });
  assert.equal(bytes.status, 415);
  assert.match(bytes.text, /must be application\/json/);
  const json = await trellis.ask('POST', '/api/@upload?id=a', { body: {} });
  assert.equal(json.status, 415);
  assert.match(json.text, /must be application\/octet-stream/);
});
