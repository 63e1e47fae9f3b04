import { Observable } from './observable.ts';

/** The session of whoever was signed in ended while they worked. Until they sign in again, their page stays and looks at nothing by itself. */
export const hasEnded = new Observable(false);
