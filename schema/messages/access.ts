/** GET /api/@me */
export interface Me {
  /** `null`: nobody is signed in. */
  readonly user: string | null;
  readonly roles: readonly string[];
  readonly instance: Instance;
}

export interface Instance {
  /** The name shown beside "Trellis". */
  readonly name: string;
  readonly version: string;
  /** No administrator exists yet: the one-time link of the first start makes one. */
  readonly needsAdministrator: boolean;
}

/** POST /api/@administrator: the one-time link of the first start. Answers like @login. */
export interface AdministratorRequest {
  readonly token: string;
  readonly name: string;
  readonly password: string;
}

export interface LoginRequest {
  readonly name: string;
  readonly password: string;
}

export interface LoginAnswer {
  readonly user: string;
  readonly roles: readonly string[];
}
