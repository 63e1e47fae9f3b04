export interface FieldProblem {
  /** Where in the request body, as a JSON pointer: "/properties/servers/1". */
  readonly pointer: string;
  readonly detail: string;
}

/** An `application/problem+json` answer (RFC 9457). */
export interface ProblemMessage {
  readonly type: string;
  readonly title: string;
  readonly status: number;
  readonly detail: string;
  readonly errors?: readonly FieldProblem[];
  readonly [member: string]: unknown;
}
