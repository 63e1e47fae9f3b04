import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isSetUp, keptWords } from './kept-words.ts';

const found = {
  manager: '/session_data_manager',
  browserIds: '/browser_id_manager',
  container: '/temp_folder/session_data',
  containerType: 'Transient Object Container',
  store: null,
  servers: 0,
  held: '',
  unreached: [],
  on: true,
  text: 'Sessions are on',
};
const behindProxy = {
  ...found,
  container: '/mcsdc',
  containerType: 'MemCache Session Data Container',
  store: '/mcproxy',
};

test('sessions that are kept in the process are said to vanish with it, also behind a proxy without servers', () => {
  const words = (path: string) =>
    `Sessions are on, in this process: ${path} keeps them in its memory. They vanish when it restarts, and no other process has them.`;
  assert.equal(keptWords(found), words('/temp_folder/session_data'));
  assert.equal(keptWords(behindProxy), words('/mcsdc'));
  assert.deepEqual([isSetUp(found), isSetUp(behindProxy)], [false, false]);
});

test('behind servers, sessions are set up, whether or not these answer just now', () => {
  const setUp = { ...behindProxy, servers: 2 };
  assert.equal(isSetUp(setUp), true);
  assert.equal(keptWords(setUp), 'Sessions are on. Kept in /mcsdc, behind /mcproxy, in memcached: 2 servers.');
  const silent = { ...setUp, on: false, text: 'No server answers' };
  assert.equal(isSetUp(silent), true);
  assert.match(keptWords(silent), /^No server answers\. Kept in \/mcsdc/);
});

test('why sessions are off is said, and a container of another type is named by it', () => {
  assert.equal(
    keptWords({ ...found, on: false, text: 'Sessions are off: nothing is there.' }),
    'Sessions are off: nothing is there.',
  );
  assert.equal(
    keptWords({ ...found, container: '/x', containerType: 'Own Container' }),
    'Sessions are on, in /x, a Own Container.',
  );
});
