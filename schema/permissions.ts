/** What a view asks of whoever calls it. */
export interface Permission {
  readonly name: string;
  /** One line that says what it is for. */
  readonly description: string;
  /** The roles that have it where nothing else is said. Manager has every permission and is not listed. */
  readonly roles: readonly string[];
}

export interface Role {
  readonly name: string;
  readonly description: string;
  /** Can be given to a user; the others come by themselves. */
  readonly isGivable: boolean;
}

/** The roles that every tree has. */
export const ROLES: readonly Role[] = [
  { name: 'Manager', description: 'May do everything, everywhere.', isGivable: true },
  {
    name: 'Owner',
    description: 'Whoever added an object, for that object; given to a user, for all objects.',
    isGivable: true,
  },
  { name: 'Authenticated', description: 'Everybody who is signed in.', isGivable: false },
  { name: 'Anonymous', description: 'Everybody, signed in or not.', isGivable: false },
];

const permissions = new Map<string, Permission>();

/**
 * Makes a permission known, once; a product declares its own before its types use them. A name that is taken is refused,
 * unless it is declared in the same words.
 */
export function declarePermission(permission: Permission): Permission {
  const known = permissions.get(permission.name);
  if (known !== undefined && JSON.stringify(known) !== JSON.stringify(permission)) {
    throw new Error(
      `The permission "${permission.name}" is declared already, with another meaning. Choose another name.`,
    );
  }
  permissions.set(permission.name, permission);
  return permission;
}

export function findPermission(name: string): Permission | undefined {
  return permissions.get(name);
}

/** All permissions that were declared, by name. */
export function allPermissions(): readonly Permission[] {
  return [...permissions.values()].sort((one, other) => (one.name < other.name ? -1 : 1));
}

/** Whether one of these roles has the permission where nothing else is said. */
export function isGranted(permissionName: string, roles: readonly string[]): boolean {
  const permission = permissions.get(permissionName);
  if (permission === undefined) {
    throw new Error(`The permission "${permissionName}" is not declared. Declare it with declarePermission.`);
  }
  return roles.some((role) => role === 'Manager' || permission.roles.includes(role));
}

/** What every object and every folder may ask for. What one product alone asks for, it declares itself. */
const GENERAL: readonly Permission[] = [
  { name: 'View', description: 'See what an object publishes at its path.', roles: ['Anonymous', 'Authenticated'] },
  {
    name: 'Look after own sessions',
    description: 'See and end one’s own logins and sessions, and nobody else’s.',
    roles: ['Authenticated'],
  },
  { name: 'Take ownership', description: 'Become the owner of an object.', roles: ['Owner'] },
  { name: 'View management screens', description: 'See an object in the interface.', roles: [] },
  { name: 'Access contents information', description: 'See which objects a folder contains.', roles: [] },
  { name: 'Manage properties', description: "Change an object's title and properties.", roles: [] },
  { name: 'Delete objects', description: 'Delete, rename and move away what a folder contains.', roles: [] },
];
GENERAL.forEach(declarePermission);
