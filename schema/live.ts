/**
 * Of what kind something is that an event tells of. `tree`: objects. `warnings`: standing conditions that come and go by
 * themselves. `proxy`: how the servers of a store stand. `users`: who may sign in, and who did. `server`: which processes
 * serve this tree.
 */
export const KINDS = ['tree', 'warnings', 'proxy', 'users', 'server'] as const;
export type Kind = (typeof KINDS)[number];

/** The header of a request that nobody made: a page looked again by itself. It is no use of the login. */
export const BACKGROUND = 'trellis-background';
