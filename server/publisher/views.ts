import { Type, type Static, type TSchema } from 'typebox';
import { Compile, type Validator } from 'typebox/compile';
import type { FieldProblem } from '../../schema/messages.ts';
import { Malformed } from '../base/errors.ts';
import type { MethodDeclaration } from '../objects/types.ts';
import type { Call } from './call.ts';
import type { Response } from './request.ts';

/** What a method is called with: its body has been checked against its declaration. */
export type CallWith<Body> = Call & { readonly body: Body };

type Shape = Readonly<Record<string, TSchema>>;
type BodyOf<S extends Shape | undefined> = S extends Shape ? Static<ReturnType<typeof Type.Object<S>>> : undefined;

interface Declaration<S extends Shape | undefined> {
  readonly http: MethodDeclaration['http'];
  readonly permission: string;
  /** One line for the API's documentation. */
  readonly summary: string;
  /** The members of its JSON body. A GET has none. */
  readonly body?: S;
  /** Names of query parameters, each with a line of documentation. */
  readonly query?: Readonly<Record<string, string>>;
  /** What a segment after the view's name means, where one may follow: `…/@users/<name>`. */
  readonly tail?: string;
  /** Gives a Response, or a value that becomes JSON, or a function that gives either once everything is committed. */
  readonly run: (call: CallWith<BodyOf<S>>) => unknown;
}

/** A declared way to reach behaviour over HTTP. Without a permission it does not compile; undeclared, it cannot be reached. */
export interface Method extends MethodDeclaration {
  readonly summary: string;
  readonly bodySchema: TSchema | undefined;
  readonly query: Readonly<Record<string, string>>;
  readonly tail: string | undefined;
  /** Checks the body, then runs. A plain value in answer becomes JSON. */
  readonly call: (call: Call) => Promise<unknown>;
}

/** Declares a method. */
export function method<const S extends Shape | undefined = undefined>(declaration: Declaration<S>): Method {
  const { body: shape, run } = declaration;
  const bodySchema = shape === undefined ? undefined : Type.Object(shape as Shape, { additionalProperties: false });
  let validator: Validator | undefined;
  return {
    http: declaration.http,
    permission: declaration.permission,
    summary: declaration.summary,
    bodySchema,
    query: declaration.query ?? {},
    tail: declaration.tail,
    run,
    async call(call) {
      if (bodySchema !== undefined) checkBody((validator ??= Compile(bodySchema)), call.request.body);
      return run({ ...call, body: call.request.body } as CallWith<BodyOf<S>>);
    },
  };
}

/** Views of objects that are not bound to one type, by name; "" is the object itself. */
export interface View {
  readonly name: string;
  readonly on: 'any' | 'folder' | 'root';
  readonly methods: readonly Method[];
}

export function isResponse(value: unknown): value is Response {
  return typeof value === 'object' && value !== null && 'kind' in value && 'status' in value && 'headers' in value;
}

function checkBody(validator: Validator, body: unknown): void {
  if (typeof body !== 'object' || body === null || Array.isArray(body)) {
    throw new Malformed('A JSON object was expected as the body of the request.', [
      { pointer: '', detail: 'A JSON object was expected.' },
    ]);
  }
  if (validator.Check(body)) return;
  const errors: FieldProblem[] = validator.Errors(body).map((error) => ({
    pointer: error.instancePath,
    detail: `The value ${error.message}.`,
  }));
  throw new Malformed('The body of the request does not have the shape that is expected here.', errors);
}
