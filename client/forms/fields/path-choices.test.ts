import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { PathCandidate } from '../../../schema/endpoints/forms.ts';
import { aboutCandidate, countOf, offered } from './path-choices.ts';

const few = ['/mcsdc', '/temp_folder/session_data'].map(candidate);
const many = ['/a', '/b', '/shop/c', '/shop/d', '/e', '/f'].map(candidate);

test('a short list stays as it is, whatever is typed', () => {
  assert.deepEqual(offered(few, '/mc'), few);
});

test('a long list narrows to what was typed, unless nothing would be left or the path is complete', () => {
  assert.deepEqual(offered(many, '/SHOP').map(pathOf), ['/shop/c', '/shop/d']);
  assert.deepEqual(offered(many, '/nowhere'), many);
  assert.deepEqual(offered(many, '/shop/c'), many);
});

test('the count speaks of what is wanted', () => {
  assert.equal(countOf(few, { wanted: 'a session data container' }), '2 containers');
  assert.equal(countOf(few.slice(1), { wanted: 'a MemCache Proxy or another store' }), '1 store');
});

test('a title that says no more than the id is not repeated', () => {
  assert.equal(aboutCandidate(candidate('/shop/c')), 'Folder');
  assert.equal(aboutCandidate({ ...candidate('/shop/c'), title: 'Shop' }), 'Folder, Shop');
});

function candidate(path: string): PathCandidate {
  return { path, type: 'Folder', icon: 'folder', title: path.split('/').at(-1)!, note: '' };
}

function pathOf({ path }: PathCandidate): string {
  return path;
}
