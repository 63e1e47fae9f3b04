export const KEY_SORTS = ['name', 'bytes', 'expires', 'lastAccess'] as const;
export type KeySort = (typeof KEY_SORTS)[number];

/** What a key is for, as far as its name says. */
export type KeyKind = 'session' | 'cache' | 'other';

/** GET /api/<proxy>/@keys?group&offset&limit&sort&order&filter: everything on its servers, whoever put it there. */
export interface KeysMessage {
  /** The largest first; at most so many that they can be listed. */
  readonly groups: readonly KeyGroup[];
  /** Groups that are not listed. */
  readonly furtherGroups: number;
  /** One page of the keys of the group that was asked for; of all groups, where those are few or none was asked for. */
  readonly keys: readonly KeyRow[];
  /** How many keys that page is of. */
  readonly matching: number;
  readonly total: number;
  /** What can be seen here and what cannot, in sentences. */
  readonly source: string;
  readonly unreachable: readonly string[];
  /** Everything that is kept here could be seen: none listed means none there. */
  readonly complete: boolean;
  readonly checked: string;
}

/** Keys that begin alike. */
export interface KeyGroup {
  /** What they begin with; empty for those that have nothing in common. */
  readonly prefix: string;
  readonly kind: KeyKind;
  /** Whose they are: "Sessions of /mcsdc". Empty where nothing is known of them. */
  readonly about: string;
  readonly keys: number;
  readonly bytes: number;
}

export interface KeyRow {
  /** Its bytes, one for each character: by this it is asked for. */
  readonly key: string;
  /** As text for the eye. */
  readonly name: string;
  /** The prefix of its group. */
  readonly group: string;
  readonly kind: KeyKind;
  readonly bytes: number;
  /** `null`: never. */
  readonly expires: string | null;
  /** `null` where the server does not say. */
  readonly lastAccess: string | null;
  /** `null` where it is kept in process memory. */
  readonly server: string | null;
  readonly copies: readonly string[];
}

/** GET /api/<proxy>/@key?key= */
export interface KeyMessage extends KeyRow {
  /** What is known of a session; `null` for any other key. */
  readonly session: KeySession | null;
  /** `null` where it is a session, too large, or obscured. */
  readonly value: KeyValue | null;
  /** It speaks of passwords, tokens or cookies: POST …/@reveal shows it, and is recorded. */
  readonly obscured: boolean;
}

/** A value in every form in which it may be read. */
export interface KeyValue {
  /** "mapping", "string", "Buffer" … */
  readonly type: string;
  readonly decoded: string;
  /** `null` where it is no JSON, and nothing of ours. */
  readonly json: string | null;
  /** `null` where it is no text. */
  readonly text: string | null;
  readonly hex: string;
  /** How many bytes the last of these shows. */
  readonly hexBytes: number;
}

/** The header of a sealed session record. What is in the session is shown by its container. */
export interface KeySession {
  /** `unknown`: it cannot be opened here. */
  readonly state: 'session' | 'ended' | 'moved' | 'unknown';
  /** The container of this tree that it belongs to. */
  readonly container: string | null;
  /** Names the session at its container; `null` where it is not to be seen there. */
  readonly key: string | null;
  readonly user: string | null;
  readonly started: string | null;
  readonly lastSeen: string | null;
  readonly address: string;
  readonly browser: string;
}

/** POST /api/<proxy>/@reveal: a value that is obscured. Answers with a KeyValue. */
export interface RevealKeyRequest {
  readonly key: string;
}
