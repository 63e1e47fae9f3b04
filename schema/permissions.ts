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

const EVERYBODY = ['Anonymous', 'Authenticated'];

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

function declareAll(roles: readonly string[], descriptions: Readonly<Record<string, string>>): void {
  for (const [name, description] of Object.entries(descriptions)) declarePermission({ name, description, roles });
}

declareAll(EVERYBODY, {
  View: 'See what an object publishes at its path.',
  'Access session data': 'Have a session, and read and change what is in it.',
});

declareAll(['Authenticated'], {
  'Look after own sessions': 'See and end one’s own logins and sessions, and nobody else’s.',
});

declareAll(['Owner'], {
  'Take ownership': 'Become the owner of an object.',
});

declareAll([], {
  'View management screens': 'See an object in the interface.',
  'Access contents information': 'See which objects a folder contains.',
  'Manage properties': "Change an object's title and properties.",
  'Delete objects': 'Delete, rename and move away what a folder contains.',
  'Manage users': 'Add and remove users, and change their passwords and roles.',
  'Access arbitrary user session data': 'See and end the sessions of others.',
  'Inspect cache contents':
    'See every key on the memcached servers of a proxy, and what is under it, whoever put it there.',
  'Change Session Data Managers': 'Change where sessions are kept and what they are called.',
  'Change Browser Id Managers': 'Change how browsers are recognised.',
  'Change cache settings': 'Choose the cache manager of an object, and forget what it keeps of it.',
  'Change cache managers': 'Change how a cache manager keeps pages, and of which objects.',
  'Add RAM Cache Managers': 'Add cache managers that keep pages in process memory.',
  'Add MemCache Cache Managers': 'Add cache managers that keep pages in memcached.',
  'Add Folders': 'Add folders.',
  'Add User Folders': 'Add user folders.',
  'Add Page Templates': 'Add page templates.',
  'Add Documents, Images, and Files': 'Upload files and images.',
  'Change Images and Files': 'Replace the contents of files and images, and change their types.',
  'Add Temporary Folders': 'Add temporary folders.',
  'Add Transient Object Containers': 'Add containers that keep sessions in process memory.',
  'Add MemCache Proxies': 'Add proxies, and so name memcached servers.',
  'Add MemCache Session Data Containers': 'Add containers that keep sessions in memcached.',
  'Add Session Data Managers': 'Add session data managers.',
  'Add Browser Id Managers': 'Add browser id managers.',
});
