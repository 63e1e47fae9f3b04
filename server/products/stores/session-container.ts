import { capability } from '../../objects/capability.ts';
import type { SessionContainer } from '../../sessions/container.ts';

/** An object that keeps sessions, perhaps in a store. Where there is no way to that, the promise says what is missing. */
export const SESSION_CONTAINER = capability<Promise<SessionContainer>>('session.container', 'a session data container');
