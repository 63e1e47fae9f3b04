/** GET /api/@me */
export type Me = Somebody | Nobody;

export interface Somebody {
  readonly user: string;
  readonly roles: readonly string[];
  readonly instance: Instance;
}

/** Nobody is signed in: of the installation only what the sign-in screen needs is told. */
export interface Nobody {
  readonly user: null;
  readonly roles: readonly string[];
  /** No administrator exists yet: the one-time link of the first start makes one. */
  readonly needsAdministrator: boolean;
}

export interface Instance {
  /** The name shown beside "Trellis". */
  readonly name: string;
  readonly version: string;
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
