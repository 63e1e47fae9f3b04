import type { ObjectMessage } from '../../schema/messages/objects.ts';

/** An element changed the object it was given, or something in it. The page loads it anew, or takes the one given. */
export class ObjectChanged extends Event {
  static readonly type = 'object-changed';
  readonly object: ObjectMessage | undefined;

  constructor(object?: ObjectMessage) {
    super(ObjectChanged.type, { bubbles: true, composed: true });
    this.object = object;
  }
}

const followers = new Set<(path: string) => void>();

/** Something at this path, or directly in it, is not as it was: whoever shows it (the tree) looks again. */
export function announceChange(path: string): void {
  for (const follower of followers) follower(path);
}

export function followChanges(follower: (path: string) => void): () => void {
  followers.add(follower);
  return () => followers.delete(follower);
}
