import { test } from 'node:test';
import assert from 'node:assert/strict';
import { allPermissions, declarePermission, findPermission, isGranted, ROLES } from './permissions.ts';

test('every permission and role says in one line what it is for', () => {
  for (const { name, description } of [...allPermissions(), ...ROLES]) {
    assert.match(description, /^[A-Z][^\n]+\.$/, name);
  }
});

test('the default roles of every permission are roles that exist', () => {
  const known = ROLES.map(({ name }) => name);
  for (const { name, roles } of allPermissions()) {
    for (const role of roles) assert.ok(known.includes(role), `${name}: ${role}`);
  }
});

test('a product declares a permission of its own, which a Manager then has', () => {
  const permission = { name: 'Add Weather Stations', description: 'Add weather stations.', roles: ['Owner'] };
  declarePermission(permission);
  declarePermission({ ...permission });
  assert.equal(findPermission('Add Weather Stations')?.description, 'Add weather stations.');
  assert.ok(isGranted('Add Weather Stations', ['Manager']));
  assert.ok(isGranted('Add Weather Stations', ['Owner']));
  assert.ok(!isGranted('Add Weather Stations', ['Anonymous', 'Authenticated']));
});

test('a permission cannot be given another meaning by a second product', () => {
  assert.throws(
    () => declarePermission({ name: 'View', description: 'See all.', roles: [] }),
    /"View" is declared already/,
  );
});
