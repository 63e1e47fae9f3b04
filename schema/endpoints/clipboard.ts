/** POST /api/<folder>/@copy */
export interface CopyRequest {
  readonly paths: readonly string[];
}

/** POST /api/<folder>/@move */
export interface MoveRequest extends CopyRequest {
  /** Paths of other objects that lead to what is moved, or into it, are changed with it, unless this is false. */
  readonly updateLinks?: boolean;
}

/** Where an object was, and where it or its copy is now. */
export interface Pasted {
  readonly from: string;
  readonly path: string;
}

/** A path property of an object. */
export interface PathProperty {
  readonly path: string;
  readonly property: string;
}

/** What is found upward for a service is another object, or none. */
export interface ServiceChange {
  /** The paths of those who find it, a few of them, and how many they are. */
  readonly users: readonly string[];
  readonly count: number;
  /** What they found. */
  readonly before: string;
  /** What they find in its place; `null`: nothing that the caller could see. */
  readonly after: string | null;
  /** All of it as a sentence without its full stop. */
  readonly text: string;
}

export interface CopiedMessage {
  readonly items: readonly Pasted[];
  /** Objects inside that were not copied, because the caller may not see them. */
  readonly leftOut: number;
  readonly services: readonly ServiceChange[];
}

/** What a change of place meant for others. */
export interface FollowedMessage {
  /** Led there, and lead there still. */
  readonly updated: readonly PathProperty[];
  /** Led there, and lead nowhere now. */
  readonly dangling: readonly PathProperty[];
  readonly services: readonly ServiceChange[];
}

export interface MovedMessage extends FollowedMessage {
  readonly items: readonly Pasted[];
}
