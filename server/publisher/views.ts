import type { AnswerOf, Asking, BodyOf, Endpoint } from '../../schema/endpoint.ts';
import type { JsonSchema, Members } from '../../schema/json-schema.ts';
import { UnsupportedMediaType } from '../base/errors.ts';
import type { TreeObject } from '../objects/object.ts';
import type { MethodDeclaration } from '../objects/types.ts';
import { BodyCheck } from './body.ts';
import type { Call, CallOf } from './call.ts';
import { json, noContent, type Answering, type Response } from './request.ts';

/** What a method is called with: its body has been checked against its declaration. */
type CallWith<E extends Asking> = CallOf<E['http']> & { readonly body: BodyOf<E> };

/** Who may ask an endpoint, and what it does. */
export interface Behaviour<E extends Asking, Answer = AnswerOf<E>> {
  readonly permission: string;
  /** Gives the answer, as it is or in a Response, or a function that gives either once everything is committed. */
  readonly run: (call: CallWith<E>) => Ran<Answer> | Promise<Ran<Answer>>;
}

type Ran<Answer> = Given<Answer> | (() => Given<Answer> | Promise<Given<Answer>>);
type Given<Answer> = Answer | Answering<Answer>;

/** An endpoint that is declared where it is answered, for whoever reads its address nowhere else. */
type Inline<Http extends Asking['http'], Required extends Members, Optional extends Members, Answer> = Asking & {
  readonly http: Http;
  readonly body?: Required;
  readonly optional?: Optional;
  readonly answer?: JsonSchema<Answer>;
} & Behaviour<{ http: Http; summary: string; body: Required; optional: Optional }, Answer>;

/** A declared way to reach behaviour over HTTP. Without a permission it does not compile; undeclared, it cannot be reached. */
export interface Method extends MethodDeclaration {
  /** What it was made from. */
  readonly declared: Asking & Partial<Pick<Endpoint, 'view'>>;
  readonly bodySchema: JsonSchema | undefined;
  /** Checks the body, then runs. */
  readonly call: (call: Call) => Promise<unknown>;
}

/** Answers an endpoint; or declares one and answers it. */
export function method<const E extends Endpoint>(endpoint: E, behaviour: Behaviour<E>): Method;
export function method<
  const Http extends Asking['http'],
  const Required extends Members = {},
  const Optional extends Members = {},
  Answer = unknown,
>(declaration: Inline<Http, Required, Optional, Answer>): Method;
export function method(endpoint: Asking, behaviour?: Behaviour<Asking, unknown>): Method {
  const declared = { ...endpoint, ...behaviour } as Asking & Behaviour<Asking, unknown>;
  const { http, permission, body, optional, takesBytes = false, run } = declared;
  const check = body === undefined && optional === undefined ? undefined : new BodyCheck(body ?? {}, optional ?? {});
  return {
    http,
    permission,
    bodySchema: check?.schema,
    run,
    declared,
    async call(call) {
      const { upload, unreadType } = call.request;
      if (unreadType !== undefined || takesBytes !== (upload !== undefined)) throw otherType(takesBytes, unreadType);
      await check?.check(call.request.body);
      // The publisher gives each method a call of its kind.
      return run({ ...call, body: call.request.body } as never);
    },
  };
}

/** Methods of declared endpoints, by the views that they answer. */
export function byView(...methods: readonly Method[]): Readonly<Record<string, readonly Method[]>> {
  return Object.groupBy(methods, ({ declared }) => declared.view ?? '') as Record<string, Method[]>;
}

/** The same, as views of objects that are not bound to one type. */
export function viewsOn(on: View['on'], ...methods: readonly Method[]): readonly View[] {
  return Object.entries(byView(...methods)).map(([name, answering]) => ({ name, on, methods: answering }));
}

function otherType(takesBytes: boolean, sent: string | undefined): UnsupportedMediaType {
  const wanted = takesBytes ? 'application/octet-stream, whatever kind of file it is' : 'application/json';
  const not = sent === undefined ? '' : `, not '${sent.slice(0, 100)}'`;
  return new UnsupportedMediaType(`The body must be ${wanted}${not}.`);
}

/** How an object's path is visited, if it can be: its methods, one for each way of asking. */
export function visitsOf(object: TreeObject | undefined): readonly Method[] {
  return [object?.definition?.publish?.view ?? []].flat() as Method[];
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
  if (value === undefined) return noContent();
  return isResponse(value) ? value : json(value);
}
