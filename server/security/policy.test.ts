import { test } from 'node:test';
import assert from 'node:assert/strict';
import { allPermissions } from '../../schema/permissions.ts';
import { ANONYMOUS, mayUse, rolesOf, type Principal } from './policy.ts';

const page = { owner: 'olga' };
const manager: Principal = { name: 'mary', roles: ['Manager'] };
const member: Principal = { name: 'olga', roles: [] };

test('whoever is not signed in is Anonymous and nothing else', () => {
  assert.deepEqual(rolesOf(ANONYMOUS, page), ['Anonymous']);
  assert.deepEqual(rolesOf({ name: null, roles: ['Manager'] }, { owner: null }), ['Anonymous']);
});

test('an owner has the role Owner on what is theirs, and not elsewhere', () => {
  assert.deepEqual(new Set(rolesOf(member, page)), new Set(['Owner', 'Authenticated', 'Anonymous']));
  assert.ok(!rolesOf(member, { owner: 'mary' }).includes('Owner'));
  assert.ok(!rolesOf(member, { owner: null }).includes('Owner'));
});

test('a manager may do everything, everywhere', () => {
  for (const { name } of allPermissions()) assert.ok(mayUse(manager, name, page), name);
});

test('a permission that nobody declared is refused as a mistake of the program', () => {
  assert.throws(() => mayUse(member, 'Manage propertys', page), /"Manage propertys" is not declared/);
});
