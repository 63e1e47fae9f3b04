/**
 * The shape of every JSON message between the server and whoever uses its API, a file for each concern. These are what
 * nearly every file needs some of, and are had from here; the others are imported from where they are.
 */
export * from './messages/problems.ts';
export * from './messages/access.ts';
export * from './messages/forms.ts';
export * from './messages/objects.ts';
export * from './messages/servers.ts';
export * from './messages/sessions.ts';
export * from './messages/session-way.ts';
export * from './messages/users.ts';
