import { Observable } from './observable.ts';
import { readPreference, writePreference } from './preferences.ts';

/** Whether the root's Contents lead to the start page: until somebody says in this browser that they need it no more. */
export const isInvited = new Observable(readPreference('start-page') !== 'known');

export function endInvitation(): void {
  writePreference('start-page', 'known');
  isInvited.set(false);
}
