import type { ObjectMessage } from '../../schema/endpoints/objects.ts';

/** An element changed the object it was given, or something in it. The page loads it anew, or takes the one given. */
export class ObjectChanged extends Event {
  static readonly type = 'object-changed';
  readonly object: ObjectMessage | undefined;

  constructor(object?: ObjectMessage) {
    super(ObjectChanged.type, { bubbles: true, composed: true });
    this.object = object;
  }
}

const followers = new Set<() => void>();

/** Something in the tree of objects is not as it was: whoever shows it looks again. */
export function announceChange(): void {
  for (const follower of followers) follower();
}

export function followChanges(follower: () => void): () => void {
  followers.add(follower);
  return () => followers.delete(follower);
}
