/** POST /api/<folder>/@copy */
export interface CopyRequest {
  readonly paths: readonly string[];
}

/** POST /api/<folder>/@move */
export interface MoveRequest extends CopyRequest {
  /** Paths of other objects that lead to what is moved, or into it, are changed with it. */
  readonly updateLinks?: boolean;
}

/** Where an object was, and where it or its copy is now. */
export interface Pasted {
  readonly from: string;
  readonly path: string;
}

export interface CopiedMessage {
  readonly items: readonly Pasted[];
  /** Objects inside that were not copied, because the caller may not see them. */
  readonly leftOut: number;
}

/** A path property of an object. */
export interface PathProperty {
  readonly path: string;
  readonly property: string;
}

export interface MovedMessage {
  readonly items: readonly Pasted[];
  /** Led to what was moved, and lead there still. */
  readonly updated: readonly PathProperty[];
  /** Led there, and lead nowhere now. */
  readonly dangling: readonly PathProperty[];
}
