/**
 * The elements of tabs that the interface brings itself, for types that use them; each is a file in client/tabs. A list, since
 * the package for applications checks types where no client folder is.
 */
export const INTERFACE_TABS: readonly string[] = [
  'associate-tab',
  'cache-statistics-tab',
  'cache-tab',
  'content-tab',
  'contents-tab',
  'keys-tab',
  'overview-tab',
  'properties-tab',
  'servers-tab',
  'session-manager-tab',
  'session-statistics-tab',
  'session-test-tab',
  'sessions-tab',
  'template-edit-tab',
  'users-tab',
];
