import assert from 'node:assert/strict';
import { test } from 'node:test';
import Koa from 'koa';
import { html, json, noContent, type Response } from '../publisher/request.ts';
import { securityHeaders } from './headers.ts';
import { send } from './send.ts';
import { ask } from './testing.ts';

function sent(response: Response, method = 'GET', further?: Readonly<Record<string, string>>) {
  const app = new Koa().use((context) => send(context, response, securityHeaders(false), further));
  return ask(app.callback(), '/', { method });
}

test('an answer goes out with its status, its length, and the headers of its kind', async () => {
  const { status, headers, text } = await sent({ ...html('<p>ä'), status: 404 });
  assert.deepEqual([status, headers['content-length'], text], [404, '5', '<p>ä']);
  assert.match(String(headers['content-security-policy']), /script-src 'none'/);
});

test('its own headers stand before those of its kind, and those of the connection before both', async () => {
  const own = { ...html(''), headers: { 'cache-control': 'no-store', connection: 'keep-alive' } };
  const { headers } = await sent(own, 'GET', { connection: 'close', 'www-authenticate': 'Basic' });
  assert.deepEqual(
    [headers['cache-control'], headers['connection'], headers['www-authenticate']],
    ['no-store', 'close', 'Basic'],
  );
});

test('each cookie has a line of its own', async () => {
  const cookies = ['a=1; Path=/', 'b=2; Path=/'];
  assert.deepEqual((await sent({ ...json({}), cookies })).headers['set-cookie'], cookies);
  assert.equal((await sent(json({}))).headers['set-cookie'], undefined);
});

test('the head of an answer tells how long it is, and nothing is sent of it', async () => {
  const { headers, text } = await sent(html('12345'), 'HEAD');
  assert.deepEqual([headers['content-length'], text], ['5', '']);
});

test('of nothing the length is told where there could be something', async () => {
  const lengthOf = async (response: Response) => (await sent(response)).headers['content-length'];
  assert.equal(await lengthOf({ ...noContent(), status: 200 }), '0');
  assert.deepEqual(
    [await lengthOf(noContent()), await lengthOf({ ...noContent(), status: 304 })],
    [undefined, undefined],
  );
});

test('an answer in pieces goes out as it is made, with the length that its headers tell', async () => {
  let made = 0;
  async function* body() {
    while (made < 3) yield Buffer.from(`piece ${(made += 1)} `);
  }
  const headers = { 'content-type': 'text/plain', 'content-length': '24' };
  const answered = await sent({ status: 200, headers, body: body(), kind: 'file' });
  assert.deepEqual([answered.text, answered.headers['content-length']], ['piece 1 piece 2 piece 3 ', '24']);
  assert.match(String(answered.headers['content-security-policy']), /^sandbox/);
});
