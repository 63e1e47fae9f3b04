import { about, object, text, type ValueOf } from './json-schema.ts';

export const fieldProblem = object({
  pointer: about('Where in the request body, as a JSON pointer: "/properties/servers/1".', text),
  detail: text,
});
export type FieldProblem = ValueOf<typeof fieldProblem>;

/** An `application/problem+json` answer (RFC 9457). */
export interface ProblemMessage {
  readonly type: string;
  readonly title: string;
  readonly status: number;
  readonly detail: string;
  readonly errors?: readonly FieldProblem[];
  readonly [member: string]: unknown;
}
