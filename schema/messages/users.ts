/** GET /api/<user folder>/@users; POST adds one; PATCH and DELETE …/@users/<name>. */
export interface UsersMessage {
  readonly users: readonly UserMessage[];
  /** The roles that can be given. */
  readonly roles: readonly { readonly name: string; readonly description: string }[];
}

export interface UserMessage {
  readonly name: string;
  readonly roles: readonly string[];
  readonly created: string;
  readonly lastSignIn: string | null;
}

export interface AddUserRequest {
  readonly name: string;
  readonly password: string;
  readonly roles: readonly string[];
}

export interface ChangeUserRequest {
  readonly password?: string;
  readonly roles?: readonly string[];
}
