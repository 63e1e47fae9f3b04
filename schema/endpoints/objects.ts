import type { FollowedMessage, ServiceChange } from './clipboard.ts';
import type { FieldResult, FormSchema } from './forms.ts';

export interface TabInfo {
  readonly id: string;
  readonly label: string;
  /** The custom element that draws it. */
  readonly element: string;
  /** The address of the module that defines the element, where a product brings it. Given by the server, never declared. */
  readonly module?: string;
  /** A faint figure after the label. */
  readonly count?: number;
  /** What its form says when it was saved, in place of "Saved changes." */
  readonly saved?: string;
}

/** A standing condition of an object, shown until it is over. */
export interface Warning {
  readonly severity: 'warning' | 'danger' | 'info';
  /** The sentence; what is before the first colon may be set in bold. */
  readonly text: string;
  /** A few words for lists: "1 of 3 servers is down". */
  readonly short: string;
  readonly link?: { readonly label: string; readonly path: string; readonly tab: string };
  /** A change that would end the condition, offered as a button: PATCH `properties` to `path`. */
  readonly remedy?: {
    readonly label: string;
    readonly path: string;
    readonly properties: Readonly<Record<string, unknown>>;
  };
}

/** An object that has a path property leading here. */
export interface LinkHere {
  readonly path: string;
  readonly type: string;
  readonly icon: string;
  readonly title: string;
  readonly property: string;
  /** What its working rests on: "4,812 sessions". Empty where there is nothing to say. */
  readonly note: string;
  /** What happens to it when this object goes: "sessions will be off". */
  readonly loss: string;
}

/** GET /api/<path> */
export interface ObjectMessage {
  readonly path: string;
  readonly id: string;
  readonly type: string;
  readonly title: string;
  readonly icon: string;
  readonly description: string;
  readonly revision: number;
  /** ISO 8601, as are all times in messages. */
  readonly created: string;
  readonly modified: string;
  readonly modifiedBy: string | null;
  readonly owner: string | null;
  readonly properties: Readonly<Record<string, unknown>>;
  readonly schema: FormSchema;
  readonly tabs: readonly TabInfo[];
  readonly warnings: readonly Warning[];
  /** Names of the types that may be added here; empty for what contains nothing. */
  readonly addable: readonly string[];
  readonly isFolder: boolean;
  /** Contents vanish when the server restarts. */
  readonly isTemporary: boolean;
  /** Its type is not installed: readable, deletable, nothing else. */
  readonly isBroken: boolean;
  /** The permission that changing its properties needs. */
  readonly changePermission: string;
  readonly may: {
    readonly change: boolean;
    readonly delete: boolean;
    readonly add: boolean;
    /** Delete and rename what is in it. */
    readonly deleteChildren: boolean;
  };
  /** How much is in it, as a sentence; `null` where there is nothing to say. */
  readonly count: string | null;
  readonly pointsHere: readonly LinkHere[];
  readonly lastChanges: readonly {
    readonly time: string;
    readonly user: string | null;
    readonly description: string;
  }[];
}

/** One row of GET /api/<folder>/@children */
export interface ChildItem {
  readonly id: string;
  readonly path: string;
  readonly type: string;
  readonly icon: string;
  readonly title: string;
  /** Bytes of the object's properties, or the number of items for a folder. */
  readonly size: number;
  /** The size in words: "1 KiB", "112 items", "3 servers". */
  readonly sizeLabel: string;
  readonly modified: string;
  readonly modifiedBy: string | null;
  readonly warnings: readonly Warning[];
  readonly isFolder: boolean;
}

export interface ChildrenMessage {
  readonly total: number;
  readonly items: readonly ChildItem[];
  /** The folder itself, as a list of its own folder would have it. */
  readonly folder: ChildItem;
}

/** One entry of GET /api/<folder>/@types */
export interface TypeInfo {
  readonly type: string;
  readonly title: string;
  readonly description: string;
  readonly icon: string;
  readonly group: string;
  readonly suggestedId: string;
  readonly schema: FormSchema;
}

export interface AddRequest {
  readonly type: string;
  readonly id: string;
  readonly title?: string;
  readonly properties?: Readonly<Record<string, unknown>>;
}

export interface ChangeRequest {
  readonly title?: string;
  readonly properties?: Readonly<Record<string, unknown>>;
}

/** The answer to a change of properties: the object, and what the change led to ("localhost:11211 answers in 0.3 ms"). */
export interface ChangedMessage extends ObjectMessage {
  readonly results: readonly FieldResult[];
}

export interface RenameRequest {
  readonly from: string;
  readonly to: string;
  /** Paths of other objects that lead to what is renamed, or into it, are changed with it, unless this is false. */
  readonly updateLinks?: boolean;
}

/** The answer to a rename: the object under its new id, and what that meant for others. */
export interface RenamedMessage extends ObjectMessage, FollowedMessage {}

export const CHANGES = ['delete', 'rename', 'move', 'copy'] as const;
export type ChangeOfPlace = (typeof CHANGES)[number];

/** A path property that leads to what is about to be changed. */
export interface LinkThere extends LinkHere {
  readonly to: string;
  /** The caller may change it, so that it follows. */
  readonly mayFollow: boolean;
}

/** What an object keeps, and what becomes of it. */
export interface HeldMessage {
  readonly path: string;
  /** "12 live sessions in /mcsdc will end", or stay behind where nobody reaches them; without its full stop. */
  readonly text: string;
}

/**
 * GET /api/<path>/@consequences?ids=a,b&action=delete — what deleting, renaming, moving or copying those children (or, without
 * ids, this object) would cost.
 */
export interface ConsequencesMessage {
  /** Objects that it is about, those inside included. */
  readonly count: number;
  readonly pointsHere: readonly LinkThere[];
  readonly services: readonly ServiceChange[];
  readonly sessions: readonly HeldMessage[];
  /** Those that would be behind paths, too, if these do not follow (`updateLinks: false`). */
  readonly sessionsUnlessFollowed: readonly HeldMessage[];
}

/** GET /api/@search?text= */
export interface SearchMessage {
  readonly items: readonly {
    readonly path: string;
    readonly id: string;
    readonly type: string;
    readonly icon: string;
    readonly title: string;
  }[];
}
