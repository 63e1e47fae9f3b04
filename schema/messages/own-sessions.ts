/** GET /api/@my-logins: the caller's own logins to the interface, last seen first. */
export interface OwnLoginsMessage {
  readonly logins: readonly OwnLogin[];
}

export interface OwnLogin {
  /** Names the login; opens nothing. DELETE /api/@my-logins/<id> ends it. */
  readonly id: string;
  readonly started: string;
  /** To within a minute. */
  readonly lastSeen: string;
  readonly expires: string;
  /** Empty where it is not known. */
  readonly address: string;
  readonly browser: string;
  /** It is the one that this request came with. */
  readonly isThis: boolean;
}

/** GET /api/@my-sessions: the caller's own sessions in every container of the tree, last seen first. */
export interface OwnSessionsMessage {
  readonly sessions: readonly OwnSession[];
  /** What could not be seen, a sentence for each. Empty: these are all. */
  readonly unseen: readonly string[];
}

export interface OwnSession {
  readonly container: string;
  /** Names the session in its container; opens nothing. */
  readonly key: string;
  readonly started: string;
  readonly lastSeen: string;
  /** `null`: never. */
  readonly expires: string | null;
  readonly bytes: number;
  readonly address: string;
  readonly browser: string;
  /** It is that of the browser that asks. */
  readonly isThis: boolean;
}

/** POST /api/@my-sessions: ends one. */
export interface EndOwnSessionRequest {
  readonly container: string;
  readonly key: string;
}

/** POST /api/@my-logins/@end-others and /api/@my-sessions/@end-others: all but those of the browser that asks. */
export interface EndedOthers {
  readonly ended: number;
  /** What could not be seen, and so not ended. */
  readonly unseen: readonly string[];
}
