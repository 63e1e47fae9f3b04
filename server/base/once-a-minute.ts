import { BoundedMap } from './bounded-map.ts';

const PAUSE_MS = 60_000;
const MOST = 200;

/** Keeps a flood of one kind out of the log: the same is said once a minute, with how often it was so meanwhile. */
export class OnceAMinute {
  readonly #said = new BoundedMap<string, { readonly at: number; more: number }>(MOST);

  /** How often this was so since it was said last; `undefined` where it is too soon to say it again. */
  isDue(what: string): number | undefined {
    const now = performance.now();
    const said = this.#said.get(what);
    if (said !== undefined && now - said.at < PAUSE_MS) {
      said.more += 1;
      return undefined;
    }
    this.#said.set(what, { at: now, more: 0 });
    return said?.more ?? 0;
  }
}
