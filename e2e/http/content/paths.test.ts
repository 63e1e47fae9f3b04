import assert from 'node:assert/strict';
import { connect } from 'node:net';
import { after, test } from 'node:test';
import fc from 'fast-check';
import type { ObjectMessage } from '../../../schema/endpoints/objects.ts';
import { basic, startServer } from '../../support/server.ts';
import { eachOf, managerOf } from '../client.ts';

const server = await startServer();
after(() => server[Symbol.asyncDispose]());
const manager = managerOf(server);

/** How many made-up addresses are tried; a longer run sets more. */
const TRIES = Number(process.env['FUZZ_TRIES'] ?? 4000);

const PIECES = [
  'index_html',
  'secret',
  'folder',
  'inner',
  '..',
  '.',
  '%2e%2e',
  '%2E',
  '%2f',
  '%5c',
  '\\',
  '%00',
  '%ff',
  '%c0%af',
  '%c0%ae',
  '%25',
  '%252f',
  '%252e%252e',
  '%',
  '%u002e',
  ';',
  '?',
  '#',
  '+',
  ' ',
  '%20',
  '@',
  '@@',
  '@children',
  '@rename',
  '@copy',
  '@move',
  '@test',
  '@users',
  '__proto__',
  'constructor',
  'prototype',
  'toString',
  'api',
  'manage',
  'assets',
  '%e2%80%8b',
  'ä',
  '%C3%A4',
  '%ed%a0%80',
  'a'.repeat(300),
  '*',
  '[]',
  '{}',
  '|',
  '"',
  "'",
  '<',
  '>',
  '%0d%0a',
  '%09',
  '~',
  '//',
  'REQUEST',
];

await manager('/api/', { body: { type: 'Folder', id: 'folder' } });
await manager('/api/folder', { body: { type: 'Page Template', id: 'inner', properties: { text: 'the inner page' } } });
await manager('/api/', { body: { type: 'Page Template', id: 'secret', properties: { text: 'the secret page' } } });

/** The path that a URL path stands for, as a reader of the manual would work it out; nothing for what is no path. */
function meant(urlPath: string): string | undefined {
  const trimmed = urlPath.length > 1 && urlPath.endsWith('/') ? urlPath.slice(0, -1) : urlPath;
  try {
    return trimmed.split('/').map(decodeURIComponent).join('/') || '/';
  } catch {
    return undefined;
  }
}

/** Sends a request line as it is, also one that no client would send; gives the status. */
function sendRaw(target: string): Promise<number> {
  return new Promise((resolve, reject) => {
    const socket = connect(server.port, '127.0.0.1');
    let answer = '';
    socket.setEncoding('latin1').on('data', (text: string) => (answer += text));
    socket.on('error', reject);
    socket.on('close', () => resolve(Number(/^HTTP\/1\.1 (\d{3})/.exec(answer)?.[1] ?? 0)));
    const lines = [`GET ${target} HTTP/1.1`, 'Host: 127.0.0.1', `Authorization: ${basic()}`, 'Connection: close'];
    // Not ended from here: a server need not answer who hangs up.
    socket.write(`${lines.join('\r\n')}\r\n\r\n`, 'latin1');
  });
}

test(`of ${TRIES} made-up addresses none fails the server, and none leads to another object than it names`, async () => {
  const segment = fc.oneof(
    { weight: 4, arbitrary: fc.constantFrom(...PIECES) },
    { weight: 1, arbitrary: fc.string({ maxLength: 8 }).map(encodeURIComponent) },
    {
      weight: 1,
      arbitrary: fc.tuple(fc.constantFrom(...PIECES), fc.constantFrom(...PIECES)).map((two) => two.join('')),
    },
  );
  const address = fc
    .array(segment, { minLength: 0, maxLength: 5 })
    .map((segments) => `/api/${segments.join('/')}`.replaceAll(/[^\x21-\x7e]/g, encodeURIComponent));
  const addresses = fc.sample(address, { numRuns: TRIES, seed: 20261122 });
  const wrong: string[] = [];
  await eachOf(addresses, async (each) => {
    const answer = await manager(each);
    if (answer.status >= 500) wrong.push(`${each}: ${answer.status}`);
    const [path = ''] = each.split(/[?#]/);
    const isObject = answer.status === 200 && !path.includes('@');
    if (isObject && answer.json<ObjectMessage>().path !== (meant(path)?.slice('/api'.length) || '/')) {
      wrong.push(`${each} leads to ${answer.json<ObjectMessage>().path}`);
    }
    if (meant(path) === undefined && answer.status !== 400) wrong.push(`${each}: ${answer.status}, not 400`);
  });
  assert.deepEqual(wrong.slice(0, 20), []);
});

test('no spelling of a path reaches published content but its own', async () => {
  const others = [
    '/folder/../secret',
    '/folder/%2e%2e/secret',
    '/folder/..%2fsecret',
    '/./secret',
    '//secret',
    '/folder//inner',
    '/secret%00',
    '/secret%2f',
    '/%2fsecret',
    '/Secret',
    '/folder%2finner',
    '/folder%5cinner',
    '/secret/.',
    '/secret;x',
    '/%73ecret%',
    '/secret%c0%ae',
    '/folder/inner/..',
    '/api/../secret',
    '/manage/../secret',
    '/assets/../secret',
  ];
  for (const path of others) {
    const answer = await manager(path);
    assert.ok(
      answer.status === 400 || answer.status === 404 || path.startsWith('/manage'),
      `${path}: ${answer.status}`,
    );
    assert.doesNotMatch(answer.text, /the (secret|inner) page/, path);
  }
  assert.equal((await manager('/%73ecret')).text, 'the secret page', 'an encoded letter is that letter');
  assert.equal((await manager('/secret/')).text, 'the secret page', 'one slash at the end changes nothing');
  assert.equal((await manager('/secret?x=../folder')).text, 'the secret page');
});

test('no path leads to a file of the machine', async () => {
  const targets = ['package.json', '../package.json', '..%2f..%2fpackage.json', '%2e%2e/%2e%2e/server/main.ts'];
  for (const target of [...targets, '....//....//etc/passwd', '/etc/passwd', '%2fetc%2fpasswd', 'index.html']) {
    for (const base of ['/assets/', '/', '/manage/', '/api/', '/assets/../']) {
      const answer = await manager(base + target);
      assert.doesNotMatch(answer.text, /"dependencies"|root:x:|enableCompileCache/, base + target);
      assert.ok(answer.status < 500);
    }
  }
});

test('request lines that no client sends are answered and do not end the server', async () => {
  const targets = [
    '*',
    'http://evil.example/api/',
    '//evil.example/api',
    '/api/\xff',
    '/\\..\\secret',
    '/api/ä',
    'api',
    '?',
    '/api/%',
    `/${'a'.repeat(20_000)}`,
    '/api/@children?sort=%',
    '/api/@children?%00=%ff',
    '/api/@search?text=%ff%fe',
    '/?__proto__=1',
  ];
  for (const target of targets) {
    const status = await sendRaw(target);
    assert.ok(status >= 200 && status < 500, `${target.slice(0, 40)}: ${status}`);
  }
  assert.equal((await manager('/healthz')).status, 200);
});

test('an object whose id needs encoding is reached by it, and Location says how', async () => {
  for (const id of ['my page', 'grüße', '日本', "it's", 'a+b', 'a=b&c'.replace('&', ';'), 'x'.repeat(255), '100€']) {
    const added = await manager('/api/', { body: { type: 'Page Template', id, properties: { text: `I am ${id}` } } });
    assert.equal(added.status, 201, `${id}: ${added.text}`);
    const location = added.headers.location ?? '';
    assert.match(location, /^[\x21-\x7e]+$/);
    assert.equal((await manager(location)).json<ObjectMessage>().id, id);
    assert.equal((await manager(location.slice('/api'.length))).text, `I am ${id}`);
  }
});
