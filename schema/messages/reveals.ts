/** GET /api/<container or proxy>/@reveals?key: who looked at values that are obscured elsewhere, newest first. */
export interface RevealsMessage {
  /** How many there are in all; the newest of them are listed. */
  readonly total: number;
  readonly reveals: readonly RevealMessage[];
}

export interface RevealMessage {
  readonly by: string;
  readonly time: string;
  readonly address: string;
  /** The key of the session, or the key on a server. */
  readonly key: string;
  /** Whose session it was. */
  readonly owner: string | null;
  /** The item of the session; `null` where the value was revealed as a whole. */
  readonly item: string | null;
}
