import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { LinkHere, ObjectMessage, Warning } from '../../../schema/endpoints/objects.ts';
import type { SessionAbout } from '../../../schema/endpoints/session-test.ts';
import { keptBy, whereSiteSessionsAre } from './words.ts';

const about: SessionAbout = {
  created: '2026-11-22T05:39:25.226Z',
  lastAccess: '2026-11-22T05:39:25.226Z',
  expires: null,
  bytes: 47,
  maxBytes: 262_144,
  places: [],
};

test('a session is kept by its first place, and by those of its copies', () => {
  const texts = [[], ['a:1'], ['a:1', 'b:2'], ['a:1', 'b:2', 'c:3']].map((places) =>
    keptBy({ server: places[0] ?? null, about: { ...about, places } }),
  );
  assert.deepEqual(texts, ['This process', 'a:1', 'a:1, copy b:2', 'a:1, copies b:2, c:3']);
});

test('the site’s sessions are here where a manager points here', () => {
  const where = whereSiteSessionsAre(object([link('/session_data_manager', 'container_path')]), []);
  assert.deepEqual(where, { isHere: true, text: 'are kept here:', manager: '/session_data_manager' });
});

test('the notice that they are elsewhere counts more than a manager further away that points here', () => {
  const notice: Warning = {
    severity: 'warning',
    text: "The site's sessions are kept in /temp_folder/session_data, not here.",
    short: 'Not the site’s container',
    remedy: { label: 'Use this container', path: '/near', properties: { container_path: '/mcsdc' } },
  };
  const where = whereSiteSessionsAre(object([link('/far', 'container_path')]), [notice]);
  assert.deepEqual(where, {
    isHere: false,
    text: 'are kept in /temp_folder/session_data, not here.',
    manager: '/near',
  });
});

test('a notice that names its manager is not given it again', () => {
  const notice: Warning = {
    severity: 'warning',
    text: 'Sessions are off: the container path of /near is empty.',
    short: 'Not the site’s container',
    remedy: { label: 'Use this container', path: '/near', properties: { container_path: '/mcsdc' } },
  };
  const { text, manager } = whereSiteSessionsAre(object([]), [notice]);
  assert.deepEqual([text, manager], ['Sessions are off: the container path of /near is empty.', undefined]);
});

test('without a manager the site has no sessions', () => {
  const where = whereSiteSessionsAre(object([link('/mccache', 'proxy_path')]), []);
  assert.equal(where.isHere, false);
  assert.match(where.text, /^are off/);
});

function object(pointsHere: readonly LinkHere[]): ObjectMessage {
  return { pointsHere } as unknown as ObjectMessage;
}

function link(path: string, property: string): LinkHere {
  return { path, property, type: '', icon: '', title: '', note: '', loss: '' };
}
