import type { TreeObject } from './object.ts';
import type { TypeDefinition } from './types.ts';

/** What a type does when something happens, as its declaration says. */
export interface Listener {
  readonly event: TreeEvent<unknown>;
  readonly hear: (about: never) => unknown;
}

/** Something that types can ask to be told of, once it is committed. */
export class TreeEvent<About> {
  readonly name: string;

  constructor(name: string) {
    this.name = name;
  }

  /** For the `events` of a type: what it does then. */
  by(hear: (about: About) => unknown): Listener {
    return { event: this, hear };
  }
}

/** An object of the type is gone. */
export const REMOVED = new TreeEvent<TreeObject>('removed');

/** What a type does when it is told of an event; nothing, where it did not ask to be told. */
export function listenersTo<About>(
  event: TreeEvent<About>,
  { events = [] }: TypeDefinition,
): readonly ((about: About) => unknown)[] {
  return events.flatMap((each) => (each.event === event ? [each.hear as (about: About) => unknown] : []));
}
