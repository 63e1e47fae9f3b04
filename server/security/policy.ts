import { isGranted } from '../../schema/permissions.ts';

/** Who asks: a user with the roles given to them, or nobody in particular. */
export interface Principal {
  /** `null`: not signed in. */
  readonly name: string | null;
  readonly roles: readonly string[];
}

/** What is asked about, as far as security looks at it. */
interface Guarded {
  readonly owner: string | null;
}

export const ANONYMOUS: Principal = { name: null, roles: [] };

/** Every role that somebody has on an object: those given, those that come by themselves, and Owner on what is theirs. */
export function rolesOf(user: Principal, object: Guarded): readonly string[] {
  if (user.name === null) return ['Anonymous'];
  const roles = new Set([...user.roles, 'Authenticated', 'Anonymous']);
  if (object.owner === user.name) roles.add('Owner');
  return [...roles];
}

/** Whether somebody may use a permission on an object. */
export function mayUse(user: Principal, permission: string, object: Guarded): boolean {
  return isGranted(permission, rolesOf(user, object));
}
