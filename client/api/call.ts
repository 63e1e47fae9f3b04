import type { AnswerOf, BodyOf, Endpoint, QueryOf } from '../../schema/endpoint.ts';
import { request, viewOf } from './request.ts';

export interface Options<E extends Endpoint> {
  readonly query?: QueryOf<E>;
  readonly signal?: AbortSignal;
  /** The revision that a change was made from; another one in the tree is answered with 412. */
  readonly revision?: number | undefined;
}

/** What follows the view's name in the address, where something does. */
type Tail<E extends Endpoint> = E extends { readonly tail: string } ? { readonly tail: string } : {};

/** A GET and a DELETE have no body; what an endpoint with a tail is about is always said. */
type Sent<E extends Endpoint> = E extends { readonly http: 'GET' | 'DELETE' }
  ? Said<Options<E> & Tail<E>>
  : [body: BodyOf<E>, ...Said<Options<E> & Tail<E>>];
type Said<O> = {} extends O ? [options?: O] : [options: O];

/** Asks an endpoint of an object, and gives its answer; everything but success is an ApiProblem. */
export function call<E extends Endpoint>({ http, view }: E, path: string, ...sent: Sent<E>): Promise<AnswerOf<E>> {
  const [body, options = {}] = http === 'GET' || http === 'DELETE' ? [undefined, ...sent] : sent;
  const { tail, ...others } = options as Options<E> & { readonly tail?: string };
  const address = view === '' ? path : viewOf(path, view);
  return request(http, tail === undefined ? address : `${address}/${tail}`, { ...others, body });
}
