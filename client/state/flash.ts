import { hasEnded } from './ended.ts';
import { Observable } from './observable.ts';

/** What was just done, or could not be. Good news goes by itself; bad news stays until it is closed. */
export interface Flash {
  readonly text: string;
  readonly kind: 'done' | 'failed';
  /** Said after the text as a warning: "10.0.0.9:11211 does not answer." */
  readonly trouble?: string | undefined;
  readonly action?: FlashAction | undefined;
}

/** What may well be done next. */
export interface FlashAction {
  readonly label: string;
  readonly run: () => unknown;
}

export const flashes = new Observable<readonly Flash[]>([]);

export function flash(text: string, trouble?: string, action?: FlashAction): void {
  add({ text, kind: 'done', trouble, action });
}

/** Whose session ended is told that alone: what it stopped could not be said any better. */
export function flashFailure(text: string): void {
  if (!hasEnded.get()) add({ text, kind: 'failed' });
}

export function closeFlash(which: Flash): void {
  flashes.set(flashes.get().filter((flash) => flash !== which));
}

function add(which: Flash): void {
  // Said again, it takes the place of the first: no pile of one sentence.
  const others = flashes
    .get()
    .filter(({ text, kind, trouble }) => text !== which.text || kind !== which.kind || trouble !== which.trouble);
  flashes.set([...others.slice(-2), which]);
}
