import type { TreeObject } from '../objects/object.ts';

/**
 * What an answer is made from: its view says it while it makes the answer, so that whoever keeps the answer knows for
 * whom and how long it holds. Naming too much costs hits; naming too little shows what is no longer true.
 */
export interface Reads {
  /** Something of this object is shown: a property, its title, its path, or whether the caller may see it. */
  object(object: TreeObject): void;
  /** What this folder contains is shown, or something of what it contains; or that it contains nothing of some name. */
  listing(folder: TreeObject): void;
  /** It depends on who asks, and not only on their roles. */
  user(): void;
  /** It depends on this value of the query or the form. */
  request(name: string): void;
  /** It depends on the session, the time or chance: nobody may keep it. */
  never(): void;
}

/** For answers that nobody keeps, which most are: nothing is written down. */
export const unrecorded: Reads = {
  object() {},
  listing() {},
  user() {},
  request() {},
  never() {},
};
