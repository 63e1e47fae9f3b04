import { Observable } from '../state/observable.ts';
import { identity } from './identity.ts';

/** Objects that were chosen to be copied or moved to another folder. */
export interface Clipboard {
  readonly action: 'copy' | 'cut';
  /** The path of the folder that they are in. */
  readonly folder: string;
  readonly paths: readonly string[];
}

/** Kept as long as the page, and for nobody but whoever filled it. */
export const clipboard = new Observable<Clipboard | undefined>(undefined);

identity.follow((me) => {
  if (!me?.user) clipboard.set(undefined);
});
