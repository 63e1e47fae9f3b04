import { UnsupportedMediaType } from '../base/errors.ts';
import type { TreeObject } from '../objects/object.ts';
import type { MethodDeclaration } from '../objects/types.ts';
import { BodyCheck, type BodyOf, type BodySchema, type Members } from './body.ts';
import type { Call, CallOf } from './call.ts';
import { json, type Response } from './request.ts';

type Http = MethodDeclaration['http'];

/** What a method is called with: its body has been checked against its declaration. */
export type CallWith<By extends Http, Body> = CallOf<By> & { readonly body: Body };

export interface Declaration<By extends Http, Required extends Members = Members, Optional extends Members = Members> {
  /** By GET a method is given a TreeReader, by others a TreeTransaction. */
  readonly http: By;
  readonly permission: string;
  /** One line for the API's documentation. */
  readonly summary: string;
  /** The members that its JSON body must have, and those that it may have. A GET has none. */
  readonly body?: Required;
  readonly optional?: Optional;
  /** Names of query parameters, each with a line of documentation. */
  readonly query?: Readonly<Record<string, string>>;
  /** The body is bytes (application/octet-stream) and not JSON: `request.upload`. */
  readonly takesBytes?: boolean;
  /** What a segment after the view's name means, where one may follow: `…/@users/<name>`. */
  readonly tail?: string;
  /** Gives a Response, or a value that becomes JSON, or a function that gives either once everything is committed. */
  readonly run: (call: CallWith<By, BodyOf<Required, Optional>>) => unknown;
}

/** A declared way to reach behaviour over HTTP. Without a permission it does not compile; undeclared, it cannot be reached. */
export interface Method extends MethodDeclaration {
  readonly summary: string;
  readonly bodySchema: BodySchema | undefined;
  readonly query: Readonly<Record<string, string>>;
  readonly tail: string | undefined;
  readonly takesBytes: boolean;
  /** Checks the body, then runs. A plain value in answer becomes JSON. */
  readonly call: (call: Call) => Promise<unknown>;
  /** What it was made from, for the check of declarations. */
  readonly declared: object;
}

/** Declares a method. */
export function method<const By extends Http, const Required extends Members = {}, const Optional extends Members = {}>(
  declaration: Declaration<By, Required, Optional>,
): Method {
  const { body, optional, takesBytes = false, run } = declaration;
  const check = body === undefined && optional === undefined ? undefined : new BodyCheck(body ?? {}, optional ?? {});
  return {
    http: declaration.http,
    permission: declaration.permission,
    summary: declaration.summary,
    bodySchema: check?.schema,
    query: declaration.query ?? {},
    tail: declaration.tail,
    takesBytes,
    run,
    declared: declaration,
    async call(call) {
      const { upload, unreadType } = call.request;
      if (unreadType !== undefined || takesBytes !== (upload !== undefined)) throw otherType(takesBytes, unreadType);
      await check?.check(call.request.body);
      // The publisher gives each method a call of its kind.
      return run({ ...call, body: call.request.body } as never);
    },
  };
}

function otherType(takesBytes: boolean, sent: string | undefined): UnsupportedMediaType {
  const wanted = takesBytes ? 'application/octet-stream, whatever kind of file it is' : 'application/json';
  const not = sent === undefined ? '' : `, not '${sent.slice(0, 100)}'`;
  return new UnsupportedMediaType(`The body must be ${wanted}${not}.`);
}

/** How an object's path is visited, if it can be: its methods, one for each way of asking. */
export function visitsOf(object: TreeObject | undefined): readonly Method[] {
  return [object?.definition?.view ?? []].flat() as Method[];
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

/** What a view gave, as a response: a plain value becomes JSON. */
export function responseOf(value: unknown): Response {
  return isResponse(value) ? value : json(value);
}
