/** What keeps a request from its session: the `cause` of the SessionRefusal that an application gets. */
export { Conflict } from '../base/errors.ts';
export {
  MemoryFull,
  ServerRefused,
  ServerUnreachable,
  Timeout,
  ValueTooLarge,
  type Reason,
} from '../memcache/errors.ts';
export { SessionsClosed, SessionsNotShared } from './open-sessions.ts';
export { SessionRefusal } from './refusal.ts';
